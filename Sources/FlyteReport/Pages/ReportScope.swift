public import FlyteModel

/// What a report is about.
public struct ReportScope: Hashable, Sendable {
    public var window: TimeWindow
    /// Only this one; nil for all.
    public var project: String?
    /// Only this one; nil for all.
    public var domain: String?
    /// The most rows of each list; nil for all.
    public var rowLimit: Int?

    /// - Parameter format: A page says how many rows there are and shows the first of them; data has all.
    public init(
        window: TimeWindow, project: String? = nil, domain: String? = nil, for format: ReportFormat
    ) {
        self.window = window
        self.project = project
        self.domain = domain
        rowLimit =
            switch format {
            case .html, .md: 20
            case .csv, .json: nil
            }
    }
}
