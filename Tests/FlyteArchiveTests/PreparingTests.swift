import FlyteIDL
import FlyteModel
import Tables
import TestSupport
import Testing

@testable import FlyteArchive

/// Executions that are prepared on other threads than the archive's.
struct PreparingTests {
    private static let now = Timestamp(nanoseconds: 10)

    /// An archive of recorded executions that has a dictionary, and a few executions that are not in it.
    private static func withArchive(_ body: (Archive, SourceID, [ExecutionCapture]) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let captures = try RecordedArchive.captures()
            let archive = try RecordedArchive.make(folder + "/a.db", Array(captures.dropLast(12)))
            _ = try archive.compact(at: Timestamp(nanoseconds: 9))
            try body(archive, try archive.sources()[0], captures.suffix(12))
        }
    }

    private static func packs(_ archive: Archive, of id: ExecutionID) throws -> [[Cell]] {
        try archive.query(
            """
            SELECT dictionary_id, raw_bytes, data FROM pack WHERE id IN (
                SELECT pack_id FROM message m JOIN execution e ON e.id = m.execution_id WHERE e.name = :name)
            ORDER BY id
            """, ["name": .text(id.name)]
        ).rows
    }

    @Test func theFramesAreThoseThatTheArchiveWouldMake() throws {
        var prepared: [String: [[Cell]]] = [:]
        try Self.withArchive { archive, source, captures in
            for capture in captures {
                var execution = try archive.preparer().prepare(capture)
                try archive.preparer().pack(&execution)
                let frames = execution.frames.shared
                let isSmall = capture.messages.reduce(0) { $0 + $1.content.count } <= 128 << 10
                #expect(frames.isEmpty == !isSmall)
                _ = try archive.write(
                    &execution, definitions: [], source: source, grace: 0, at: Self.now)
                let packs = try Self.packs(archive, of: capture.id)
                for frame in frames { #expect(packs.contains { $0[2] == .blob(frame.bytes) }) }
                prepared[capture.id.name] = packs
                #expect(try archive.capture(of: capture.id, source: source)?.messages == capture.messages)
            }
        }
        try Self.withArchive { archive, source, captures in
            for capture in captures {
                var execution = try archive.preparer().prepare(capture)
                _ = try archive.write(
                    &execution, definitions: [], source: source, grace: 0, at: Self.now)
                #expect(try Self.packs(archive, of: capture.id) == prepared[capture.id.name])
            }
        }
    }

    @Test func withoutADictionaryTheArchiveMakesTheFramesItself() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let capture = try #require(try RecordedArchive.captures().first)
            var execution = try archive.preparer().prepare(capture)
            try archive.preparer().pack(&execution)
            #expect(execution.frames.shared.isEmpty && execution.frames.large.isEmpty)
        }
    }

    @Test func framesOfADictionaryThatWasTakenBackAreMadeAgain() throws {
        struct Failure: Error {}
        try TemporaryFolder.with { folder in
            let captures = try RecordedArchive.captures()
            let contents = captures.flatMap { $0.messages.map(\.bytes) }.filter { $0.count < 10_000 }
            let dictionary = try #require(
                Zstd.train(contents.flatMap { $0 }, sizes: contents.map(\.count), capacity: 8192))
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            let preparer = try archive.preparer()
            try archive.begin()
            archive.packer.use(try archive.packer.learn(dictionary, at: 1))
            var execution = try preparer.prepare(captures[0])
            preparer.pack(&execution)
            #expect(execution.frames.shared.first?.dictionary == Zstd.id(of: dictionary))
            #expect(throws: Failure.self) { try archive.writing { throw Failure() } }
            _ = try archive.write(&execution, definitions: [], source: source, grace: 0, at: Self.now)
            #expect(
                try archive.query("SELECT count(*) FROM dictionary").rows == [[.integer(0)]])
            #expect(
                try archive.capture(of: captures[0].id, source: source)?.messages == captures[0].messages)
        }
    }

    @Test func largeMessagesArePreparedWhileTheyStaySmall() throws {
        try Self.withArchive { archive, source, captures in
            var random = SeededRandom(seed: 5)
            let block = (0..<65_536).map { _ in UInt8.random(in: 97...122, using: &random) }
            func map(_ bytes: [UInt8]) -> [UInt8] {
                let text = String(decoding: bytes, as: UTF8.self)
                return Message(
                    "core.LiteralMap",
                    ["literals": ["large": ["scalar": ["primitive": ["string_value": .string(text)]]]]]
                ).encoded()
            }
            let repeated = map((0..<20).flatMap { _ in block })
            let noise = map((0..<1_500_000).map { _ in UInt8.random(in: 97...122, using: &random) })
            var capture = captures[0]
            let place = capture.messages.count
            capture.messages.append(
                CapturedMessage(kind: .literalMap, direction: .input, bytes: repeated))
            capture.messages.append(CapturedMessage(kind: .literalMap, direction: .output, bytes: noise))
            var execution = try archive.preparer().prepare(capture)
            try archive.preparer().pack(&execution)
            #expect(
                execution.frames.large[place]?.map(\.contentBytes) == [
                    524_288, 524_288, repeated.count - 1_048_576,
                ])
            #expect(execution.frames.large[place + 1] == nil)
            _ = try archive.write(&execution, definitions: [], source: source, grace: 0, at: Self.now)
            #expect(try archive.capture(of: capture.id, source: source)?.messages == capture.messages)
        }
    }

    @Test func framesOfManyLargeMessagesTogetherStaySmall() throws {
        try Self.withArchive { archive, source, captures in
            var random = SeededRandom(seed: 6)
            var capture = captures[0]
            let first = capture.messages.count
            for _ in 0..<6 {
                // Of a kind that packs to about a fifth of its size.
                let bytes = (0..<400_000).flatMap { _ in [UInt8.random(in: 97...98, using: &random), 0, 0] }
                capture.messages.append(CapturedMessage(kind: .literal, uri: "s3://x", bytes: bytes))
            }
            var execution = try archive.preparer().prepare(capture)
            try archive.preparer().pack(&execution)
            let large = execution.frames.large
            #expect(large.keys.sorted().first == first && large.count < 6)
            #expect(large.values.joined().reduce(0) { $0 + $1.bytes.count } <= 256 << 10)
            _ = try archive.write(&execution, definitions: [], source: source, grace: 0, at: Self.now)
            #expect(try archive.capture(of: capture.id, source: source)?.messages == capture.messages)
        }
    }

    @Test func framesOfADictionaryThatWasReplacedAreMadeAgain() throws {
        try Self.withArchive { archive, source, captures in
            var execution = try archive.preparer().prepare(captures[1])
            try archive.preparer().pack(&execution)
            let before = execution.frames.shared.first?.dictionary
            // More is in it than when its dictionary was trained.
            for capture in captures[2...] {
                _ = try archive.write(capture, definitions: [], source: source, grace: 0, at: Self.now)
            }
            _ = try archive.compact(at: Self.now)
            let after = archive.packer.compressor.dictionary?.id
            #expect(before != nil && after != nil && before != after)
            _ = try archive.write(&execution, definitions: [], source: source, grace: 0, at: Self.now)
            #expect(
                try Self.packs(archive, of: captures[1].id).map { $0[0].integer }
                    == [after.map { Int64($0) }])
            #expect(
                try archive.capture(of: captures[1].id, source: source)?.messages == captures[1].messages)
        }
    }

    @Test func compressorsComeBack() throws {
        struct Failure: Error {}
        let compressor = FrameCompressor()
        #expect(compressor.frames { _, _ in 1 } == nil)
        compressor.dictionary = ZstdDictionary(Array(repeating: 7, count: 4096), id: 0, level: 3)
        for _ in 0..<20 {
            #expect(throws: Failure.self) { try compressor.frames { _, _ in throw Failure() } }
        }
        func nested(_ depth: Int) -> Int {
            compressor.frames { _, _ in nested(depth + 1) } ?? depth
        }
        #expect(nested(0) == 8)
        #expect(nested(0) == 8)
    }

    @Test func manyThreadsPrepareAlike() async throws {
        var parts: (preparer: ExecutionPreparer, captures: [ExecutionCapture])?
        try Self.withArchive { archive, _, captures in parts = (try archive.preparer(), captures) }
        let (preparer, captures) = try #require(parts)
        @Sendable func prepare(_ number: Int) throws -> [[UInt8]] {
            var execution = try preparer.prepare(captures[number % captures.count])
            preparer.pack(&execution)
            return [execution.digest] + execution.frames.shared.map(\.bytes)
        }
        let alone = try captures.indices.map(prepare)
        #expect(alone.contains { $0.count > 1 })
        try await withThrowingTaskGroup(of: (Int, [[UInt8]]).self) { group in
            for number in 0..<(captures.count * 20) { group.addTask { (number, try prepare(number)) } }
            for try await (number, made) in group {
                let alone = alone[number % captures.count]
                // With more threads than it lends compressors to, some leave the frames to the archive.
                #expect(made == alone || made == [alone[0]])
            }
        }
    }
}
