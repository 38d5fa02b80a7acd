import FlyteAnalysis
import FlyteArchive
import FlyteModel
import FlyteReport
import Markup
import Tables

/// Executions by what somebody looks for, a page after the other. All that was chosen stands in the address.
struct ExecutionListPage {
    private let request: BrowserRequest
    private let archive: Archive
    private let now: Timestamp
    private let zone: TimeZoneRules

    /// So many are on a page.
    private static let length = 50

    init(_ request: BrowserRequest, _ archive: Archive, now: Timestamp, _ zone: TimeZoneRules) {
        self.request = request
        self.archive = archive
        self.now = now
        self.zone = zone
    }

    var page: BrowserPage {
        get throws {
            let filter = try filter
            let number = max(1, request["page"].flatMap { Int($0) } ?? 1)
            let skipped = min(number - 1, 1_000_000) * Self.length
            let found = try Self.table(filter, limit: Self.length, skipping: skipped, archive, zone)
            let count = found.table.figures.rows.count
            let title = filter.isFailed ? "Failed executions" : "Executions"
            let order = ["oldest": "the oldest first", "longest": "the longest first"][filter.order.rawValue]
            let place =
                count == 0
                ? "None on this page."
                : "\(skipped + 1) to \(skipped + count)\(found.isCut ? ", and there are more" : ""); \(order ?? "the newest first")."
            return BrowserPage(
                Report(
                    title: title, subtitle: place, lead: [], blocks: [.table(found.table)],
                    notes: filter.hasChildren
                        ? [] : ["Executions that others launched are left out unless they are asked for."]),
                above: [form], below: [paging(number, found.isCut)])
        }
    }

    /// Executions as a table, and whether there are more.
    static func table(
        _ filter: ExecutionFilter, limit: Int, skipping skipped: Int = 0, _ archive: Archive,
        _ zone: TimeZoneRules
    ) throws -> (table: TableBlock, isCut: Bool) {
        var columns: [Column] = []
        var rows: [[Cell]] = []
        let isCut = try filter.list(
            of: archive, limit: limit, skipping: skipped, start: { columns = $0 }, take: { rows.append($0) })
        let time = filter.isFailed ? ("ended_at", "Ended") : ("created_at", "Created")
        return (
            AnswerTable(columns, zone).block(
                rows,
                [
                    ("execution", "Execution"), ("workflow", "Workflow"), ("phase", "Phase"), time,
                    ("wall_s", "Took"), ("error", "Error"),
                ], whenEmpty: "None."), isCut
        )
    }

    private var filter: ExecutionFilter {
        get throws {
            var filter = ExecutionFilter()
            filter.isFailed = request["failed"] != nil
            filter.phases = request["phase"].map { [$0.uppercased()] } ?? []
            filter.name = request["name"]
            filter.workflow = request["workflow"]
            filter.project = request["project"]
            filter.domain = request["domain"]
            filter.text = request["text"]
            filter.labels = request["label"].flatMap(Self.pair).map { [$0] } ?? []
            filter.input = request["input"].flatMap(Self.pair)
            filter.since = try request["since"].map { try TimeExpression($0).timestamp(now: now, in: zone) }
            filter.until = try request["until"].map { try TimeExpression($0).timestamp(now: now, in: zone) }
            filter.hasChildren = request["children"] != nil
            filter.order = request["order"].flatMap(ExecutionFilter.Order.init(rawValue:)) ?? .newest
            return filter
        }
    }

    /// `key=value`; what has no `=` is a key whose value is empty.
    private static func pair(_ text: String) -> KeyValue? {
        let halves = text.utf8.split(
            separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        return KeyValue(
            key: String(Substring(halves[0])), value: halves.count > 1 ? String(Substring(halves[1])) : "")
    }

    private var form: HTML {
        let phases = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "RUNNING", "QUEUED"]
        return FormField.form(
            [
                FormField(name: "text", label: "Words of an error", value: request["text"]),
                FormField(name: "name", label: "Name begins with", value: request["name"]),
                FormField(name: "workflow", label: "Workflow", value: request["workflow"]),
            ],
            rarely: [
                FormField(name: "project", label: "Project", value: request["project"]),
                FormField(name: "domain", label: "Domain", value: request["domain"]),
                FormField(
                    name: "phase", label: "Phase", value: request["phase"],
                    choices: [("", "any")] + phases.map { ($0, $0) }),
                FormField(
                    name: "failed", label: "Failures", value: request["failed"],
                    choices: [("", "all executions"), ("1", "failed or timed out, by their end")]),
                FormField(name: "label", label: "Label", value: request["label"], hint: "team=growth"),
                FormField(name: "input", label: "Input", value: request["input"], hint: "epochs=20"),
                FormField(name: "since", label: "Since", value: request["since"], hint: "now-7d"),
                FormField(name: "until", label: "Until", value: request["until"], hint: "2026-03-01"),
                FormField(
                    name: "children", label: "Launched by others", value: request["children"],
                    choices: [("", "left out"), ("1", "as well")]),
                FormField(
                    name: "order", label: "Order", value: request["order"],
                    choices: [("", "newest first"), ("oldest", "oldest first"), ("longest", "longest first")]),
            ], action: "/executions", label: "Executions", button: "Find")
    }

    private func paging(_ number: Int, _ isCut: Bool) -> HTML {
        var links: [HTML] = []
        if number > 1 {
            let before = request.reference("page", number == 2 ? nil : String(number - 1))
            links += [HTML("a", ["href": before, "rel": "prev"], "Before"), .text(" ")]
        }
        links.append(.text("Page \(number) "))
        if isCut {
            links.append(
                HTML("a", ["href": request.reference("page", String(number + 1)), "rel": "next"], "Next"))
        }
        return HTML("nav", ["aria-label": "Pages of the list", "class": "pages"], links)
    }
}
