import FlyteAnalysis
import FlyteArchive
import FlyteIDL
import FlyteModel
import FlyteReport
import Markup
import Tables

/// How fresh the archive is, what failed last, and what is open.
struct OverviewPage {
    private let archive: Archive
    private let zone: TimeZoneRules

    init(_ archive: Archive, _ zone: TimeZoneRules) {
        self.archive = archive
        self.zone = zone
    }

    var page: BrowserPage {
        get throws {
            var failed = ExecutionFilter()
            failed.isFailed = true
            var open = ExecutionFilter()
            open.phases = ["UNDEFINED", "QUEUED", "RUNNING", "SUCCEEDING", "FAILING", "ABORTING"]
            let harvests = try archive.query(
                """
                SELECT source, started_at, ended_at, outcome, executions_new, executions_updated, problems, reason
                FROM v_harvest ORDER BY harvest_id DESC LIMIT 5
                """)
            let name = archive.path.parts(by: UInt8(ascii: "/")).last.map { String($0) } ?? archive.path
            return BrowserPage(
                Report(
                    title: name, subtitle: "The archive \(archive.path), as it is now.", lead: [],
                    blocks: [
                        .heading(HeadingBlock("Failed last", id: "failed")),
                        .table(try ExecutionListPage.table(failed, limit: 10, archive, zone).table),
                        .heading(HeadingBlock("Open when they were read", id: "open")),
                        .table(try ExecutionListPage.table(open, limit: 10, archive, zone).table),
                        .heading(HeadingBlock("The last harvests", id: "harvests")),
                        .table(AnswerTable(harvests.columns, zone).block(harvests.rows)),
                    ], notes: []),
                above: [search])
        }
    }

    private var search: HTML {
        FormField.form(
            [
                FormField(name: "text", label: "Words of an error", value: nil),
                FormField(name: "name", label: "Name begins with", value: nil),
                FormField(name: "workflow", label: "Workflow", value: nil),
            ], action: "/executions", label: "Executions", button: "Find")
    }
}
