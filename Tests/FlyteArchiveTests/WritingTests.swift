import FlyteArchive
import FlyteIDL
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

struct WritingTests {
    static let cases = Result { try RecordedCaptures(.propellerCases) }

    private func definitions(_ recorded: RecordedCaptures) -> [CapturedDefinition] {
        recorded.definitions.map { CapturedDefinition(id: $0.key, bytes: $0.value) }
            .sorted { $0.id.description < $1.id.description }
    }

    @Test func givesBackEveryMessageByteForByte() throws {
        let recorded = try Self.cases.get()
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            for capture in recorded.captures.values.sorted(by: { $0.id.description < $1.id.description })
                .prefix(40)
            {
                #expect(
                    try archive.write(
                        capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
                        == .new)
                let again = try archive.capture(of: capture.id, source: source)
                #expect(again?.messages == capture.messages)
                #expect(
                    try archive.write(
                        capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 2))
                        == .unchanged)
            }
        }
    }

    @Test func textsThatUnicodeCallsEquivalentStayWhatTheyAre() throws {
        try TemporaryFolder.with { folder in
            // Composed, decomposed, and marks in either order: as bytes all differ.
            let texts = ["\u{E9}", "e\u{301}", "a\u{301}\u{323}", "a\u{323}\u{301}"]
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            let id = ExecutionID(project: "p", domain: "d", name: "x")
            let execution = Message(
                "admin.Execution",
                [
                    "id": ["project": "p", "domain": "d", "name": "x"],
                    "spec": [
                        "labels": [
                            "values": .map(ValueMap(texts.map { (key: $0, value: .string("v" + $0)) }))
                        ],
                        "tags": .list(texts.map { .string($0) }),
                    ],
                    "closure": ["phase": "FAILED", "error": ["code": .string(texts[0]), "message": "m"]],
                ])
            var capture = ExecutionCapture(id: id, observedAt: Timestamp(nanoseconds: 1))
            capture.messages.append(CapturedMessage(kind: .execution, bytes: execution.encoded()))
            for (number, text) in texts.enumerated() {
                let node = Message(
                    "admin.NodeExecution",
                    [
                        "id": ["node_id": .string("n\(number)")],
                        "closure": ["phase": "FAILED", "error": ["code": .string(text), "message": "m"]],
                    ])
                capture.messages.append(
                    CapturedMessage(kind: .node, place: .node("n\(number)"), bytes: node.encoded()))
            }
            _ = try archive.write(
                capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
            func bytes(_ sql: String) throws -> [[UInt8]] {
                try archive.query(sql).rows.map { Array(($0[0].text ?? "").utf8) }
            }
            let expected = texts.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
            #expect(try bytes("SELECT key FROM v_execution_tag WHERE kind = 'tag' ORDER BY key") == expected)
            #expect(
                try bytes("SELECT key FROM v_execution_tag WHERE kind = 'label' ORDER BY key") == expected)
            #expect(
                try bytes("SELECT substr(value, 2) FROM v_execution_tag WHERE kind = 'label' ORDER BY 1")
                    == expected)
            #expect(
                try bytes("SELECT error_code FROM v_node_execution ORDER BY node_id")
                    == texts.map { Array($0.utf8) })
        }
    }

    @Test func aDefinitionIsItsSourcesOwn() throws {
        try TemporaryFolder.with { folder in
            let recorded = try Self.cases.get()
            let captures = try RecordedArchive.captures()
            let archive = try RecordedArchive.make(folder + "/a.db", captures)
            // The same executions at an installation whose definitions nobody has.
            let other = try archive.source(named: "other", endpoint: "http://other")
            for capture in captures {
                _ = try archive.write(
                    capture, definitions: [], source: other, grace: 0, at: Timestamp(nanoseconds: 1))
            }
            #expect(!recorded.definitions.isEmpty)
            let lone = try Archive(path: folder + "/b.db", mode: .readWrite)
            let source = try lone.source(named: "other", endpoint: "http://other")
            for capture in captures {
                _ = try lone.write(
                    capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
            }
            let nodes =
                "SELECT * FROM v_node_execution WHERE source = 'other' ORDER BY project, domain, execution, node_id"
            func rows(_ archive: Archive) throws -> [[Cell]] {
                let table = try archive.query(nodes)
                let ids = table.columns.map { $0.name.hasSuffix("map_id") }
                return table.rows.map { row in zip(row, ids).filter { !$1 }.map(\.0) }
            }
            #expect(try rows(archive) == rows(lone))
        }
    }

    @Test func aDefinitionThatIsKnownIsNotLookedAtAgain() throws {
        try TemporaryFolder.with { folder in
            let recorded = try Self.cases.get()
            let captures = try RecordedArchive.captures()
            let archive = try RecordedArchive.make(folder + "/a.db", [captures[0]])
            let source = try archive.sources()[0]
            let garbage = recorded.definitions.keys.map { CapturedDefinition(id: $0, bytes: [0x0A, 0xFF]) }
            #expect(
                try archive.write(
                    captures[1], definitions: garbage, source: source, grace: 0, at: Timestamp(nanoseconds: 1)
                )
                    == .new)
            for (id, bytes) in recorded.definitions {
                #expect(try archive.definition(id, source: source) == bytes)
            }
        }
    }

    /// Workflows tell kinds of nodes, tasks the requests of attempts: of executions that were there before, too.
    @Test(arguments: [DefinitionID.Kind.workflow, .task])
    func whatADefinitionTellsIsToldOfExecutionsThatCameBeforeIt(kind: DefinitionID.Kind) throws {
        let recorded = try Self.cases.get()
        let captures = recorded.captures.values.sorted { $0.id.description < $1.id.description }.suffix(60)
        let late = definitions(recorded).filter { $0.id.kind == kind }
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            // Without any, as a workflow's closure has its tasks in it.
            for capture in captures.dropLast() {
                _ = try archive.write(
                    capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
            }
            let last = try #require(captures.last)
            _ = try archive.write(
                last, definitions: late, source: source, grace: 0, at: Timestamp(nanoseconds: 2))
            var findings: [Finding] = []
            _ = try archive.verify { if !$0.isOddity { findings.append($0) } }
            #expect(findings.isEmpty, "\(findings.prefix(3))")
            let told = try archive.query(
                kind == .task
                    ? "SELECT count(*) FROM attempt WHERE cpu_request IS NOT NULL"
                    : "SELECT count(*) FROM node WHERE kind = 'task'"
            ).rows[0][0].integer
            #expect((told ?? 0) > 20)
        }
    }

    @Test func anExecutionThatCannotBeWrittenTakesNothingElseOfItsTransactionWithIt() throws {
        try TemporaryFolder.with { folder in
            let captures = try RecordedArchive.captures()
            let good = [captures[0], captures[3], captures[5]]
            var broken = captures[4]
            broken.messages.removeAll { $0.kind == .execution }
            broken.messages.append(CapturedMessage(kind: .execution, content: .held([0x0A, 0xFF])))
            func count(_ archive: Archive) throws -> Cell {
                try archive.query("SELECT count(*) FROM v_execution").rows[0][0]
            }
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            let reader = try Archive(path: folder + "/a.db", mode: .readOnly)
            func write(_ capture: ExecutionCapture) throws {
                _ = try archive.write(
                    capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
            }
            try archive.begin()
            try write(good[0])
            #expect(throws: ModelError.self) { try write(broken) }
            for kind in DefinitionID.Kind.allCases {
                let id = DefinitionID(kind: kind, project: "p", domain: "d", name: "n", version: "v")
                #expect(throws: ModelError.self) {
                    try archive.write(
                        good[1], definitions: [CapturedDefinition(id: id, bytes: [0x0A, 0xFF])],
                        source: source,
                        grace: 0, at: Timestamp(nanoseconds: 1))
                }
            }
            try good[1...].forEach(write)
            #expect(archive.isInTransaction)
            #expect(try count(reader) == .integer(0))
            try archive.commit()
            #expect(!archive.isInTransaction)
            #expect(try count(reader) == .integer(3))
            let other = try Archive(path: folder + "/b.db", mode: .readWrite)
            for capture in good {
                _ = try other.write(
                    capture, definitions: [], source: try other.source(named: "s", endpoint: "http://s"),
                    grace: 0, at: Timestamp(nanoseconds: 1))
            }
            #expect(try ViewDump.lines(of: archive) == ViewDump.lines(of: other))
        }
    }

    @Test func spansThatTheServerTellsOtherwiseAreKeptBesideOurs() throws {
        try TemporaryFolder.with { folder in
            let captures = try RecordedArchive.captures().filter { capture in
                capture.messages.contains { $0.kind == .metrics && $0.content.count > 500 }
            }
            let (own, other) = (captures[0], captures[1])
            var silent = own
            silent.messages.removeAll { $0.kind == .metrics }
            var changed = silent
            changed.messages.append(try #require(other.messages.first { $0.kind == .metrics }))
            func spans(_ capture: ExecutionCapture, _ origin: String) throws -> [[Cell]] {
                let archive = try Archive(path: folder + "/\(UUID()).db", mode: .readWrite)
                let source = try archive.source(named: "s", endpoint: "http://s")
                _ = try archive.write(
                    capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
                return try archive.query(
                    """
                    SELECT parent_id, depth, entity, node_id, attempt, operation, start_at, end_at FROM v_span
                    WHERE origin = '\(origin)' ORDER BY span_id
                    """
                ).rows
            }
            let (computed, told) = (try spans(silent, "archive"), try spans(other, "server"))
            #expect(computed.count > 3)
            #expect(told.count > 3)
            #expect(computed != told)
            #expect(try spans(silent, "server").isEmpty)
            #expect(try spans(changed, "archive") == computed)
            #expect(try spans(changed, "server") == told)
        }
    }

    @Test func aLiteralLargerThanAPackIsKeptInParts() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let source = try archive.source(named: "s", endpoint: "http://s")
            let text = (0..<1_000_000).map { "\($0 &* 7919 % 1_000_003) " }.joined()
            let map = try Message(
                json: Array(
                    #"{"literals":{"large":{"scalar":{"primitive":{"stringValue":"\#(text)"}}},"few":{"scalar":{"primitive":{"integer":"7"}}}}}"#
                        .utf8), as: IDL.message("core.LiteralMap")
            ).encoded()
            let spool = try Spool(folder: folder)
            try spool.append([1, 2, 3])
            try spool.append(map)
            var capture = try #require(
                try Self.cases.get().captures.values.min { $0.id.description < $1.id.description })
            capture.messages.removeAll { $0.kind == .literalMap }
            capture.messages.append(
                CapturedMessage(
                    kind: .literalMap, direction: .output, content: .spooled(spool, 3..<3 + map.count)))
            #expect(map.count > 6 << 20)
            _ = try archive.write(
                capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 1))
            #expect(try archive.query("SELECT count(*) FROM pack_part").rows == [[.integer(13)]])
            let rows = try archive.query(
                """
                SELECT name, type, value_json, size_bytes > 6000000 FROM v_literal
                WHERE node_id IS NULL AND direction = 'output' ORDER BY name
                """
            ).rows
            #expect(
                rows == [
                    [.text("few"), .text("integer"), .text("7"), .integer(0)],
                    [.text("large"), .text("string"), .null, .integer(1)],
                ])
            let id = try #require(
                try archive.query("SELECT output_map_id FROM v_execution").rows.first?[0].integer)
            #expect(try archive.literalMap(id) == map)
            let again = try archive.capture(of: capture.id, source: source)
            #expect(again?.messages == capture.messages)
            #expect(
                try archive.write(
                    capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 2))
                    == .unchanged)
        }
    }

    /// Parents before children and after, definitions at once and late: the same rows.
    @Test(arguments: [1, 2, 3] as [UInt64]) func theOrderDoesNotMatter(seed: UInt64) throws {
        let recorded = try Self.cases.get()
        let sorted = recorded.captures.values.sorted { $0.id.description < $1.id.description }
            .filter {
                $0.id.name.contains("child") || $0.id.name.contains("nested")
                    || $0.id.name.contains("dynamic")
            }
        #expect(sorted.count > 8)
        func dump(_ captures: [ExecutionCapture], lateDefinitions: Bool) throws -> [String] {
            try TemporaryFolder.with { folder in
                let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
                let source = try archive.source(named: "s", endpoint: "http://s")
                for (index, capture) in captures.enumerated() {
                    let isLast = index == captures.count - 1
                    let definitions = (lateDefinitions ? isLast : index == 0) ? definitions(recorded) : []
                    _ = try archive.write(
                        capture, definitions: definitions, source: source, grace: 0,
                        at: Timestamp(nanoseconds: 1))
                }
                return try ViewDump.lines(of: archive)
            }
        }
        var random = SeededRandom(seed: seed)
        let straight = try dump(sorted, lateDefinitions: false)
        let shuffled = try dump(sorted.shuffled(using: &random), lateDefinitions: seed % 2 == 0)
        #expect(Set(shuffled).subtracting(straight).prefix(5).map { String($0.prefix(300)) } == [])
        #expect(Set(straight).subtracting(shuffled).prefix(5).map { String($0.prefix(300)) } == [])
        #expect(shuffled.count == straight.count)
    }

    @Test func refusesWhatIsNotAnArchive() throws {
        try TemporaryFolder.with { folder in
            let text = folder + "/text.db"
            try Data(String(repeating: "no database at all\n", count: 100).utf8).write(
                to: URL(filePath: text))
            #expect(throws: ArchiveError.self) { try Archive(path: text, mode: .readWrite) }
            #expect(try String(contentsOfFile: text, encoding: .utf8).hasPrefix("no database"))
            do {
                _ = try Archive(path: folder + "/none.db", mode: .readOnly)
                Issue.record("opened what is not there")
            } catch let error as ArchiveError {
                #expect(error.kind == .missing)
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/none.db"))
        }
    }

    @Test func refusesAnArchiveFromTheFuture() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { try Archive(path: path, mode: .readWrite).settle() }
            // The version is a big-endian number at offset 60 of a SQLite file.
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[63] = 99
            try bytes.write(to: URL(filePath: path))
            do {
                _ = try Archive(path: path, mode: .readWrite)
                Issue.record("opened the future")
            } catch let error as ArchiveError {
                #expect(error.kind == .tooNew(found: 99, supported: Migration.newest))
                #expect(
                    error.description.contains(
                        "has schema version 99, and this tool reads up to \(Migration.newest)"))
            }
        }
    }

    @Test func onlyOneHarvestHoldsAnArchive() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            var first: ArchiveLock? = try ArchiveLock(archive: path, who: "process 1")
            do {
                _ = try ArchiveLock(archive: path, who: "process 2")
                Issue.record("held twice")
            } catch let error as ArchiveError {
                #expect(error.kind == .held("process 1"))
            }
            withExtendedLifetime(first) {}
            first = nil
            _ = try ArchiveLock(archive: path, who: "process 2")
        }
    }

    @Test func onlyItsOwnerMayReadTheFile() throws {
        try TemporaryFolder.with { folder in
            _ = try Archive(path: folder + "/a.db", mode: .readWrite)
            let mode =
                try FileManager.default.attributesOfItem(atPath: folder + "/a.db")[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test(arguments: [
        "DELETE FROM execution", "ATTACH 'x.db' AS x", "PRAGMA user_version = 7",
        "SELECT load_extension('x')", "VACUUM",
        "SELECT 1; DROP TABLE execution", "CREATE TABLE t (x)",
    ])
    func userStatementsOnlyRead(sql: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { try Archive(path: path, mode: .readWrite).settle() }
            let archive = try Archive(path: path, mode: .readOnly)
            #expect(throws: ArchiveError.self) { try archive.userQuery(sql) }
            #expect(
                try archive.userQuery("SELECT count(*) AS n FROM v_execution -- ok").rows == [
                    [.integer(0)]
                ])
        }
    }
}
