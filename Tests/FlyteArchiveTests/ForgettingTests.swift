import FlyteArchive
import FlyteIDL
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

struct ForgettingTests {
    private static let secret = "s3cr3t/\"quoted\" ümlaut"
    private static let now = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    /// An execution with a text in every kind of place.
    private static func planted(_ text: String, in capture: ExecutionCapture) throws -> ExecutionCapture {
        var capture = capture
        let json = #"{"password":"# + JSONValue.string(text).text + "}"
        for (index, message) in capture.messages.enumerated() {
            switch message.kind {
            case .execution:
                var changed = try Message(decoding: message.bytes, as: "admin.Execution")
                var spec = try #require(changed.message("spec"))
                spec["labels"] = ["values": ["owner": .string(text)]]
                spec["envs"] = ["values": [["key": "TOKEN", "value": .string("x=" + text)]]]
                changed["spec"] = .message(spec)
                var closure = try #require(changed.message("closure"))
                closure["error"] = [
                    "code": "USER:Error", "message": .string("it was \(text) twice: \(text)"),
                ]
                changed["closure"] = .message(closure)
                capture.messages[index].bytes = changed.encoded()
            case .data where message.place.nodeID == nil:
                let packed = [UInt8](text.utf8)
                func scalar(_ value: Value) -> Value { ["scalar": value] }
                capture.messages[index].bytes = Message(
                    "admin.WorkflowExecutionGetDataResponse",
                    [
                        "full_inputs": [
                            "literals": [
                                "plain": scalar(["primitive": ["string_value": .string(text)]]),
                                "json": scalar(["primitive": ["string_value": .string(json)]]),
                                "base64": scalar([
                                    "primitive": [
                                        "string_value": .string(Data((" " + text).utf8).base64EncodedString())
                                    ]
                                ]),
                                "packed": scalar([
                                    "binary": [
                                        "tag": "msgpack",
                                        "value": .bytes([0xD9, UInt8(packed.count)] + packed),
                                    ]
                                ]),
                                "kept": scalar(["primitive": ["integer": 42]]),
                            ]
                        ]
                    ]
                ).encoded()
            case .attempt:
                var changed = try Message(decoding: message.bytes, as: "admin.TaskExecution")
                var closure = try #require(changed.message("closure"))
                let query = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                closure["logs"] = [["uri": .string("http://logs/?q=" + query), "name": "l"]]
                closure["reason"] = .string("because of " + text)
                changed["closure"] = .message(closure)
                capture.messages[index].bytes = changed.encoded()
            default: break
            }
        }
        return capture
    }

    /// Forty executions, one of which has the secret everywhere.
    private static func archive(_ path: String) throws -> (archive: Archive, id: ExecutionID) {
        let captures = Array(try RecordedArchive.captures().prefix(40))
        let chosen = try #require(
            captures.first { capture in
                capture.messages.contains { $0.kind == .attempt }
                    && capture.messages.contains { $0.kind == .data }
            })
        let archive = try RecordedArchive.make(
            path, try captures.map { $0.id == chosen.id ? try planted(secret, in: $0) : $0 })
        try archive.recordProblem(
            source: try archive.sources()[0], project: "p", domain: "d", execution: nil, route: "GET /",
            status: 500, message: "no \(secret) here", at: now)
        try archive.settle()
        return (archive, chosen.id)
    }

    private static func bytes(of path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    @Test func noByteOfATextIsLeft() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let (archive, id) = try Self.archive(path)
            let before = try archive.proveForgotten(Self.secret)
            #expect(
                before.found.contains { $0.contains("file") } && before.found.contains { $0.contains("pack") }
            )
            let untouched = try ViewDump.lines(of: archive).filter { !$0.contains(id.name) }

            let summary = try archive.forget(.value(Self.secret), reason: "asked for", at: Self.now)
            #expect(summary.executions.map(\.id) == [id])
            #expect(summary.problems == 1)
            let proof = try archive.proveForgotten(Self.secret)
            #expect(proof.found == [])
            #expect(proof.fileBytes > 100_000 && proof.messageBytes > 100_000 && proof.dictionaries == 1)
            #expect(try Self.bytes(of: path).range(of: Data(Self.secret.utf8)) == nil)
            for word in ["s3cr3t", "mlaut"] {
                #expect(try Self.bytes(of: path).range(of: Data(word.utf8)) == nil)
            }
            #expect(FileManager.default.contents(atPath: path + "-wal")?.isEmpty != false)

            let values = try archive.query(
                "SELECT name, value_json FROM v_literal WHERE execution = :e AND node_id IS NULL AND direction = 'input' ORDER BY 1",
                ["e": .text(id.name)])
            #expect(
                values.rows.map { $0.map { $0.text ?? "" }.joined(separator: ": ") } == [
                    #"base64: "\#(try #require(values.rows.first?[1].text).dropFirst().dropLast())""#,
                    #"json: "{\"password\":\"[forgotten]\"}""#, "kept: 42", #"packed: "[forgotten]""#,
                    #"plain: "[forgotten]""#,
                ])
            #expect(values.rows[0][1].text?.contains("[forgotten]") == true)
            #expect(
                try archive.query(
                    "SELECT error_message FROM v_execution WHERE name = :e", ["e": .text(id.name)]
                )
                .rows == [[.text("it was [forgotten] twice: [forgotten]")]])
            #expect(
                try archive.query("SELECT count(*) FROM error_search WHERE error_search MATCH 's3cr3t'").rows
                    == [[.integer(0)]])
            #expect(
                try archive.query("SELECT count(*) > 0 FROM v_capture WHERE state = 'redacted'").rows
                    == [[.integer(1)]])
            let rest = try ViewDump.lines(of: archive).filter { !$0.contains(id.name) }
            #expect(
                Set(untouched).symmetricDifference(rest).filter { !$0.contains("forgotten") } == [
                    try #require(untouched.first { $0.contains("s3cr3t") })
                ])
            #expect(try archive.query("PRAGMA foreign_key_check").rows.isEmpty)
            // Cut off after its transaction, it is done again.
            #expect(try archive.forget(.value(Self.secret), reason: nil, at: Self.now).isEmpty)
            #expect(try archive.query("SELECT count(*) FROM v_forgotten").rows == [[.integer(1)]])
        }
    }

    /// An execution that has a text, written down in some way, in each kind of place.
    private static func encoded(_ text: String, in capture: ExecutionCapture, named name: String) throws
        -> ExecutionCapture
    {
        func literal(_ text: String) -> Value { ["scalar": ["primitive": ["string_value": .string(text)]]] }
        let id: Value = ["project": "p", "domain": "d", "name": .string(name)]
        let node: Value = ["node_id": "n0", "execution_id": id]
        var execution = Message(
            "admin.Execution",
            [
                "id": id,
                "spec": ["labels": ["values": ["a": .string(text)]]],
                "closure": ["phase": "FAILED", "error": ["code": "USER:E", "message": .string(text)]],
            ]
        ).encoded()
        // A field that nobody knows, with its length before it.
        var unknown = WireWriter()
        unknown.field(1015, text.utf8)
        execution += unknown.bytes
        return ExecutionCapture(
            id: ExecutionID(project: "p", domain: "d", name: name), observedAt: capture.observedAt,
            messages: CapturedMessages([
                CapturedMessage(kind: .execution, bytes: execution),
                CapturedMessage(
                    kind: .data,
                    bytes: Message(
                        "admin.WorkflowExecutionGetDataResponse",
                        [
                            "full_inputs": ["literals": ["i": literal(text)]],
                            "full_outputs": ["literals": ["o": literal(text)]],
                        ]
                    ).encoded()),
                CapturedMessage(
                    kind: .node, place: .node("n0"),
                    bytes: Message("admin.NodeExecution", ["id": node]).encoded()),
                CapturedMessage(
                    kind: .attempt, place: CapturePlace(nodeID: "n0", attempt: 0),
                    bytes: Message(
                        "admin.TaskExecution",
                        [
                            "id": ["node_execution_id": node],
                            "closure": [
                                "error": ["message": .string(text)],
                                "logs": [["name": "log", "uri": .string(text)]],
                            ],
                        ]
                    ).encoded()),
            ]))
    }

    /// However it is written down: by other code than that which looks for it.
    @Test(arguments: ["correct-horse-battery", #"p&ss"w/ö<rd>'42 é\x"#])
    func noFormOfATextIsLeft(secret: String) throws {
        let encodings = TextEncodings.all
        #expect(encodings.count >= 40)
        let one = try #require(try RecordedArchive.captures().first)
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let captures = try encodings.enumerated().map { index, encoding in
                try Self.encoded("before \(encoding.encode(secret)) after", in: one, named: "e\(index)")
            }
            let archive = try RecordedArchive.make(
                path, captures + [try Self.encoded("nothing at all", in: one, named: "kept")])
            let kept = try ViewDump.lines(of: archive).filter { $0.contains("kept") }
            #expect(!kept.isEmpty)
            let summary = try archive.forget(.value(secret), reason: nil, at: Self.now)
            #expect(summary.executions.count == encodings.count)
            #expect(try archive.proveForgotten(secret).found == [])
            try archive.settle()
            #expect(try ViewDump.lines(of: archive).filter { $0.contains("kept") } == kept)
            let file = try Self.bytes(of: path)
            let messages = try archive.query(
                "SELECT execution, kind, raw(message_id) FROM v_message WHERE project = 'p'"
            ).rows
            #expect(messages.count > encodings.count)
            for (index, encoding) in encodings.enumerated() {
                let text = encoding.encode(secret)
                // Also what a reader of some of the text would know.
                let piece = Data((text.utf8.count > 24 ? String(text.dropFirst(6).dropLast(6)) : text).utf8)
                #expect(file.range(of: piece) == nil, "\(encoding.name) in the file")
                for message in messages where message[0] == .text("e\(index)") {
                    guard case .blob(let bytes) = message[2] else { continue }
                    #expect(Data(bytes).range(of: piece) == nil, "\(encoding.name) in \(message[1])")
                }
            }
        }
    }

    @Test func theOtherWordsOfAnErrorAreStillFound() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let (archive, id) = try Self.archive(path)
            func found(_ words: String) throws -> [[Cell]] {
                try archive.query(
                    "SELECT e.message FROM error e JOIN error_search s ON s.rowid = e.id WHERE error_search MATCH :w",
                    ["w": .text(words)]
                ).rows
            }
            func findings() throws -> [Finding] {
                var findings: [Finding] = []
                _ = try archive.verify { findings.append($0) }
                return findings
            }
            // One of the executions began another, which is not among the forty.
            let before = try findings()
            #expect(Set(before.map(\.finding)) == ["spans differ"])
            // No damage, unless somebody asks for it.
            #expect(!before.contains { !$0.isOddity })
            let (all, only) = (
                try archive.verify { _ in }, try archive.verify(.only(spans: true, paths: false)) { _ in }
            )
            #expect((all.findings, all.oddities) == (0, before.count))
            #expect((only.findings, only.oddities) == (before.count, 0))
            let secretWords = ["s3cr3t", "quoted", "ümlaut"]
            for word in secretWords + ["twice"] { #expect(try found(word).count == 1) }

            let summary = try archive.forget(.value(Self.secret), reason: nil, at: Self.now)
            #expect(summary.executions.map(\.id) == [id])
            for word in secretWords { #expect(try found(word) == []) }
            #expect(try found("twice") == [[.text("it was [forgotten] twice: [forgotten]")]])
            #expect(try found("forgotten") == found("twice"))
            #expect(try findings() == before)
            // FTS5's own check compares the index with the table it is over.
            try SQLiteFile.run(
                path, "INSERT INTO error_search (error_search, rank) VALUES ('integrity-check', 1)")
        }
    }

    @Test func whatWasErasedDoesNotComeBack() throws {
        try TemporaryFolder.with { folder in
            let (archive, id) = try Self.archive(folder + "/a.db")
            let source = try archive.sources()[0]
            let copy = try RecordedArchive.make(
                folder + "/copy.db", Array(try RecordedArchive.captures().prefix(40)))
            let whole = try #require(
                try copy.capture(of: id, source: try copy.sources()[0]))
            let other = try #require(try RecordedArchive.captures().prefix(40).first { $0.id != id }?.id)
            _ = try archive.forget(.value(Self.secret), reason: nil, at: Self.now)
            _ = try archive.forget(
                .executions([ForgottenExecution(source: "s", id: other)]), reason: nil, at: Self.now)
            #expect(try archive.capture(of: other, source: source) == nil)
            for id in [id, other] { #expect(try archive.isForgotten(id, createdAt: nil, source: source)) }

            var later = whole
            later.observedAt = Self.now
            #expect(
                try archive.write(later, definitions: [], source: source, grace: 0, at: Self.now)
                    == .unchanged)
            #expect(try archive.merge(copy, at: Self.now).forgotten == 2)
            #expect(try archive.capture(of: other, source: source) == nil)
            #expect(
                try archive.query("SELECT count(*) FROM v_literal WHERE value_json LIKE '%forgotten%'").rows[
                    0][0]
                    .integer ?? 0 > 0)
            // The tombstones go along, and keep it away elsewhere too.
            let third = try Archive(path: folder + "/third.db", mode: .readWrite)
            _ = try third.merge(archive, at: Self.now)
            #expect(try third.merge(copy, at: Self.now).forgotten == 2)
            #expect(try copy.merge(archive, at: Self.now).forgottenThere == 2)
        }
    }

    @Test func aVariableIsForgottenForAllTime() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let (archive, id) = try Self.archive(path)
            let summary = try archive.forget(.variable("plain", of: nil), reason: nil, at: Self.now)
            #expect(summary.executions.map(\.id) == [id])
            func value(_ name: String) throws -> [[Cell]] {
                try archive.query(
                    "SELECT value_json FROM v_literal WHERE execution = :e AND node_id IS NULL AND name = :n",
                    ["e": .text(id.name), "n": .text(name)]
                ).rows
            }
            #expect(try value("plain") == [[.text(#""[forgotten]""#)]])
            #expect(try value("kept") == [[.text("42")]])
            // A later harvest reads the execution again, and forgets again.
            let source = try archive.sources()[0]
            let whole = try #require(try RecordedArchive.captures().first { $0.id == id })
            _ = try archive.write(
                try Self.planted("another value", in: whole), definitions: [], source: source, grace: 0,
                at: Self.now)
            #expect(try value("plain") == [[.text(#""[forgotten]""#)]])
            #expect(try value("json").description.contains("another value"))
        }
    }

    @Test func executionsOfALabelGoWithAllThatIsOnlyTheirs() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let (archive, id) = try Self.archive(path)
            let executions = try archive.query("SELECT count(*) FROM v_execution").rows[0][0].integer ?? 0
            let summary = try archive.forget(
                .label(key: "owner", value: Self.secret), reason: nil, at: Self.now)
            #expect(summary.executions.map(\.id) == [id])
            #expect(
                try archive.query("SELECT count(*) FROM v_execution").rows == [[.integer(executions - 1)]])
            // The journal's row is not the execution's.
            #expect(try archive.proveForgotten("it was " + Self.secret).found == [])
            #expect(try archive.query("PRAGMA foreign_key_check").rows.isEmpty)
        }
    }

    @Test func aNameThatOthersReferToIsRefused() throws {
        try TemporaryFolder.with { folder in
            let (archive, id) = try Self.archive(folder + "/a.db")
            let before = try ViewDump.lines(of: archive)
            let summary = try archive.forget(.value(id.project), reason: nil, at: Self.now)
            #expect(summary.identifiers.contains { $0.contains(id.project) })
            #expect(try ViewDump.lines(of: archive) == before)
        }
    }
}
