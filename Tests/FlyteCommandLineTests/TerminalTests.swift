import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// What a person at a terminal gets, and what a pipe gets of the same.
struct TerminalTests {
    private let archive = SharedArchive.path

    @Test(arguments: [20, 80, 100, 120, 200]) func noLineIsWiderThanTheTerminal(width: Int) throws {
        for arguments in [
            ["list", archive], ["list", archive, "--failed"], ["query", archive],
            ["query", archive, "failure-rate-by-workflow"], ["query", archive, "top-errors"],
            ["sql", archive, "SELECT * FROM v_task_execution LIMIT 5"],
            ["sql", archive, "SELECT * FROM v_execution LIMIT 5", "--format", "records"],
        ] {
            let (code, text) = try PseudoTerminal.run(arguments + ["--no-pager"], width: width)
            let plain = TerminalEscapesOf.removed(text)
            let answer = plain.split(separator: "\n").filter { !$0.hasPrefix("There are more than") }
            #expect(code == 0 && answer.count > 4)
            let wide = answer.first { DisplayWidth.of($0) > width }
            #expect(wide == nil, "\(arguments) at \(width)")
        }
    }

    @Test func aPipeGetsWhatAProgramReads() throws {
        let sql = "SELECT name, phase, created_at, wall_s FROM v_execution ORDER BY created_at LIMIT 3"
        let piped = try Tool.run("sql", archive, sql)
        #expect(piped.out.hasPrefix("name,phase,created_at,wall_s\n") && !piped.out.contains("\r"))
        let table = try Tool.run("sql", archive, sql, "--format", "table")
        #expect(table.out.contains("Z  ") && !table.out.contains("UTC") && !table.out.contains("\u{1B}"))
        let crlf = try Tool.run("sql", archive, sql, "--line-ends", "crlf")
        #expect(crlf.out == piped.out.replacing("\n", with: "\r\n"))
        try TemporaryFolder.with { folder in
            let file = folder + "/a.csv"
            #expect(try Tool.run("sql", archive, sql, "--out", file).out == "")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == crlf.out)
            #expect(try Tool.run("sql", archive, sql, "--out", file, "--line-ends", "lf").code == 0)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == piped.out)
            let json = folder + "/a.json"
            #expect(try Tool.run("sql", archive, sql, "--out", json).code == 0)
            #expect(
                try String(contentsOfFile: json, encoding: .utf8)
                    == Tool.run("sql", archive, sql, "--format", "json").out)
            let refused = try Tool.run("sql", archive, sql, "--out", folder + "/a.pdf")
            #expect(refused.code == 64 && refused.err.contains("a.pdf' says no format"))
            let nowhere = try Tool.run("sql", archive, sql, "--out", folder + "/none/a.csv")
            #expect(nowhere.code == 1 && nowhere.err.contains("There is no folder '\(folder)/none'"))
        }
    }

    @Test func colorsAreForTerminalsAndForThoseWhoWantThem() throws {
        let list = ["list", archive, "--failed", "--limit", "3", "--no-pager"]
        #expect(try PseudoTerminal.run(list, width: 100).text.contains("\u{1B}["))
        #expect(
            try !PseudoTerminal.run(list, width: 100, environment: ["NO_COLOR": "1"]).text.contains("\u{1B}"))
        #expect(try !PseudoTerminal.run(list + ["--color", "never"], width: 100).text.contains("\u{1B}"))
        #expect(
            try PseudoTerminal.run(list + ["--color=always"], width: 100, environment: ["NO_COLOR": "1"]).text
                .contains("\u{1B}["))
        #expect(try Tool.run("list", archive, "--color", "sometimes").code == 64)
    }

    @Test func longAnswersGoThroughThePager() throws {
        let pager = ["PAGER": "sed s/^/P:/"]
        func lines(_ arguments: [String], height: Int) throws -> [Substring] {
            try PseudoTerminal.run(
                ["query", archive, "--color", "never"] + arguments, width: 100, height: height,
                environment: pager
            ).text.split(separator: "\n")
        }
        #expect(try lines([], height: 10).allSatisfy { $0.hasPrefix("P:") })
        #expect(try lines([], height: 200).allSatisfy { !$0.hasPrefix("P:") })
        #expect(try lines(["--no-pager"], height: 10).allSatisfy { !$0.hasPrefix("P:") })
        #expect(try lines(["--format", "csv"], height: 10).allSatisfy { !$0.hasPrefix("P:") })
        // One that is not there takes no answer away, and one that ends early is enough.
        let query = ["query", archive]
        let missing = try PseudoTerminal.run(
            query, width: 100, height: 10, environment: ["PAGER": "nosuchpager"])
        #expect(missing.code == 0 && missing.text.contains("zombies"))
        let sql = [
            "sql", archive, "--limit", "0",
            "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT x FROM t LIMIT 200000",
        ]
        let early = try PseudoTerminal.run(sql, width: 80, environment: ["PAGER": "head -n 3"])
        #expect(early.code == 0 && early.text.split(separator: "\n").count == 3)
    }

    @Test func timesAreThoseOfTheZone() throws {
        let list = ["list", archive, "--no-pager", "--limit", "5"]
        #expect(try PseudoTerminal.run(list, width: 160).text.contains("times UTC"))
        let kathmandu = try PseudoTerminal.run(list + ["--tz", "Asia/Kathmandu"], width: 160).text
        #expect(kathmandu.contains("times +0545 (Asia/Kathmandu)"))
        // Machines get UTC whatever zone is asked for.
        #expect(
            try Tool.run(["list", archive, "--tz", "Asia/Kathmandu"]).out == Tool.run(["list", archive]).out)
        #expect(try Tool.run("list", archive, "--tz", "Asia/Katmandoo").err.contains("is no time zone"))
        // A day begins thirteen hours earlier there.
        let day = [
            "list", archive, "--limit", "0", "--children", "--since", "2026-03-02", "--until", "2026-03-03",
        ]
        let utc = try Tool.run(day)
        let there = try Tool.run(day + ["--tz", "Pacific/Auckland"])
        let shifted = try Tool.run(
            "list", archive, "--limit", "0", "--children", "--since", "2026-03-01T11:00:00Z", "--until",
            "2026-03-02T11:00:00Z")
        #expect(there.out == shifted.out && there.out != utc.out)
    }

    @Test func theSettingsSayTheZone() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/flightlog.yaml"
            func run(_ settings: String) throws -> Tool.Result {
                try settings.write(toFile: path, atomically: false, encoding: .utf8)
                let process = Tool.process([
                    "list", archive, "--since", "2026-03-02", "--until", "2026-03-03", "--limit", "0",
                ])
                process.environment?["FLIGHTLOG_SETTINGS"] = path
                let (out, err) = (Pipe(), Pipe())
                process.standardOutput = out
                process.standardError = err
                try process.run()
                let text = try out.fileHandleForReading.readToEnd() ?? Data()
                let said = try err.fileHandleForReading.readToEnd() ?? Data()
                process.waitUntilExit()
                return Tool.Result(
                    code: process.terminationStatus, out: String(decoding: text, as: UTF8.self),
                    err: String(decoding: said, as: UTF8.self))
            }
            let there = try Tool.run(
                "list", archive, "--limit", "0", "--since", "2026-03-02", "--until", "2026-03-03", "--tz",
                "Asia/Kathmandu")
            #expect(try run("time-zone: Asia/Kathmandu\n").out == there.out)
            let broken = try run("time-zone: Nowhere\n")
            #expect(
                broken.code == 0 && broken.err.contains("1:12: 'Nowhere' is no time zone.")
                    && broken.err.contains("Times are in UTC."))
        }
    }

    /// The weeks of the zone, daylight saving included: against Python, which counts them from the same rows.
    @Test func weeksAreThoseOfTheZone() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            // Each hour of a month in which the clocks go forward, or back.
            try SQLiteFile.run(
                path,
                """
                INSERT INTO source VALUES (1, 'east', 'https://east', NULL);
                INSERT INTO scope VALUES (1, 1, 'p', 'd');
                INSERT INTO definition (scope_id, kind, name, version) VALUES (1, 'workflow', 'w', '1');
                INSERT INTO execution (key, scope_id, name, workflow_id, phase, mode, nesting, created_at, started_at,
                    duration_ns, ended_at, is_archived, node_count, attempt_count, retry_count, is_complete, observed_at, digest)
                SELECT value, 1, 'x' || value, 1, 'SUCCEEDED', 'MANUAL', 0, at, at, 1000000000, at, 0, 1, 0, 0, 1, 1, x''
                FROM (SELECT value, (1772323200 + value * 3600) * 1000000000 + 1500000 AS at FROM generate_series(0, 743));
                """)
            let script = """
                import collections, datetime, sys, zoneinfo
                zone = zoneinfo.ZoneInfo(sys.argv[1])
                weeks = collections.Counter()
                for hour in range(31 * 24):
                    day = datetime.datetime.fromtimestamp(1772323200 + hour * 3600, zone).date()
                    weeks[day - datetime.timedelta(days=day.weekday())] += 1
                print(" ".join(f"{week}={count}" for week, count in sorted(weeks.items())))
                """
            for zone in ["UTC", "America/New_York", "Europe/Berlin", "Pacific/Auckland", "Asia/Kathmandu"] {
                let python = try Tool.run(["-c", script, zone], program: "/usr/bin/python3").out
                for (query, column) in [
                    ("coverage-by-week", "executions"), ("duration-percentiles-by-week", "executions"),
                ] {
                    let answer = try Tool.run("query", path, query, "--tz", zone, "--format", "ndjson").out
                    let weeks = try answer.split(separator: "\n").map { line in
                        let row = try #require(
                            JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                        return "\(try #require(row["week"] as? String))=\(try #require(row[column] as? Int))"
                    }
                    #expect(weeks.sorted().joined(separator: " ") + "\n" == python, "\(query) in \(zone)")
                }
            }
        }
    }
}

/// Colours taken away.
private enum TerminalEscapesOf {
    static func removed(_ text: String) -> String {
        text.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
    }
}
