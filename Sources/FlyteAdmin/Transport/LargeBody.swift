import FlyteModel
import Glibc
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
        /// Bytes that may still go into the file before the room there is looked at again.
        var credit = 0
    }

    private let folder: String?
    private let announced: Int?
    private let state = Guarded(State())

    /// What is kept in memory.
    static let heldLimit = 128 << 10
    /// The same where it may go nowhere else.
    static let redactedLimit = 4 << 20

    /// - Parameter announced: Bytes that are to come; nil when nobody said.
    init(folder: String?, announced: Int? = nil) {
        self.folder = folder
        self.announced = announced
    }

    /// Why there is no room for it.
    var failure: SpoolError? { state.withLock { $0.failure } }
    /// It is larger than memory may hold, and there is no folder.
    var isTooLarge: Bool { state.withLock { $0.isTooLarge } }

    /// - Returns: Whether there was room.
    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            do throws(SpoolError) {
                return try Self.take(piece, into: &state, folder: folder, announced: announced)
            } catch {
                state.failure = error
                return false
            }
        }
    }

    private static func take(
        _ piece: UnsafeRawBufferPointer, into state: inout State, folder: String?, announced: Int?
    ) throws(SpoolError) -> Bool {
        if let spool = state.spool, let folder {
            if state.credit < piece.count {
                try checkRoom(in: folder, for: Self.roomStep)
                state.credit = Self.roomStep
            }
            state.credit -= piece.count
            try spool.append(piece)
        } else if state.bytes.count + piece.count <= (folder == nil ? redactedLimit : heldLimit) {
            state.bytes.append(contentsOf: piece)
        } else if let folder {
            // What was announced is not begun where it has no room.
            try checkRoom(in: folder, for: announced ?? 0)
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

    private static let roomStep = 8 << 20

    /// Others need room as well, the archive first of all: what a stranger sends leaves a twentieth of the file system,
    /// or 256 MiB.
    private static func checkRoom(in folder: String, for bytes: Int) throws(SpoolError) {
        var status = statvfs()
        // What cannot be asked is found out by trying.
        guard statvfs(folder, &status) == 0 else { return }
        let unit = Int(status.f_frsize)
        let spare = min(Int(status.f_blocks) * unit / 20, 256 << 20)
        guard Int(status.f_bavail) * unit - spare < bytes else { return }
        throw SpoolError(folder: folder, code: ENOSPC)
    }

    var content: MessageContent {
        state.withLock { state in
            state.spool.map { .spooled($0, 0..<$0.count) } ?? .held(state.bytes)
        }
    }
}
