/// A kind of report: a page of `flightlog report`.
///
/// A new one is a file beside this one, which makes a ``Report`` of blocks from values of `FlyteAnalysis`, and its
/// place in ``all``.
public struct ReportPage: Sendable {
    /// As it is called on the command line.
    public var name: String
    /// A line for lists.
    public var summary: String
    /// A paragraph for its help.
    public var details: String
    /// What CSV has of it, in a few words.
    public var csvContent: String
    public var subject: ReportSubject

    public init(
        _ name: String, _ summary: String, details: String, csvContent: String = "each block as a table",
        of subject: ReportSubject
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.csvContent = csvContent
        self.subject = subject
    }

    /// All pages, as the command line offers them.
    public static let all: [ReportPage] = [
        .weekly, .failures, .cost, .changes, .postMortem, .execution,
    ]
}
