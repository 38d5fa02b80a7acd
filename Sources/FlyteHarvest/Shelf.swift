import FlyteModel

/// Where the messages of one tree wait until they are written: the first in memory, the others in a file. Without a
/// folder all stay in memory: what is still to be redacted is not written anywhere.
actor Shelf {
    private let folder: String?
    private var held = 0
    private var spool: Spool?

    private static let heldLimit = 1 << 20

    init(folder: String?) { self.folder = folder }

    func keep(_ bytes: [UInt8]) throws(SpoolError) -> MessageContent {
        held += bytes.count
        guard held > Self.heldLimit, let folder else { return .held(bytes) }
        let spool: Spool
        if let known = self.spool {
            spool = known
        } else {
            spool = try Spool(folder: folder)
            self.spool = spool
        }
        let start = spool.count
        try spool.append(bytes)
        return .spooled(spool, start..<spool.count)
    }
}
