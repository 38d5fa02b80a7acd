import FlyteModel
import Locking

/// Where the messages of one tree wait until they are written: the first in memory, the others in a file. Without a
/// folder all stay in memory.
final class MessageBuffer: Sendable {
    private let folder: String?
    private let isSealed: Bool
    private let limit: Int
    private let state = Guarded(State())

    private struct State {
        var held = 0
        var spool: Spool?
    }

    /// What a message takes in memory beside its content.
    private static let overhead = 300
    /// What is larger and has a file of its own already stays there.
    private static let hugeBytes = 16 << 20

    /// - Parameters:
    ///   - isSealed: Whether the file is one that nobody else can read: what is still to be redacted is written
    ///     nowhere else.
    ///   - limit: Bytes that may stay in memory.
    init(folder: String?, isSealed: Bool, limit: Int) {
        (self.folder, self.isSealed, self.limit) = (folder, isSealed, limit)
    }

    /// - Parameter row: What the message says; it stays with a message that stays in memory.
    func keep(_ message: CapturedMessage, _ row: DecodedRow?) throws -> KeptMessage {
        if case .spooled = message.content, message.content.count > Self.hugeBytes {
            return KeptMessage(message)
        }
        return try state.withLock { state in
            state.held += message.content.count + Self.overhead
            guard state.held > limit, let folder else { return KeptMessage(message, row: row) }
            let spool = try state.spool ?? Spool(folder: folder, isSealed: isSealed)
            state.spool = spool
            return try KeptMessage(message, aside: spool)
        }
    }
}
