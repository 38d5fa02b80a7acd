import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteCommandLine

/// What becomes of an execution as people are told it, at the width of their terminal.
struct ExecutionTextTests {
    private static let seen = Timestamp("2026-03-04T12:00:05Z") ?? Timestamp(nanoseconds: 0)

    private static func plain(
        _ details: ExecutionDetails, width: Int?, showsAll: Bool = false
    ) -> String {
        ExecutionText.text(
            of: details, archive: "runs.db", showsAll: showsAll, width: width,
            colors: TerminalColors(isOn: false))
    }

    /// The first execution of the sample that a condition on `v_execution` holds for, as it was seen at a time that stays.
    private static func sample(_ condition: String, all: Bool = false) throws -> ExecutionDetails {
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        let row = try #require(
            try archive.query(
                "SELECT source, project, domain, name FROM v_execution WHERE \(condition) ORDER BY name LIMIT 1"
            ).rows.first)
        return try details(of: row, in: archive, all: all)
    }

    private static func details(
        of row: [Cell], in archive: Archive, all: Bool = false
    ) throws -> ExecutionDetails {
        let id = ExecutionID(project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "")
        var details = try #require(
            try ExecutionDetails(
                of: id, source: row[0].text ?? "", in: archive, expanding: all ? .all : .unsuccessful))
        details.observedAt = seen
        // The sample's server has a port of the system's choice.
        details.consoleURL =
            "https://flyte.example.com/console/projects/\(id.project)/domains/\(id.domain)/executions/\(id.name)"
        for child in Array(details.children.keys) { details.children[child]?.observedAt = seen }
        return details
    }

    static let kinds: [(name: String, condition: String)] = [
        (
            "failed",
            "phase = 'FAILED' AND cause_node_id IS NOT NULL AND retry_count > 0 AND cause_execution = name"
        ),
        ("failed-child", "phase = 'FAILED' AND cause_execution <> name"),
        ("running", "phase = 'RUNNING'"),
        ("aborted", "phase = 'ABORTED' AND abort_cause IS NOT NULL"),
        ("timed-out", "cause_class = 'timeout'"),
        (
            "map",
            "phase = 'FAILED' AND name IN (SELECT execution FROM v_node_execution WHERE kind = 'array' AND phase = 'FAILED')"
        ),
        (
            "succeeded",
            "phase = 'SUCCEEDED' AND name IN (SELECT execution FROM v_node_execution WHERE kind = 'launch_plan')"
        ),
    ]

    @Test(arguments: kinds.map(\.name), [80, 100, 120]) func looksAsItDid(name: String, width: Int) throws {
        let kind = try #require(Self.kinds.first { $0.name == name })
        let text = Self.plain(try Self.sample(kind.condition), width: width)
        let difference = try Snapshot.difference(of: text, from: "show/\(name)-\(width).txt")
        #expect(difference == nil)
    }

    @Test(arguments: [80, 100, 120]) func twoThousandNodesLookAsTheyDid(width: Int) throws {
        try TemporaryFolder.with { folder in
            let details = try Self.wide(2000, in: folder)
            #expect(details.nodes.count == 2000)
            let text = Self.plain(details, width: width)
            #expect(text.contains("1,996 of 2,000 succeeded (2 after a retry)"))
            #expect(text.split(separator: "\n").count < 60)
            let difference = try Snapshot.difference(of: text, from: "show/wide-\(width).txt")
            #expect(difference == nil)
            #expect(Self.plain(details, width: width, showsAll: true).contains("n1999"))
        }
    }

    /// An execution of so many nodes, of which four failed and two succeeded after a retry.
    private static func wide(_ count: Int, in folder: String) throws -> ExecutionDetails {
        let path = folder + "/wide.db"
        try MadeRuns.archive(
            of: [MadeRuns("etl.wide", "2026-03-04", 1, "FAILED", seconds: 600, error: 1)], at: path)
        try SQLiteFile.run(
            path,
            """
            INSERT INTO definition (scope_id, kind, name, version, image, cpu_request, memory_request_bytes)
            VALUES (1, 'task', 'etl.part', 'v7', 'registry.example.com/etl:v7', 0.5, 536870912);
            INSERT INTO name (value) SELECT 'n' || value FROM generate_series(1, \(count - 1));
            INSERT INTO node (execution_id, number, node_id, depth, kind, phase, task_id, created_at, started_at, duration_ns,
                ended_at, attempt_count)
            SELECT 1, value + 1, (SELECT id FROM name WHERE name.value = 'n' || g.value), 0, 'task',
                iif(value % 500 = 7, 'FAILED', 'SUCCEEDED'), (SELECT id FROM definition WHERE kind = 'task'), at, at, 1000000000,
                at + 1000000000, 1
            FROM (SELECT value, (SELECT created_at FROM execution) + value * 1000000 AS at
                FROM generate_series(0, \(count - 1))) g;
            INSERT INTO attempt (execution_id, number, node, attempt, task_id, phase, created_at, started_at, duration_ns, ended_at,
                error_id, pod)
            SELECT 1, number * 2, number, 0, task_id, iif(number % 1000 = 9, 'FAILED', phase), created_at, created_at + 1000000,
                900000000, ended_at, iif(phase = 'FAILED' OR number % 1000 = 9, 1, NULL), 'pod-' || number
            FROM node;
            INSERT INTO attempt (execution_id, number, node, attempt, task_id, phase, created_at, started_at, duration_ns, ended_at)
            SELECT 1, number * 2 + 1, number, 1, task_id, 'SUCCEEDED', created_at, created_at, 900000000, ended_at
            FROM node WHERE number % 1000 = 9;
            UPDATE execution SET cause_id = 1, cause_node_id = (SELECT id FROM name WHERE value = 'n7'), cause_attempt = 0;
            """)
        let archive = try Archive(path: path, mode: .readOnly)
        let row = try archive.query("SELECT source, project, domain, name FROM v_execution").rows[0]
        return try details(of: row, in: archive)
    }

    // MARK: Of everything

    /// Each of the sample's executions that did not succeed, and some of those that did.
    private static func all(_ body: (ExecutionDetails) throws -> Void) throws {
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        let rows = try archive.query(
            """
            SELECT source, project, domain, name FROM v_execution WHERE phase <> 'SUCCEEDED'
            UNION ALL SELECT * FROM (SELECT source, project, domain, name FROM v_execution
                WHERE phase = 'SUCCEEDED' ORDER BY name LIMIT 100)
            """
        ).rows
        #expect(rows.count > 150)
        for row in rows { try body(details(of: row, in: archive)) }
    }

    @Test(arguments: [20, 33, 80]) func noLineIsLongerThanTheTerminal(width: Int) throws {
        try Self.all { details in
            for showsAll in [false, true] {
                for line in Self.plain(details, width: width, showsAll: showsAll).split(separator: "\n") {
                    #expect(DisplayWidth.of(line) <= width, "\(details.id): \(line)")
                }
            }
        }
    }

    @Test func nothingIsToldThatIsNotThere() throws {
        try Self.all { details in
            let text = Self.plain(details, width: nil)
            #expect(text.hasPrefix("\(details.id) at sample: \(details.phase.rawValue)"))
            // Without what Flyte's own words and the commands may have.
            let own = (text.components(separatedBy: "\nNext\n").first ?? "").components(separatedBy: "\n")
                .filter { !$0.contains("| ") && !$0.contains(" = ") }.joined(separator: "\n")
            for wrong in [
                " ,", ",,", "−", " -", "–", "start-node", "end-node", "(, ", ",\n", " \n", "()", "nil",
            ] {
                #expect(!own.contains(wrong), "\(details.id) has '\(wrong)': \(own)")
            }
            // Whatever a node or its attempts say stands somewhere: who failed is named.
            for node in details.nodes where node.hasFailed { #expect(text.contains(node.id)) }
        }
    }

    /// Where the failure began in an execution that was launched, its task, image and logs are told all the same.
    @Test func theCauseIsToldInFullWhereverItIs() throws {
        var told = 0
        try Self.all { details in
            guard let cause = details.cause, cause.nodeID != nil, let node = details.causeNode else { return }
            let text = Self.plain(details, width: nil)
            let head =
                text.prefix { $0 != "\n" }
                + (text.firstRange(of: "\n  workflow").map { text[..<$0.lowerBound] } ?? "")
            if let task = node.task {
                #expect(head.contains("task       \(task.name) \(task.version)"))
                #expect(task.image == nil || head.contains("image      \(task.image ?? "")"))
            }
            for log in details.causeAttempt?.logs.prefix(5) ?? [] { #expect(head.contains(log.uri)) }
            if cause.execution != details.id, details.causeAttempt?.logs.isEmpty == false { told += 1 }
        }
        #expect(told > 0)
    }

    @Test func theNextCommandsRun() throws {
        for kind in Self.kinds where kind.name != "running" {
            let details = try Self.sample(kind.condition)
            let text = ExecutionText.text(
                of: details, archive: SharedArchive.path, width: 60, colors: TerminalColors(isOn: false))
            let next = try #require(text.components(separatedBy: "\nNext\n").last)
            #expect(next.contains("flightlog literals"))
            let folder = URL(filePath: Tool.path).deletingLastPathComponent().path
            let result = try Tool.run(
                ["-ec", "PATH='\(folder)':$PATH\n" + next], program: "/bin/sh")
            #expect(result.code == 0 && result.err.isEmpty, "\(kind.name): \(result.err)\n\(next)")
        }
    }

    @Test func machinesGetEachPart() throws {
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        let name = try Self.sample("phase = 'FAILED' AND cause_execution <> name").id.description
        let result = try Tool.run("show", SharedArchive.path, name, "--format", "json")
        #expect(result.code == 0 && result.err.isEmpty)
        let parts = try #require(
            try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: [[String: Any]]])
        #expect(
            parts.keys.sorted()
                == [
                    "attempts", "children", "elements", "execution", "gaps", "inputs", "logs", "nodes",
                    "reasons",
                ])
        let head = try #require(parts["execution"]?.first)
        let row = try archive.query(
            "SELECT phase, workflow, cause_message, created_at, duration_s FROM v_execution WHERE project || '/' || domain || '/' || name = '\(name)'"
        ).rows[0]
        #expect(head["phase"] as? String == row[0].text && head["workflow"] as? String == row[1].text)
        #expect(head["cause_message"] as? String == row[2].text)
        #expect(head["created_at"] as? String == row[3].text)
        #expect(head["duration_s"] as? Double == row[4].real)
        // The views count the same.
        let nodes = parts["nodes"]?.filter { $0["execution"] as? String == name }.count ?? 0
        let counted = try archive.query(
            "SELECT node_count FROM v_execution WHERE project || '/' || domain || '/' || name = '\(name)'"
        ).rows[0][0].integer
        #expect(Int64(nodes) == counted)
        #expect(parts["children"]?.isEmpty == false)
    }

    // MARK: What is broken, a shell puts together

    @Test(arguments: [20, 24, 31, 60, 100]) func aCommandCanBeCopiedHoweverItIsBroken(width: Int) throws {
        let words = [
            "printf", "%s|", "/var/lib/flightlog/a folder's name/runs.db",
            "sales/production/a8s7d6f5g4h3j2k1l0q9",
            "--param", "it''s",
            "name=\u{65E5}\u{672C}\u{8A9E}\u{65E5}\u{672C}\u{8A9E}\u{65E5}\u{672C}\u{8A9E}",
        ]
        var lines = TextLines(width: width, colors: TerminalColors(isOn: false))
        lines.command(words.map { "'" + $0.replacingByte(UInt8(ascii: "'"), with: "'\\''") + "'" })
        for line in lines.text.split(separator: "\n") { #expect(DisplayWidth.of(line) <= width, "\(line)") }
        let result = try Tool.run(["-c", lines.text], program: "/bin/sh")
        #expect(result.out == words.dropFirst(2).map { $0 + "|" }.joined(), "\(lines.text)")
    }

    @Test func aMessageCannotPassForOurWords() throws {
        var lines = TextLines(width: 40, colors: TerminalColors(isOn: true))
        lines.quote("fine\r\nNext\n\u{1B}[31mred\u{1B}[0m\u{202E}evil", limit: nil)
        #expect(lines.text == "  | fine\n  | Next\n  | red<U+202E>evil\n")
        var long = TextLines(width: 40, colors: TerminalColors(isOn: false))
        long.quote((1...1000).map { "line \($0)" }.joined(separator: "\n"), limit: 9)
        #expect(long.text.split(separator: "\n").count == 10)
        #expect(long.text.contains("  | line 3\n  | … 991 lines left out\n  | line 995\n"))
        #expect(long.text.hasSuffix("  | line 1000\n"))
    }
}
