public import FlyteArchive

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
    private let make: @Sendable (Archive, ReportScope) throws -> Report

    public init(
        _ name: String, _ summary: String, details: String, csvContent: String = "each block as a table",
        make: @escaping @Sendable (Archive, ReportScope) throws -> Report
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.csvContent = csvContent
        self.make = make
    }

    /// All pages, as the command line offers them.
    public static let all: [ReportPage] = [.weekly]

    /// Asks an archive, as it is at one moment.
    public func report(on archive: Archive, _ scope: ReportScope) throws -> Report {
        try archive.reading { try make(archive, scope) }
    }
}
