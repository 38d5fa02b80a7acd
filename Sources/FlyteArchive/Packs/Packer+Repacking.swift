import Tables

// Frames are written again, content unchanged: messages keep their places in them.
extension Packer {
    /// Packing again takes its time: of 52 MB of the sample's trees, with a dictionary of 256 KiB, level 9 made
    /// 7.79 MB in 1.0 s, level 12 7.78 MB in 1.5 s, level 19 7.19 MB in 27 s.
    private static let thoroughLevel: Int32 = 12
    private static let largestDictionary = 256 << 10
    private static let smallestDictionary = 16 << 10
    /// A dictionary is a part of the archive too: it gets so much of what it is for.
    private static let contentPerDictionary: Int64 = 64
    private static let thoroughSamples: Int64 = 1000
    private static let largestSample = 128 << 10

    /// Packs all frames again with a dictionary trained on frames from all over the archive, and removes packs
    /// and dictionaries that nothing needs any more; within the transaction that is open.
    func repackAll(at now: Int64) throws {
        try database.run(
            """
            DELETE FROM pack WHERE id NOT IN (SELECT pack_id FROM message)
                AND id NOT IN (SELECT pack_id FROM definition WHERE pack_id IS NOT NULL)
            """)
        let thorough = Zstd(level: Self.thoroughLevel)
        let (samples, sizes) = try samplesFromEverywhere()
        let trained = Zstd.train(
            samples, sizes: sizes, capacity: try dictionaryCapacity(), level: Self.thoroughLevel)
        let learnt = try trained.map { (dictionary) throws(ArchiveError) in try learn(dictionary, at: now) }
        try repack("TRUE", by: thorough.compressor, dictionary: trained.map { thorough.add(dictionary: $0) })
        use(learnt)
        try database.run(
            "DELETE FROM dictionary WHERE id IS NOT ?", [learnt.map { .integer(Int64($0.id)) } ?? .null])
    }

    /// Packs the frames again that were written before there was a dictionary.
    func repackOldest(with dictionary: ZstdDictionary) throws {
        try repack("dictionary_id IS NULL", by: zstd.compressor, dictionary: dictionary)
    }

    private func repack(_ condition: String, by compressor: ZstdCompressor, dictionary: ZstdDictionary?)
        throws
    {
        for row in try database.rows("SELECT id, dictionary_id FROM pack WHERE \(condition)") {
            try loadDictionary(row[1])
            try repack("pack WHERE id = ?", [row[0]], compressor, dictionary)
            try database.run(
                "UPDATE pack SET dictionary_id = ? WHERE id = ?",
                [dictionary.map { .integer(Int64($0.id)) } ?? .null, row[0]])
            for part in try database.rows("SELECT number FROM pack_part WHERE pack_id = ?", [row[0]]) {
                try repack(
                    "pack_part WHERE pack_id = ? AND number = ?", [row[0], part[0]], compressor, dictionary)
            }
        }
    }

    private func repack(
        _ place: String, _ key: [Cell], _ compressor: ZstdCompressor, _ dictionary: ZstdDictionary?
    ) throws {
        guard case .blob(let frame)? = try database.row("SELECT data FROM \(place)", key)?.first else {
            return
        }
        let again: [UInt8]
        do {
            guard let size = Zstd.contentSize(of: frame) else {
                throw Zstd.Failure(description: "a frame does not say its size")
            }
            again = try compressor.compress(try zstd.decompress(frame, size: size), with: dictionary)
        } catch let error as Zstd.Failure {
            let numbers = key.compactMap { $0.integer.map(String.init) }.joined(separator: "/")
            throw ArchiveError(
                .damaged, path: database.path, detail: "pack \(numbers): \(error.description)")
        }
        let parts = place.split(separator: " ", maxSplits: 1).map(String.init)
        try database.run("UPDATE \(parts[0]) SET data = ? \(parts[1])", [.blob(again)] + key)
    }

    // MARK: What a dictionary is trained on

    /// Frames that are no more than a tree's usual messages, evenly spread over the archive.
    private func samplesFromEverywhere() throws -> (samples: [UInt8], sizes: [Int]) {
        let usual = "raw_bytes < \(Self.largestSample)"
        let count = try database.integer("SELECT count(*) FROM pack WHERE \(usual)") ?? 0
        let every = max(1, (count + Self.thoroughSamples - 1) / Self.thoroughSamples)
        let packs = try database.rows(
            """
            SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM pack WHERE \(usual))
            WHERE number % ? = 0
            """, [.integer(every)])
        var samples: [UInt8] = []
        var sizes: [Int] = []
        for pack in packs.compactMap({ $0[0].integer }) {
            let content = try content(pack)
            guard !content.isEmpty else { continue }
            samples += content
            sizes.append(content.count)
        }
        return (samples, sizes)
    }

    private func dictionaryCapacity() throws -> Int {
        let content =
            try database.integer("SELECT sum(raw_bytes) FROM pack WHERE raw_bytes < \(Self.largestSample)")
            ?? 0
        let share = Int(content / Self.contentPerDictionary)
        return min(Self.largestDictionary, max(Self.smallestDictionary, share))
    }
}
