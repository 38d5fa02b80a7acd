import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// What the pages about a window have in common: what they are asked about, and how they say so.
struct WindowReport {
    let archive: Archive
    let scope: ReportScope
    let now: WindowQuestions
    /// The window of the same length before.
    let before: WindowQuestions
    let sources: [String]

    init(_ archive: Archive, _ scope: ReportScope) throws {
        self.archive = archive
        self.scope = scope
        func questions(_ window: TimeWindow) -> WindowQuestions {
            WindowQuestions(
                archive: archive, window: window, project: scope.project, domain: scope.domain,
                children: scope.children)
        }
        now = questions(scope.window)
        before = questions(scope.window.previous(in: scope.zone))
        sources = try archive.sources().map(\.name)
    }

    func title(_ what: String) -> String { "\(what), \(scope.window.title(in: scope.zone))" }

    /// - Parameter what: What counts in the window, such as `Executions that ended`.
    func subtitle(_ what: String) -> String {
        var place = sources.isEmpty ? "an empty archive" : sources.joined(separator: ", ")
        if let project = scope.project { place += ", project \(project)" }
        if let domain = scope.domain { place += ", domain \(domain)" }
        return "\(place). \(what) from \(said(scope.window.start)) up to \(said(scope.window.end))."
    }

    /// `week` or `window`.
    var period: String { scope.window.isWeek(in: scope.zone) ? "week" : "window" }

    /// To the minute, in the page's zone.
    func said(_ time: Timestamp) -> String { scope.zone.minuteText(time) }

    /// Of a time as the archive's views write it.
    func said(_ text: String?) -> String {
        text.flatMap { Timestamp($0) }.map(said) ?? text ?? "an unknown time"
    }

    /// A column of times.
    func time(_ title: String, _ key: String) -> QuestionTable.Column {
        QuestionTable.Column(FigureColumn(title, key)) { row in
            guard let text = row.text(key) else { return .none }
            return .time(said(text), utc: text)
        }
    }

    /// A workflow with where it is, since names are given more than once.
    func name(_ row: QueryRow, _ key: String = "workflow") -> String {
        let source = sources.count > 1 ? ", \(row.text("source") ?? "")" : ""
        return "\(row.text(key) ?? "?") (\(row.text("project") ?? "")/\(row.text("domain") ?? "")\(source))"
    }
}
