import FlyteAnalysis
import FlyteArchive
import FlyteModel
import FlyteReport
import Foundation
import Tables
import TestSupport
import Testing

/// `flightlog report postmortem`, on the harvested sample.
@Suite struct PostMortemTests {
    private static func archive() throws -> Archive { try Archive(path: SharedArchive.path, mode: .readOnly) }

    /// The names of executions, as a condition finds them.
    private static func names(_ condition: String) throws -> [String] {
        try archive().query("SELECT name FROM v_execution WHERE \(condition) ORDER BY created_at, name").rows
            .compactMap { $0[0].text }
    }

    private static func first(_ condition: String) throws -> String {
        try #require(try names(condition).first)
    }

    /// The failures that the sample plants: an error's code, or a word of its message, and the node.
    @Test func everyFailureNamesItsCauseAndWhereItBegan() throws {
        let archive = try Self.archive()
        let failed = try archive.query(
            """
            SELECT e.source, e.project, e.domain, e.name, f.label, e.cause_node_id, e.cause_attempt, e.cause_execution
            FROM v_execution e JOIN v_failure f
                ON f.source = e.source AND f.project = e.project AND f.domain = e.domain AND f.execution = e.name
            WHERE e.phase IN ('FAILED', 'TIMED_OUT') ORDER BY e.created_at
            """
        ).rows
        #expect(failed.count > 60)
        var children = 0
        for row in failed {
            let id = ExecutionID(
                project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "")
            let execution = ArchivedExecution(source: row[0].text ?? "", id: id)
            let one = try #require(try PostMortem(execution, in: archive))
            let origin = try #require(one.chain.last { $0.kind != .attempt }, "\(id)")
            #expect(one.chain.first?.execution == id && one.chain.last?.isOrigin == true)
            #expect(origin.nodeID == row[5].text, "\(id)")
            #expect(one.chain.last?.attempt.map(Int64.init) == row[6].integer || row[6].isNull, "\(id)")
            let cause = try #require(row[7].text)
            #expect(origin.execution.name == String(cause.split(separator: "/").last ?? ""), "\(id)")
            if cause != id.name {
                children += 1
                #expect(one.causeChange != nil && one.chain.count { $0.kind == .execution } > 1)
            }
            let page = try PostMortemReport.maker.report(on: archive, ExecutionReportScope([execution]))
            let label = try #require(row[4].text)
            #expect(page.lead.sentences.first?.text.hasSuffix(label) == true, "\(page.lead)")
            // What the comparison puts first is in the sentence.
            if let change = one.explanations.first {
                let words = "\(change.aspect.rawValue) \(change.name): "
                #expect(page.lead.sentences.contains { $0.text.contains(words) }, "\(id): \(words)")
            }
        }
        #expect(children > 3)
    }

    /// The sample plants nothing but its failures: what it varies it varies in runs that succeed as well.
    @Test func whatSucceededBeforeExplainsNothing() throws {
        let archive = try Self.archive()
        var (explained, unexplained) = (0, 0)
        for name in try Self.names("phase = 'FAILED' AND NOT is_child") {
            let row = try #require(
                try archive.query(
                    "SELECT source, project, domain, workflow, created_at FROM v_execution WHERE name = :name",
                    ["name": .text(name)]
                ).rows.first)
            let execution = ArchivedExecution(
                source: row[0].text ?? "",
                id: ExecutionID(project: row[1].text ?? "", domain: row[2].text ?? "", name: name))
            let one = try #require(try PostMortem(execution, in: archive))
            if one.explanations.isEmpty { unexplained += 1 }
            for change in one.explanations where change.aspect == .input {
                explained += 1
                let had = try archive.query(
                    """
                    SELECT count(*) FROM v_execution e
                    JOIN v_literal l ON l.execution = e.name AND l.project = e.project AND l.domain = e.domain
                    WHERE e.project = :project AND e.domain = :domain AND e.workflow = :workflow AND e.phase = 'SUCCEEDED'
                        AND e.created_at < :created AND l.node_id IS NULL AND l.direction = 'input'
                        AND l.name = :variable AND l.value_json = :value
                    """,
                    [
                        "project": row[1], "domain": row[2], "workflow": row[3], "created": row[4],
                        "variable": .text(change.name), "value": Cell(change.after),
                    ])
                #expect(had.rows.first?[0].integer == 0, "\(name): \(change)")
            }
        }
        #expect(explained > 0 && unexplained > 40, "\(explained) \(unexplained)")
    }

    @Test func whatAReceiptGivesIsWhatThePageSays() throws {
        for condition in [
            "phase = 'FAILED' AND workflow = 'ops.nightly'", "phase = 'FAILED' AND workflow = 'ingest.files'",
            "phase = 'ABORTED'",
        ] {
            let name = try #require(try Self.names(condition).last)
            let text = try report(name, "json")
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let sections = try #require(object["sections"] as? [[String: Any]])
            var commands = 0
            for section in sections {
                let id = section["id"] as? String ?? ""
                for key in section.keys where key.hasPrefix("receipts") {
                    for receipt in section[key] as? [[String: Any]] ?? [] {
                        commands += 1
                        let rows = try answer(receipt)
                        try compare(section, id, receipt, rows)
                    }
                }
            }
            #expect(commands >= 8, "\(commands)")
        }
    }

    private func compare(
        _ section: [String: Any], _ id: String, _ receipt: [String: Any], _ rows: [[String: Any]]
    ) throws {
        let facts = section["facts"] as? [String: Any] ?? [:]
        let sql = receipt["sql"] as? String ?? ""
        switch id {
        case "path":
            let own = section["rows"] as? [[String: Any]] ?? []
            #expect(own.map { $0["duration_s"] as? Double } == rows.map { $0["duration_s"] as? Double })
        case "alike" where sql.hasPrefix("WITH this"):
            if facts["runs_before"] != nil || rows.first?["runs"] as? Int != 0 {
                #expect(facts["runs_before"] as? Int == rows.first?["runs"] as? Int)
            }
            #expect(facts["p50_s"] as? Double == rows.first?["p50_s"] as? Double)
        case "alike" where sql.contains("AS workflows"):
            #expect(facts["alike"] as? Int == rows.first?["executions"] as? Int)
        case "reach" where sql.contains("v_work_time"):
            let own = section["work"] as? [[String: Any]] ?? []
            #expect(own.map { $0["container_hours"] as? Double } == rows.map { $0["hours"] as? Double })
            #expect(own.map { $0["core_hours"] as? Double } == rows.map { $0["core_hours"] as? Double })
        case "evidence":
            let own = Set(
                (section["messages"] as? [[String: Any]] ?? []).compactMap { $0["sha256"] as? String })
            #expect(rows.allSatisfy { own.contains($0["sha256"] as? String ?? "") })
        default: break
        }
    }

    private func answer(_ receipt: [String: Any]) throws -> [[String: Any]] {
        let parameters = (receipt["parameters"] as? [String: String] ?? [:]).flatMap {
            ["--param", "\($0.key)=\($0.value)"]
        }
        if let command = receipt["command"] as? String {
            let arguments = receipt["arguments"] as? [String] ?? []
            let result = try Tool.run([command, SharedArchive.path] + arguments)
            #expect([0, 3].contains(result.code), "\(receipt): \(result.err)")
            return []
        }
        let words =
            (receipt["query"] as? String).map { ["query", SharedArchive.path, $0] }
            ?? ["sql", SharedArchive.path, receipt["sql"] as? String ?? ""]
        let result = try Tool.run(words + parameters + ["--format", "json"])
        #expect(result.code == 0, "\(receipt): \(result.err)")
        return try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [[String: Any]] ?? []
    }

    private func report(_ names: String..., options: [String] = []) throws -> String {
        let result = try Tool.run(
            ["report", "postmortem", SharedArchive.path] + names.dropLast() + ["--format", names.last ?? ""]
                + options)
        #expect(result.code == 0, "\(result.err)")
        return result.out
    }

    @Test func whoDidItIsTheirPartUnlessAskedFor() throws {
        let row = try #require(
            try Self.archive().query(
                "SELECT name, abort_principal FROM v_execution WHERE phase = 'ABORTED' AND abort_principal <> '' ORDER BY name LIMIT 1"
            ).rows.first)
        let (name, principal) = (try #require(row[0].text), try #require(row[1].text))
        for format in ["md", "html", "json", "csv"] {
            #expect(try !report(name, format).contains(principal), "\(format)")
        }
        #expect(try report(name, "md", options: ["--principals"]).contains("aborted"))
        #expect(try report(name, "json", options: ["--principals"]).contains(principal))
    }

    @Test func severalAreToldSideBySide() throws {
        let alike = try Self.archive().query(
            """
            SELECT group_concat(execution) FROM (SELECT * FROM v_failure WHERE is_child = 0 ORDER BY execution)
            GROUP BY fingerprint HAVING count(*) > 2 ORDER BY count(*) DESC, fingerprint LIMIT 1
            """
        ).rows.first?[0].text?.split(separator: ",").map(String.init)
        let names = try #require(alike).prefix(3)
        let other = try Self.first("phase = 'ABORTED'")
        let page = try report(names[0], names[1], names[2], other, names[0], "md")
        #expect(page.hasPrefix("# Post-mortem of 4 executions\n"))
        #expect(page.contains("2 of the 3 others failed alike"))
        #expect(page.components(separatedBy: "| as the first |").count == 4)
        let own = try report(names[0], names[1], "md")
        #expect(own.contains("The 1 other failed alike."))
    }

    @Test func whatDidNotFailHasNoFailureToExplain() throws {
        let good = try report(Self.first("phase = 'SUCCEEDED' AND NOT is_child"), "md")
        #expect(good.contains("there is no failure to explain") && !good.contains("## For people to write"))
        let open = try report(
            Self.first("phase NOT IN ('SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT')"), "md")
        #expect(open.contains("had not ended when it was read"))
        let aborted = try report(Self.first("phase = 'ABORTED' AND abort_cause <> ''"), "md")
        #expect(aborted.contains("was aborted after") && aborted.contains("Why it was aborted"))
    }

    @Test func localTimesStandBesideThoseOfUTC() throws {
        let name = try Self.first("phase = 'FAILED' AND workflow = 'ingest.files'")
        let page = try report(name, "md", options: ["--tz", "Asia/Kolkata"])
        #expect(page.contains("| UTC | Local | After |") && page.contains(" IST |"))
        // Machines are told the same in any zone.
        #expect(try report(name, "json", options: ["--tz", "Asia/Kolkata"]).contains("\"at\":\"20"))
        #expect(
            try !report(name, "csv", options: ["--tz", "Asia/Kolkata"]).contains(" IST,"))
    }

    @Test func hostileTextsStayTexts() throws {
        let name = try Self.first("phase = 'FAILED' AND workflow = 'types.hostile_texts'")
        let page = try report(name, "html")
        #expect(page.contains("default-src 'none'") && !page.contains("<script"))
        #expect(page.contains("&lt;script&gt;alert('x')&lt;/script&gt;"))
        #expect(page.utf8.count < 300_000)
        #expect(!page.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }

    @Test(arguments: [
        (["nothere"], 1, "has no execution 'nothere'"),
        ([], 64, "EXECUTION"),
        (Array(repeating: "a", count: 51), 64, "'postmortem' is about at most 50 executions."),
    ])
    func whatCannotBeToldIsSaid(names: [String], code: Int32, message: String) throws {
        let result = try Tool.run(["report", "postmortem", SharedArchive.path] + names)
        #expect(result.code == code && result.out.isEmpty)
        #expect(result.err.contains(message), "\(result.err)")
    }
}
