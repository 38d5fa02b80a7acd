import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteReport

/// The page of one execution, on the small archive that never changes and on made ones.
@Suite struct ExecutionPageTests {
    /// - Parameter change: Statements that alter the archive first.
    private func report(
        of name: String, change: String = "", in zone: TimeZoneRules = .utc, namesPrincipals: Bool = false
    ) throws -> Report {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 7, to: path)
            do { _ = try Archive(path: path, mode: .readWrite) }
            if !change.isEmpty { try SQLiteFile.run(path, change) }
            return try Self.report(of: name, at: path, in: zone, namesPrincipals: namesPrincipals)
        }
    }

    private static func report(
        of name: String, at path: String, in zone: TimeZoneRules = .utc, namesPrincipals: Bool = false
    ) throws -> Report {
        let archive = try Archive(path: path, mode: .readOnly)
        let row = try #require(
            try archive.query(
                "SELECT source, project, domain, name FROM v_execution WHERE name = :name",
                ["name": .text(name)]
            ).rows.first)
        let execution = ArchivedExecution(
            source: row[0].text ?? "",
            id: ExecutionID(project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? ""))
        return try ExecutionReport.maker.report(
            on: archive, ExecutionReportScope([execution], in: zone, namesPrincipals: namesPrincipals))
    }

    private func lead(_ report: Report) -> String {
        report.lead.sentences.map(\.text).joined(separator: "\n")
    }

    /// Sub-workflows, a failure in the innermost, and nodes that never ran.
    private static let nested = "aj0q734rzgv8j6ikiwya"
    private static let retried = "a1xzw21ci2zls040s6zi"
    private static let hostile = "ax1fcehdhvoyw934zor3"

    @Test(arguments: ReportFormat.allCases) func thePageIsAsItWas(format: ReportFormat) throws {
        #expect(
            try Snapshot.difference(
                of: report(of: Self.nested).text(as: format), from: "execution.\(format.rawValue)") == nil)
    }

    @Test func retriesAreToldAsTheyWere() throws {
        #expect(
            try Snapshot.difference(of: report(of: Self.retried).text(as: .md), from: "execution-retried.md")
                == nil)
    }

    /// Nothing of any execution breaks a form, and each page asks nothing of a network.
    @Test func everyExecutionHasAPageInEveryForm() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 7, to: path)
            do { _ = try Archive(path: path, mode: .readWrite) }
            let names = try Archive(path: path, mode: .readOnly).query("SELECT name FROM v_execution").rows
            #expect(names.count == 30)
            for name in names.compactMap({ $0[0].text }) {
                let report = try Self.report(of: name, at: path)
                let page = try report.text(as: .html)
                #expect(page.utf8.count < 300_000)
                for word in ["<script", "<img", "<iframe", "src=\"", "@import", "url("] {
                    #expect(!page.contains(word), "\(name): \(word)")
                }
                for format in [ReportFormat.md, .csv] { #expect(try !report.text(as: format).isEmpty) }
                let json = try JSONSerialization.jsonObject(with: Data(try report.text(as: .json).utf8))
                #expect((json as? [String: Any])?["sections"] is [Any])
            }
        }
    }

    /// Each figure's statement, as it is printed, gives the figure.
    @Test func receiptsGiveTheFigures() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 7, to: path)
            do { _ = try Archive(path: path, mode: .readWrite) }
            let archive = try Archive(path: path, mode: .readOnly)
            let names = try archive.query("SELECT name FROM v_execution").rows.compactMap { $0[0].text }
            for name in names {
                let report = try Self.report(of: name, at: path)
                for section in report.sections {
                    let receipts = section.blocks.flatMap { block -> [Receipt] in
                        if case .receipts(let block) = block { block.receipts } else { [] }
                    }
                    #expect(!receipts.isEmpty, "\(section.heading?.id ?? "")")
                    let answers = try receipts.map { receipt -> Table in
                        guard case .sql(let sql) = receipt.question else { return Table(columns: []) }
                        return try archive.query(sql, receipt.parameters.mapValues { .text($0) })
                    }
                    for block in section.blocks {
                        guard case .table(let table) = block, table.readers != .people else { continue }
                        let figures = table.figures.table
                        // A table of figures is one of the answers, column by column, as far as they have the same names.
                        let like = answers.filter { $0.rows.count == figures.rows.count }
                        guard ["classes", "steps", "what_if", "inputs", "outputs"].contains(table.key) else {
                            continue
                        }
                        if table.key == "inputs" || table.key == "outputs" { continue }
                        let answer = try #require(
                            like.first { $0.columns.contains { $0.name == figures.columns[0].name } })
                        for (place, column) in figures.columns.enumerated() {
                            guard let other = answer.columns.firstIndex(where: { $0.name == column.name })
                            else { continue }
                            for (figure, row) in zip(figures.rows, answer.rows) {
                                #expect(
                                    figure[place] == row[other] || figure[place].real == row[other].real,
                                    "\(column.name)")
                            }
                        }
                    }
                }
            }
        }
    }

    @Test func classesOfTheWallTimeSumToIt() throws {
        let report = try report(of: Self.nested)
        let section = try #require(report.sections.first { $0.heading?.id == "path" })
        var total = 0.0
        for case .table(let table) in section.blocks where table.key == "classes" {
            total = table.figures.rows.reduce(0) { $0 + ($1[3].number ?? 0) }
        }
        let facts = report.blocks.compactMap { if case .facts(let facts) = $0 { facts } else { nil } }
        let wall = try #require(facts.first?.facts.first { $0.name.key == "wall_s" }?.value.number)
        #expect(abs(total - wall) < 1e-6 && wall > 0)
    }

    // MARK: As it stands

    @Test func whatIsOpenSaysWhatItWaitedFor() throws {
        let report = try report(of: "aqp2qzkp1cxe9ap5sn76")
        #expect(report.title.contains("was RUNNING for"))
        #expect(lead(report).contains("It had not ended when it was read"))
        #expect(lead(report).contains("It waited for"))
        let text = try report.text(as: .md)
        #expect(
            text.contains("not over") && text.contains("there is no path to its end yet")
                && text.contains("not yet"))
    }

    @Test func whatIsUnknownIsNotCalledRunning() throws {
        let change =
            "UPDATE execution SET phase = 'UNDEFINED', ended_at = NULL WHERE name = '\(Self.nested)';"
        #expect(
            try report(of: Self.nested, change: change).title.contains("is in an unknown phase (UNDEFINED)"))
    }

    @Test func principalsAreToldByTheirPart() throws {
        let change = """
            INSERT OR IGNORE INTO name (value) VALUES ('mallory@example.com'), ('ada@example.com');
            UPDATE execution SET principal_id = (SELECT id FROM name WHERE value = 'ada@example.com'),
                abort_principal_id = (SELECT id FROM name WHERE value = 'mallory@example.com')
            WHERE name = 'flzbt3gq';
            """
        let hidden = try report(of: "flzbt3gq", change: change)
        for format in ReportFormat.allCases {
            let text = try hidden.text(as: format)
            #expect(!text.contains("mallory") && !text.contains("ada@"))
        }
        #expect(lead(hidden).contains("aborted by another than who started it"))
        let named = try report(of: "flzbt3gq", change: change, namesPrincipals: true)
        #expect(lead(named).contains("aborted by mallory@example.com"))
        #expect(try named.text(as: .md).contains("ada@example.com"))
    }

    @Test func withoutNodesItSaysSo() throws {
        let report = try report(of: "apk9wkw14yhu3ska32ta", change: "")
        #expect(!report.sections.contains { $0.heading?.id == "timeline" })
        #expect(try report.text(as: .html).contains("The archive has no nodes of it."))
        #expect(report.lead.sentences.first?.tone == .bad)
    }

    @Test func whatIsMissingIsTold() throws {
        let report = try report(of: "ao1o492kt3lindxw8foh")
        #expect(lead(report).contains("Something of it is missing."))
        let gaps = try #require(report.sections.first { $0.heading?.id == "gaps" })
        let rows = gaps.blocks.compactMap {
            if case .table(let table) = $0 { table.figures.rows.count } else { nil }
        }
        #expect(rows.count == 2 && rows.allSatisfy { $0 > 0 })
    }

    @Test func secretsAreCounted() throws {
        let change = """
            INSERT INTO redaction SELECT id, 1, NULL, NULL, 'inputs', NULL, 'keys', 'redacted:1', 3 FROM execution
            WHERE name = '\(Self.nested)';
            """
        let report = try report(of: Self.nested, change: change)
        #expect(lead(report).contains("3 values of it stand here as tokens"))
        #expect(try report.text(as: .md).contains("**Secrets that were replaced by tokens**"))
    }

    @Test func timesAreOfTheZoneAndForMachinesInUTC() throws {
        let zone = try TimeZoneRules(named: "Asia/Kolkata")
        let report = try report(of: Self.nested, in: zone)
        let page = try report.text(as: .html)
        #expect(page.contains("IST") && !page.contains(" UTC"))
        #expect(
            try report.text(as: .json).replacingOccurrences(of: report.subtitle, with: "").contains("Z\""))
    }

    // MARK: What is hostile

    @Test func hostileTextsStayTexts() throws {
        let report = try report(of: Self.hostile)
        let page = try report.text(as: .html)
        #expect(page.contains("&lt;script&gt;alert('x')&lt;/script&gt;"))
        for text in [page, try report.text(as: .md), try report.text(as: .json)] {
            #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        }
    }

    @Test func namesOfNodesAreNoMarkup() throws {
        let evil = "a\"]:::x\nclick n0 href \"javascript:alert(1)\"`</script> | \u{202E}"
        let change = """
            INSERT INTO name (value) VALUES ('\(evil)');
            UPDATE node SET name_id = (SELECT id FROM name WHERE value = '\(evil)')
            WHERE execution_id = (SELECT id FROM execution WHERE name = '\(Self.nested)');
            """
        let report = try report(of: Self.nested, change: change)
        let page = try report.text(as: .html)
        #expect(!page.contains("</script>") && !page.contains("href=\"javascript"))
        let drawing = try #require(
            try report.text(as: .md).components(separatedBy: "```mermaid\n").dropFirst().first?
                .components(separatedBy: "```").first)
        let lines = drawing.split(separator: "\n")
        #expect(
            lines.allSatisfy { line in
                ["flowchart ", "  n", "  style n", "  classDef "].contains { line.hasPrefix($0) }
            }, "\(drawing)")
        #expect(!drawing.contains("</") && !drawing.contains("javascript:") && !drawing.contains("\u{202E}"))
    }

    /// Times at the ends of what can be told, and ends before beginnings.
    @Test(arguments: [
        "created_at = -9223372036854775808", "created_at = 9223372036854775807",
        "ended_at = -9223372036854775808", "ended_at = created_at - 5", "created_at = NULL",
        "ended_at = NULL",
        "created_at = NULL, started_at = NULL, ended_at = NULL, duration_ns = NULL",
    ]) func timesThatCannotBeAreNoCrash(change: String) throws {
        for table in ["execution", "node", "attempt"] {
            guard table != "execution" || !change.contains("NULL") || !change.contains("created") else {
                continue
            }
            let own = table == "execution" ? "id" : "execution_id"
            let report = try report(
                of: Self.retried,
                change:
                    "UPDATE \(table) SET \(change) WHERE \(own) = (SELECT id FROM execution WHERE name = '\(Self.retried)');"
            )
            for format in ReportFormat.allCases {
                let text = try report.text(as: format)
                #expect(!text.isEmpty && !text.contains("\"NaN") && !text.contains("=\"nan"))
            }
        }
    }

    @Test func linksThatAreNoneLeadNowhere() throws {
        let change = """
            UPDATE log SET uri = 'javascript:alert(1)'
            WHERE execution_id = (SELECT id FROM execution WHERE name = '\(Self.retried)');
            """
        let report = try report(of: Self.retried, change: change)
        let page = try report.text(as: .html)
        #expect(page.contains("javascript:alert(1)") && !page.contains("href=\"javascript"))
        #expect(try !report.text(as: .md).contains("(<javascript"))
    }

    // MARK: What is large

    /// An archive with one execution of 10,000 nodes, twenty of which failed.
    private func wide(_ change: String = "", _ body: (Report) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/wide.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            let statements = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../bench/wide.sql")
            try SQLiteFile.run(path, try String(contentsOf: statements, encoding: .utf8) + change)
            try body(Self.report(of: "wide", at: path))
        }
    }

    /// Trees of any form: each node is in one item, or counted as hidden inside of one, and what failed first is seen.
    @Test(arguments: UInt64(0)..<12) func eachNodeIsToldOnce(seed: UInt64) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/wide.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            let statements = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../bench/wide.sql")
            // A node lies in one before it, of a branching that the seed says, or at the top.
            let change = """

                UPDATE node SET parent = iif(number % 97 < 40, NULL, max(1, number * (\(seed) + 1) / (\(seed) + 3)))
                WHERE number > 1;
                UPDATE node SET parent = NULL WHERE parent >= number;
                UPDATE node SET kind = iif(number % 3 = 0, 'dynamic', 'task');
                """
            try SQLiteFile.run(path, try String(contentsOf: statements, encoding: .utf8) + change)
            let id = ExecutionID(project: "sales", domain: "production", name: "wide")
            let details = try #require(
                try ExecutionDetails(
                    of: id, source: "bench", in: try Archive(path: path, mode: .readOnly)))
            let outline = NodeOutline(of: details, pathSeconds: [:])
            var told: Set<Int> = []
            for place in outline.items.flatMap(\.nodes) { #expect(told.insert(place).inserted) }
            #expect(told.count + outline.items.reduce(0) { $0 + $1.hidden } == 10_000)
            #expect(outline.items.count < 600)
            let first = try #require(details.nodes.firstIndex { $0.hasFailed && $0.parent == nil })
            #expect(outline.items.contains { $0.single == first })
            // Each before those inside of it.
            #expect(zip(outline.items, outline.items.dropFirst()).allSatisfy { $1.depth <= $0.depth + 1 })
        }
    }

    @Test func manyNodesThatAreAlikeAreOneRow() throws {
        try wide { report in
            let page = try report.text(as: .html)
            #expect(page.utf8.count < 200_000 && page.contains("9,980 × etl.part"))
            // What failed stands by itself, each.
            #expect(page.contains("✘ n9507"))
            let nodes = try #require(report.sections.first { $0.heading?.id == "nodes" })
            let counts = nodes.blocks.compactMap { block -> Int? in
                if case .table(let table) = block { table.figures.rows.count } else { nil }
            }
            #expect(counts == [21, 10_000, 10_000, 0])
        }
    }

    @Test func manyNodesOfWhichNoneIsLikeAnotherFitAPage() throws {
        let change = """

            INSERT INTO definition (id, scope_id, kind, name, version)
            SELECT 100 + value, 1, 'task', 'etl.part_' || value, 'v7' FROM generate_series(1, 10000);
            UPDATE node SET task_id = 100 + number;
            """
        try wide(change) { report in
            let page = try report.text(as: .html)
            #expect(page.utf8.count < 500_000 && page.contains(" others</text>") == false)
            #expect(page.contains("✘ n9507") && page.contains("9,920 others"))
        }
    }
}
