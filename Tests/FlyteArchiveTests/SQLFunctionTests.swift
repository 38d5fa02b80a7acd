import FlyteIDL
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteArchive

/// The functions that SQL has on an archive, inside the tool and in the loadable extension. What JSON says is
/// tested with its core, in FlyteIDLTests and FlyteModelTests; here, that it is the JSON of the right bytes.
struct SQLFunctionTests {
    private static let archive = Result { () -> (path: String, captures: [ExecutionCapture]) in
        let path = TemporaryFolder.shared + "/functions.db"
        let archive = try Archive(path: path, mode: .readWrite)
        let source = try archive.source(named: "s", endpoint: "http://s")
        var captures: [ExecutionCapture] = []
        for set in [RecordedExchange.Set.propellerCases, .scriptedLocal] {
            captures += try RecordedCaptures(set).captures.values.sorted {
                $0.id.description < $1.id.description
            }
        }
        for capture in captures {
            _ = try archive.write(
                capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
        }
        return (path, captures)
    }

    private func scalar(_ sql: String, _ parameters: [String: Cell] = [:]) throws -> Cell {
        try scalar(sql, parameters, on: Archive(path: try Self.archive.get().path, mode: .readOnly))
    }

    private func scalar(_ sql: String, _ parameters: [String: Cell] = [:], on archive: Archive) throws -> Cell
    {
        try #require(try archive.query(sql, parameters).rows.first?.first)
    }

    private func reason(_ sql: String, _ parameters: [String: Cell] = [:]) throws -> String {
        do {
            return "answered \(try scalar(sql, parameters))"
        } catch let error as ArchiveError {
            return error.detail
        }
    }

    private func type(of message: CapturedMessage) -> String {
        switch message.kind {
        case .execution: "admin.Execution"
        case .node: "admin.NodeExecution"
        case .attempt: "admin.TaskExecution"
        case .data where message.place.attempt != nil: "admin.TaskExecutionGetDataResponse"
        case .data where message.place.nodeID != nil: "admin.NodeExecutionGetDataResponse"
        case .data: "admin.WorkflowExecutionGetDataResponse"
        case .metrics: "admin.WorkflowExecutionGetMetricsResponse"
        case .signal: "admin.Signal"
        case .dynamicWorkflow: "admin.DynamicNodeWorkflowResponse"
        case .literalMap: "core.LiteralMap"
        case .literal: "core.Literal"
        }
    }

    // MARK: Messages

    @Test func everyMessageIsFoundAndPrinted() throws {
        let (path, captures) = try Self.archive.get()
        let archive = try Archive(path: path, mode: .readOnly)
        var kinds: Set<CapturedMessage.Kind> = []
        for capture in captures {
            let rows = try archive.query(
                """
                SELECT kind, raw(message_id), raw_json(message_id), sha256 FROM v_message
                WHERE project = :p AND domain = :d AND execution = :n ORDER BY message_id
                """,
                [
                    "p": .text(capture.id.project), "d": .text(capture.id.domain),
                    "n": .text(capture.id.name),
                ]
            ).rows
            #expect(rows.count == capture.messages.count)
            for (row, message) in zip(rows, capture.messages) {
                let json = try Message(decoding: message.bytes, as: type(of: message)).json(.snakeCase)
                let hash = SHA256.hash(message.bytes).map { String(format: "%02x", $0) }.joined()
                let expected: [Cell] = [
                    .text(message.kind.rawValue), .blob(message.bytes), .text(json), .text(hash),
                ]
                if row != expected { Issue.record("\(capture.id), \(message.kind)") }
                kinds.insert(message.kind)
            }
        }
        #expect(kinds.isSuperset(of: [.execution, .node, .attempt, .data]), "\(kinds)")
    }

    @Test func everyMapIsFoundAndPrinted() throws {
        let archive = try Archive(path: try Self.archive.get().path, mode: .readOnly)
        let maps = try archive.query(
            """
            SELECT e.key * 1048576 + l.number AS id, literals_json(e.key * 1048576 + l.number)
            FROM literal_map l JOIN execution e ON e.id = l.execution_id
            """
        ).rows
        #expect(maps.count > 500)
        for map in maps {
            let bytes = try #require(try archive.literalMap(map[0].integer ?? 0))
            #expect(try LiteralJSON.text(ofMap: bytes) == map[1].text)
        }
    }

    /// Hostile bytes are an error or what the tool makes of them; never anything else, and never a crash.
    @Test(arguments: 0..<8 as Range<UInt64>) func hostileBytes(seed: UInt64) throws {
        let (path, captures) = try Self.archive.get()
        let archive = try Archive(path: path, mode: .readOnly)
        var random = SeededRandom(seed: seed)
        var answers = 0
        for _ in 0..<100 {
            let messages = try #require(captures.randomElement(using: &random)).messages
            let message = try #require(messages.randomElement(using: &random))
            var bytes = Array(message.bytes.prefix(4096))
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 8))
                default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
                }
            }
            let type = type(of: message)
            let found = try? scalar(
                "SELECT raw_json(:b, :t)", ["b": .blob(bytes), "t": .text(type)], on: archive)
            if let json = try? Message(decoding: bytes, as: type).json(.snakeCase) {
                answers += 1
                #expect(found == .text(json), "\(type)")
            }
            let map = try? scalar("SELECT literals_json(:b)", ["b": .blob(bytes)], on: archive)
            if let json = try? LiteralJSON.text(ofMap: bytes) { #expect(map == .text(json)) }
        }
        #expect(answers > 5)
    }

    private func map(_ literal: Message) -> [UInt8] {
        Message("core.LiteralMap", ["literals": .map(["x": .message(literal)])]).encoded()
    }

    private func scalarLiteral(_ kind: String, _ value: Value) -> Message {
        Message("core.Literal", ["scalar": .map([kind: value] as ValueMap)])
    }

    @Test func deepNestingIsToldAndNoCrash() throws {
        // Lists in lists within a map, and types of lists of lists.
        let lists = (0..<1_000).map { $0 % 2 + 1 } + [2, 1]
        let types = Array(repeating: 3, count: 1_000)
        for (ask, numbers) in [("literals_json(:b)", lists), ("raw_json(:b, 'core.LiteralType')", types)] {
            var bytes: [UInt8] = []
            for number in numbers {
                var writer = WireWriter()
                writer.field(number, bytes)
                bytes = writer.bytes
            }
            #expect(
                try scalar("SELECT \(ask)", ["b": .blob(bytes)]).text?.contains("too deep") == true, "\(ask)")
        }
        let arrays = map(
            scalarLiteral(
                "binary", ["tag": "msgpack", "value": .bytes(Array(repeating: 0x91, count: 100_000))]))
        #expect(try scalar("SELECT literals_json(:b)", ["b": .blob(arrays)]).text?.contains("base64") == true)
    }

    @Test func whatIsNotThereIsNull() throws {
        for sql in [
            "raw(1)", "raw_json(1)", "literals_json(1)", "literal(1, 'x')", "raw(NULL)",
            "literals_json(NULL)",
            "literal(NULL, 'x')", "unzstd(NULL)", "raw(-1)", "iso(NULL)", "wilson_low(NULL, 3)",
            "wilson_high(4, 3)", "wilson_low(0, 0)",
        ] {
            #expect(try scalar("SELECT \(sql)") == .null, "\(sql)")
        }
    }

    @Test func mistakesAreNamed() throws {
        #expect(
            try reason("SELECT raw_json(x'00', 'admin.Nothing')") == "Flyte has no message 'admin.Nothing'")
        #expect(try reason("SELECT unzstd('no frame')").contains("no whole zstd frame"))
        #expect(try reason("SELECT percentile(1, 101)").contains("from 0 to 100"))
        #expect(try reason("SELECT median('a')").contains("take numbers"))
        #expect(try reason("SELECT literals_json(x'ff')").contains("its bytes are no message"))
    }

    // MARK: Values in a map

    private static let nested = Message(
        "core.LiteralMap",
        [
            "literals": [
                "n": ["scalar": ["primitive": ["integer": 7]]],
                "s": ["scalar": ["primitive": ["string_value": "a \"b\" \n é"]]],
                "yes": ["scalar": ["primitive": ["boolean": true]]],
                "none": ["scalar": ["none_type": [:]]],
                "list": [
                    "collection": [
                        "literals": [
                            ["scalar": ["primitive": ["float_value": 0.5]]], ["collection": ["literals": []]],
                        ]
                    ]
                ],
                "config": [
                    "scalar": [
                        "generic": [
                            "fields": [
                                "lr": ["number_value": 0.25], "a.b": ["string_value": "dot"],
                                "quo\"te": ["string_value": "q"],
                                "0": ["string_value": "zero"],
                                "deep": [
                                    "list_value": ["values": [["bool_value": false], ["null_value": 0]]]
                                ],
                            ]
                        ]
                    ]
                ],
            ]
        ]
    ).encoded()

    @Test(
        arguments: [
            ("n", .integer(7)), ("s", .text("a \"b\" \n é")), ("yes", .integer(1)), ("none", .null),
            ("list", .text("[0.5,[]]")), ("list.0", .real(0.5)), ("list.1", .text("[]")), ("list.1.0", .null),
            ("list.2", .null), ("list.-1", .null), ("list.x", .null), ("n.x", .null),
            ("config.lr", .real(0.25)),
            ("config.\"a.b\"", .text("dot")), ("config.a.b", .null), ("config.0", .text("zero")),
            ("config.deep.0", .integer(0)), ("config.deep.1", .null), ("config.quo\"te", .text("q")),
            ("nobody", .null),
            ("", .null), ("config.deep", .text("[false,null]")),
        ] as [(String, Cell)]) func aPathLeadsToAValue(path: String, value: Cell) throws
    {
        #expect(try scalar("SELECT literal(:m, :p)", ["m": .blob(Self.nested), "p": .text(path)]) == value)
    }

    @Test func aValueWithPartsIsJSONForOtherFunctions() throws {
        #expect(
            try scalar(
                "SELECT json_object('l', literal(:m, 'list'), 's', literal(:m, 's'))",
                ["m": .blob(Self.nested)])
                == .text(#"{"l":[0.5,[]],"s":"a \"b\" \n é"}"#))
    }

    // MARK: zstd

    @Test func framesOfAllKindsAreDecompressed() throws {
        let zstd = Zstd()
        let one = Array("one frame, ".utf8)
        let two = Array(repeating: UInt8(ascii: "x"), count: 3_000_000)
        let frames = try zstd.compressor.compress(one, with: nil) + zstd.compressor.compress(two, with: nil)
        #expect(try scalar("SELECT unzstd(:b)", ["b": .blob(frames)]) == .blob(one + two))
        #expect(try scalar("SELECT unzstd(:b)", ["b": .blob([])]) == .blob([]))
        // As 'printf hello | zstd' writes it: without a content size.
        let piped: [UInt8] = [
            0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x29, 0x00, 0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0xa3, 0x6d,
            0x9f, 0x88,
        ]
        #expect(try scalar("SELECT unzstd(:b)", ["b": .blob(piped)]) == .blob(Array("hello".utf8)))
        var broken = frames
        broken[broken.count - 1] ^= 1
        #expect(try reason("SELECT unzstd(:b)", ["b": .blob(broken)]).contains("damaged"))
        #expect(
            try reason("SELECT unzstd(:b)", ["b": .blob(frames.dropLast(3))]).contains("no whole zstd frame"))
    }

    @Test func dictionariesAreFoundInTheArchiveOrGiven() throws {
        let samples = (0..<300).map {
            Array("{\"project\":\"sales\",\"name\":\"run \($0)\",\"n\":\($0 * 7)}".utf8)
        }
        let dictionary = try #require(
            Zstd.train(
                samples.flatMap { $0 }, sizes: samples.map(\.count), capacity: 4096))
        let zstd = Zstd()
        let frame = try zstd.compressor.compress(samples[7], with: zstd.add(dictionary: dictionary))
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            #expect(
                try scalar(
                    "SELECT unzstd(:f, :d)", ["f": .blob(frame), "d": .blob(dictionary)], on: archive)
                    == .blob(samples[7]))
            #expect(throws: ArchiveError.self) {
                try scalar("SELECT unzstd(:f)", ["f": .blob(frame)], on: archive)
            }
            try archive.database.run(
                "INSERT INTO dictionary VALUES (?, ?, 0)",
                [.integer(Int64(Zstd.id(of: dictionary))), .blob(dictionary)])
            #expect(try scalar("SELECT unzstd(:f)", ["f": .blob(frame)], on: archive) == .blob(samples[7]))
        }
    }

    @Test func packsAreReadWithTheirPartsAndNeverStale() throws {
        let capture = try #require(try Self.archive.get().captures.first)
        let message = try #require(capture.messages.first)
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let writer = try Archive(path: path, mode: .readWrite)
            let source = try writer.source(named: "s", endpoint: "http://s")
            var short = capture
            short.messages = [message]
            _ = try writer.write(
                short, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
            let reader = try Archive(path: path, mode: .readOnly)
            let ask = "SELECT raw(message_id) FROM v_message"
            #expect(try scalar(ask, on: reader) == .blob(message.bytes))
            // The same content cut in two, and then another content in the same pack.
            let zstd = Zstd()
            let half = message.bytes.count / 2
            let first = try zstd.compressor.compress(Array(message.bytes[..<half]), with: nil)
            let second = try zstd.compressor.compress(Array(message.bytes[half...]), with: nil)
            try writer.database.run("UPDATE pack SET data = ?", [.blob(first)])
            try writer.database.run(
                "INSERT INTO pack_part SELECT id, 1, ?, ? FROM pack",
                [.integer(Int64(message.bytes.count - half)), .blob(second)])
            #expect(try scalar(ask, on: reader) == .blob(message.bytes))
            #expect(try scalar(ask, on: writer) == .blob(message.bytes))
            let other = message.bytes.map { $0 ^ 0xFF }
            try writer.database.run("DELETE FROM pack_part")
            try writer.database.run(
                "UPDATE pack SET data = ?", [.blob(try zstd.compressor.compress(other, with: nil))])
            #expect(try scalar(ask, on: reader) == .blob(other))
            #expect(try scalar(ask, on: writer) == .blob(other))
            // A pack that is too short is damage, not bytes of something else.
            try writer.database.run("UPDATE pack SET data = ?", [.blob(first)])
            #expect(throws: ArchiveError.self) { try scalar(ask, on: reader) }
        }
    }

    // MARK: Times

    @Test func timesAreThoseOfTheViews() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<200 {
            let time = Timestamp(nanoseconds: Int64(bitPattern: random.next()))
            #expect(try scalar("SELECT iso(\(time.nanoseconds))") == .text(time.microsecondText))
        }
        #expect(
            try scalar(
                "SELECT count(*) FROM (SELECT created_at FROM v_execution EXCEPT SELECT iso(created_at) FROM execution)"
            )
                == .integer(0))
    }
}
