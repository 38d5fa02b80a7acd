public import FlyteModel

/// What a report is about.
public struct ReportScope: Hashable, Sendable {
    public var window: TimeWindow
    /// Only this one; nil for all.
    public var project: String?
    /// Only this one; nil for all.
    public var domain: String?
    /// Executions that others launched count as well, beside those that launched them.
    public var children: Bool

    public init(
        window: TimeWindow, project: String? = nil, domain: String? = nil, children: Bool = false
    ) {
        self.window = window
        self.project = project
        self.domain = domain
        self.children = children
    }
}
