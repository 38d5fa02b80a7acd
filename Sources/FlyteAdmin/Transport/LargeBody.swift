import FlyteModel

/// Takes a body of any size: the beginning into memory, and all of it into a file once it is large. Without a folder
/// it takes only what memory can hold.
// Unchecked: the transport hands the pieces over one after the other, and the body is asked for after the last.
final class LargeBody: @unchecked Sendable {
    private let folder: String?
    private var bytes: [UInt8] = []
    private var spool: Spool?
    /// Why there is no room for it.
    private(set) var failure: SpoolError?
    /// It is larger than memory may hold, and there is no folder.
    private(set) var isTooLarge = false

    /// What is kept in memory.
    static let heldLimit = 128 << 10
    /// The same where it may go nowhere else.
    static let redactedLimit = 4 << 20

    init(folder: String?) { self.folder = folder }

    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        do throws(SpoolError) {
            if let spool {
                try spool.append(piece)
            } else if bytes.count + piece.count <= (folder == nil ? Self.redactedLimit : Self.heldLimit) {
                bytes.append(contentsOf: piece)
            } else if let folder {
                let made = try Spool(folder: folder)
                try made.append(bytes)
                try made.append(piece)
                bytes = []
                spool = made
            } else {
                bytes = []
                isTooLarge = true
                return false
            }
            return true
        } catch {
            failure = error
            return false
        }
    }

    var content: MessageContent { spool.map { .spooled($0, 0..<$0.count) } ?? .held(bytes) }
}
