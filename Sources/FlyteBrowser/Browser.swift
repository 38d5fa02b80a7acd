import FlyteAnalysis
import FlyteArchive
import FlyteModel
import FlyteReport
import Markup
import Tables

/// Makes the pages of an archive: which address has which, and what leads from one to the other.
struct Browser: Sendable {
    let archive: String
    let zone: TimeZoneRules
    let clock: @Sendable () -> Timestamp

    /// No page is worth more seconds of waiting.
    static let timeLimit = 20.0

    func page(for request: BrowserRequest) -> BrowserPage {
        do {
            let archive = try Archive(path: archive, mode: .readOnly)
            archive.limitTime(to: Self.timeLimit)
            return try archive.reading { try page(for: request, archive) }
        } catch let error as TimeExpression.ParseError {
            return BrowserPage(status: 400, "No such time", "\(error)")
        } catch let error as NamedQuery.InvalidParameter {
            return BrowserPage(status: 400, "No such value", error.description)
        } catch {
            return BrowserPage(status: 500, "This page could not be made", "\(error)")
        }
    }

    private func page(for request: BrowserRequest, _ archive: Archive) throws -> BrowserPage {
        let rest = Array(request.path.dropFirst())
        switch request.path.first {
        case nil: return try OverviewPage(archive, zone).page
        case "executions" where rest.isEmpty:
            return try ExecutionListPage(request, archive, now: clock(), zone).page
        case "questions" where rest.isEmpty: return QuestionPages.list
        case "questions" where rest.count == 1:
            if let query = NamedQuery.named(rest[0]) {
                return try QuestionPages.answer(query, request, archive, now: clock(), zone)
            }
        case let name?:
            guard let page = ReportPage.all.first(where: { $0.name == name }) else { break }
            switch page.subject {
            case .window(let maker) where rest.isEmpty:
                return try WindowPage(page, request, now: clock(), zone).page(by: maker, archive)
            case .executions(_, let maker) where rest.count == 4:
                let execution = ArchivedExecution(
                    source: rest[0], id: ExecutionID(project: rest[1], domain: rest[2], name: rest[3]))
                guard try has(execution, archive) else {
                    return BrowserPage(
                        status: 404, "No such execution",
                        "The archive has no execution \(execution.id) of \(execution.source).")
                }
                let report = try maker.report(
                    on: archive, ExecutionReportScope([execution], in: zone, readers: .people))
                return BrowserPage(report, above: [ways(to: execution, beside: page)])
            case .window, .executions: break
            }
        }
        return BrowserPage(
            status: 404, "No such page", "There is nothing at this address; the links above lead on.")
    }

    private func has(_ execution: ArchivedExecution, _ archive: Archive) throws -> Bool {
        let sql = "SELECT count(*) FROM v_execution WHERE \(ArchivedExecution.ownCondition)"
        return try archive.query(sql, execution.cells).rows.first?.first?.integer != 0
    }

    // MARK: What leads from page to page

    func frame(around page: BrowserPage) -> PageFrame {
        PageFrame(above: [navigation] + page.above, below: page.below) { Self.address(of: $0) }
    }

    /// The page that is first told of an execution.
    static func address(of execution: ArchivedExecution) -> String {
        address(of: execution, on: executionPages.first?.name ?? "executions")
    }

    private static func address(of execution: ArchivedExecution, on page: String) -> String {
        BrowserRequest.reference(
            [page, execution.source, execution.id.project, execution.id.domain, execution.id.name])
    }

    private static let executionPages = ReportPage.all.filter {
        if case .executions = $0.subject { true } else { false }
    }.sorted { ($0.name == "execution" ? 0 : 1) < ($1.name == "execution" ? 0 : 1) }

    private static let windowPages = ReportPage.all.filter {
        if case .window = $0.subject { true } else { false }
    }

    private var navigation: HTML {
        var links = [("/", "Overview"), ("/executions", "Executions"), ("/executions?failed=1", "Failed")]
        links += Self.windowPages.map {
            ("/" + $0.name, $0.name.prefix(1).uppercased() + $0.name.dropFirst())
        }
        links.append(("/questions", "Questions"))
        return HTML(
            "nav", ["aria-label": "Pages", "class": "pages"],
            links.flatMap { [HTML("a", ["href": $0.0], .text($0.1)), .text(" ")] })
    }

    private func ways(to execution: ArchivedExecution, beside page: ReportPage) -> HTML {
        var links = Self.executionPages.flatMap { other -> [HTML] in
            let title = other.name.prefix(1).uppercased() + other.name.dropFirst()
            let href = Self.address(of: execution, on: other.name)
            return [
                other.name == page.name
                    ? HTML("a", ["href": href, "aria-current": "page"], .text(title))
                    : HTML("a", ["href": href], .text(title)),
                .text(" "),
            ]
        }
        let list = BrowserRequest.reference(
            ["executions"], [("project", execution.id.project), ("domain", execution.id.domain)])
        links += [
            HTML("a", ["href": list], .text("Executions of \(execution.id.project)/\(execution.id.domain)"))
        ]
        return HTML("nav", ["aria-label": "This execution", "class": "pages"], links)
    }
}
