import FlyteModel
import Tables

/// Keeps messages in zstd frames, several messages to a frame.
final class Packer {
    let database: Database
    let zstd = Zstd()
    let compressor = FrameCompressor()
    private var loaded: Set<Int64> = []
    private var hasLooked = false
    /// What a dictionary is trained on: the content of the first frames, while there is none.
    private var samples: [UInt8] = []
    private var sampleSizes: [Int] = []

    /// Frames hold about this much: one message is never far from the frame's beginning.
    static let frameBytes = 512 << 10
    /// A message larger than this has a frame of its own.
    static let largeBytes = 256 << 10
    /// A message larger than this is cut into frames of this size.
    static let partBytes = 512 << 10
    static let sampleCount = 300
    static let sampleLimit = 12 << 20

    struct Place {
        var pack: Int64
        var offset: Int
    }

    init(database: Database) { self.database = database }

    /// A message, and where its content begins in the frame that it shares with others.
    typealias Member = (index: Int, message: CapturedMessage, offset: Int)

    /// Divides messages into those that share a frame, and those that are too large for that.
    static func divide(
        _ messages: CapturedMessages, together: ([Member]) throws -> Void,
        alone: (_ index: Int, CapturedMessage) throws -> Void
    ) rethrows {
        var members: [Member] = []
        var size = 0
        for (index, message) in messages.enumerated() {
            let count = message.content.count
            if count > largeBytes {
                try alone(index, message)
                continue
            }
            if size + count > frameBytes {
                try together(members)
                members.removeAll(keepingCapacity: true)
                size = 0
            }
            members.append((index, message, size))
            size += count
        }
        if !members.isEmpty { try together(members) }
    }

    static func content(of members: [Member]) throws -> [UInt8] {
        var content: [UInt8] = []
        for member in members {
            let bytes = member.message.content
            content += try bytes.bytes(in: 0..<bytes.count)
        }
        return content
    }

    /// Stores messages in this order, and tells where each lies.
    ///
    /// - Parameter ready: Frames that have been made of them before.
    func store(
        _ messages: CapturedMessages, ready: PreparedFrames,
        _ tell: (_ index: Int, CapturedMessage, Place) throws -> Void
    ) throws {
        try loadNewest()
        // A dictionary that was taken back or replaced meanwhile is not in the archive.
        let ready = ready.needing(compressor.dictionary?.id)
        var shared = ready.shared[...]
        try Self.divide(messages) { members in
            let pack = try shared.popFirst().map { try store($0) } ?? write(Self.content(of: members))
            for member in members {
                try tell(member.index, member.message, Place(pack: pack, offset: member.offset))
            }
        } alone: { index, message in
            let pack = try write(large: message.content, ready: ready.large[index])
            try tell(index, message, Place(pack: pack, offset: 0))
        }
    }

    /// Stores one content in a pack of its own.
    func store(_ content: [UInt8]) throws -> Int64 {
        try loadNewest()
        return try content.count > Self.largeBytes ? write(large: .held(content)) : write(content)
    }

    /// A message of its own pack: its first frame there, the others beside it.
    private func write(large message: MessageContent, ready: [Frame]? = nil) throws -> Int64 {
        var pack: Int64?
        var number: Int64 = 0
        func add(_ frame: Frame) throws {
            guard let pack else {
                pack = try store(frame, of: message.count)
                return
            }
            number += 1
            try database.run(
                "INSERT INTO pack_part (pack_id, number, raw_bytes, data) VALUES (?, ?, ?, ?)",
                [
                    .integer(pack), .integer(number), .integer(Int64(frame.contentBytes)), .blob(frame.bytes),
                ])
        }
        if let ready {
            try ready.forEach(add)
        } else {
            try message.pieces(of: 0..<message.count, size: Self.partBytes) { try add(try frame($0)) }
        }
        guard let pack else { return try write([]) }
        return pack
    }

    private func write(_ content: [UInt8]) throws -> Int64 {
        sample(content)
        return try store(try frame(content))
    }

    /// - Parameter size: Of the pack, when parts follow.
    private func store(_ frame: Frame, of size: Int? = nil) throws(ArchiveError) -> Int64 {
        try database.insert(
            "INSERT INTO pack (dictionary_id, raw_bytes, data) VALUES (?, ?, ?)",
            [
                frame.dictionary.map { .integer(Int64($0)) } ?? .null,
                .integer(Int64(size ?? frame.contentBytes)), .blob(frame.bytes),
            ])
    }

    private func frame(_ content: [UInt8]) throws(ArchiveError) -> Frame {
        do {
            return try Frame(content, zstd.compressor, compressor.dictionary)
        } catch {
            throw ArchiveError(.other, path: database.path, detail: "zstd: \(error.description)")
        }
    }

    private func sample(_ content: [UInt8]) {
        guard compressor.dictionary == nil, sampleSizes.count < Self.sampleCount, content.count < 128 << 10,
            samples.count + content.count < Self.sampleLimit
        else { return }
        samples += content
        sampleSizes.append(content.count)
    }

    /// Trains a dictionary once enough is known, within the transaction that is open. Frames from then on use
    /// it, and those before are packed again.
    func trainIfReady(at now: Int64) throws {
        guard compressor.dictionary == nil,
            sampleSizes.count >= Self.sampleCount || samples.count > Self.sampleLimit * 3 / 4
        else { return }
        defer { (samples, sampleSizes) = ([], []) }
        guard let dictionary = Zstd.trainOnce(samples, sizes: sampleSizes) else { return }
        let learnt = try learn(dictionary, at: now)
        use(learnt)
        // Those it was trained on are smaller with it, too.
        try repackOldest(with: learnt)
    }

    /// Keeps a dictionary.
    func learn(_ dictionary: [UInt8], at now: Int64) throws(ArchiveError) -> ZstdDictionary {
        try database.run(
            "INSERT OR IGNORE INTO dictionary (id, data, trained_at) VALUES (?, ?, ?)",
            [.integer(Int64(Zstd.id(of: dictionary))), .blob(dictionary), .integer(now)])
        return zstd.add(dictionary: dictionary)
    }

    /// The dictionary that frames use from now on; nil for none.
    func use(_ dictionary: ZstdDictionary?) {
        compressor.dictionary = dictionary
        loaded.formUnion(dictionary.map { [Int64($0.id)] } ?? [])
        hasLooked = true
        (samples, sampleSizes) = ([], [])
    }

    /// A transaction that trained a dictionary was taken back.
    func forgetNewest() {
        compressor.dictionary = nil
        hasLooked = false
    }

    /// Finds the dictionary that frames use.
    func loadNewest() throws(ArchiveError) {
        guard !hasLooked else { return }
        hasLooked = true
        guard
            let row = try database.row(
                "SELECT id, data FROM dictionary ORDER BY trained_at DESC, id DESC LIMIT 1"),
            let id = row[0].integer, case .blob(let data) = row[1]
        else { return }
        compressor.dictionary = zstd.add(dictionary: data)
        loaded.insert(id)
    }

    /// The content of a pack.
    func content(_ pack: Int64) throws(ArchiveError) -> [UInt8] {
        var content: [UInt8] = []
        try pieces(pack) { (piece) throws(ArchiveError) in
            if content.isEmpty { content = piece } else { content += piece }
        }
        return content
    }

    /// Archives of the first version have none.
    private lazy var hasParts = ((try? database.integer("PRAGMA user_version")).flatMap { $0 } ?? 0) > 1

    /// Hands the content of a pack over in order: most have one piece, large ones many.
    func pieces(
        _ pack: Int64, _ take: ([UInt8]) throws(ArchiveError) -> Void
    ) throws(ArchiveError) {
        guard
            let row = try database.row(
                "SELECT dictionary_id, raw_bytes, data FROM pack WHERE id = ?", [.integer(pack)]),
            let size = row[1].integer, case .blob(let frame) = row[2]
        else { throw ArchiveError(.damaged, path: database.path, detail: "pack \(pack) is missing") }
        try loadDictionary(row[0])
        let parts =
            hasParts
            ? try database.integer(
                "SELECT coalesce(sum(raw_bytes), 0) FROM pack_part WHERE pack_id = ?", [.integer(pack)]) ?? 0
            : 0
        try take(try content(of: frame, size - parts, "pack \(pack)"))
        var missing = parts
        var number: Int64 = 1
        while missing > 0 {
            let place = "part \(number) of pack \(pack)"
            guard
                let part = try database.row(
                    "SELECT raw_bytes, data FROM pack_part WHERE pack_id = ? AND number = ?",
                    [.integer(pack), .integer(number)]),
                let size = part[0].integer, case .blob(let frame) = part[1]
            else { throw ArchiveError(.damaged, path: database.path, detail: "\(place) is missing") }
            try take(try content(of: frame, size, place))
            missing -= size
            number += 1
        }
    }

    private func content(of frame: [UInt8], _ size: Int64, _ place: String) throws(ArchiveError) -> [UInt8] {
        guard size >= 0, size < 1 << 31 else {
            throw ArchiveError(.damaged, path: database.path, detail: "\(place) has no valid size")
        }
        do {
            return try zstd.decompress(frame, size: Int(size))
        } catch {
            throw ArchiveError(.damaged, path: database.path, detail: "\(place): \(error.description)")
        }
    }

    func loadDictionary(_ id: Cell) throws(ArchiveError) {
        if let dictionary = id.integer, !loaded.contains(dictionary),
            let found = try database.row("SELECT data FROM dictionary WHERE id = ?", [.integer(dictionary)]),
            case .blob(let data) = found[0]
        {
            _ = zstd.add(dictionary: data)
            loaded.insert(dictionary)
        }
    }
}
