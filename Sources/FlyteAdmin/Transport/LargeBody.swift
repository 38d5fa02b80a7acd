import FlyteModel
import Locking

/// Takes a body of any size: the beginning into memory, and all of it into a file once it is large. Without a folder
/// it takes only what memory can hold.
///
/// The transport's thread hands it over, and the task that asked takes it.
final class LargeBody: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var spool: Spool?
        var failure: SpoolError?
        var isTooLarge = false
    }

    private let folder: String?
    private let state = Guarded(State())

    /// What is kept in memory.
    static let heldLimit = 128 << 10
    /// The same where it may go nowhere else.
    static let redactedLimit = 4 << 20

    init(folder: String?) { self.folder = folder }

    /// Why there is no room for it.
    var failure: SpoolError? { state.withLock { $0.failure } }
    /// It is larger than memory may hold, and there is no folder.
    var isTooLarge: Bool { state.withLock { $0.isTooLarge } }

    /// - Returns: Whether there was room.
    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            do throws(SpoolError) {
                return try Self.take(piece, into: &state, folder: folder)
            } catch {
                state.failure = error
                return false
            }
        }
    }

    private static func take(
        _ piece: UnsafeRawBufferPointer, into state: inout State, folder: String?
    ) throws(SpoolError) -> Bool {
        if let spool = state.spool {
            try spool.append(piece)
        } else if state.bytes.count + piece.count <= (folder == nil ? redactedLimit : heldLimit) {
            state.bytes.append(contentsOf: piece)
        } else if let folder {
            let made = try Spool(folder: folder)
            try made.append(state.bytes)
            try made.append(piece)
            state.bytes = []
            state.spool = made
        } else {
            state.bytes = []
            state.isTooLarge = true
            return false
        }
        return true
    }

    var content: MessageContent {
        state.withLock { state in
            state.spool.map { .spooled($0, 0..<$0.count) } ?? .held(state.bytes)
        }
    }
}
