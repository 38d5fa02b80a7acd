import FlyteAnalysis
import FlyteArchive
public import FlyteModel

/// What a report is about.
public struct ReportScope: Hashable, Sendable {
    public var window: TimeWindow
    /// Whose days and weeks the window has, and in which people read its times.
    public var zone: TimeZoneRules
    /// Only this one; nil for all.
    public var project: String?
    /// Only this one; nil for all.
    public var domain: String?
    /// Executions that others launched count as well, beside those that launched them.
    public var children: Bool

    public init(
        window: TimeWindow, in zone: TimeZoneRules = .utc, project: String? = nil, domain: String? = nil,
        children: Bool = false
    ) {
        self.window = window
        self.zone = zone
        self.project = project
        self.domain = domain
        self.children = children
    }
}

extension WeeklySummary {
    /// What happened in a report's window.
    init(of archive: Archive, _ scope: ReportScope) throws {
        try self.init(
            of: archive, window: scope.window, in: scope.zone, project: scope.project,
            domain: scope.domain, children: scope.children)
    }
}
