public import FlyteArchive

/// What a page is about, and what makes it of that.
public enum ReportSubject: Sendable {
    /// All that ended in a window.
    case window(ReportMaker<ReportScope>)
    /// Executions: one, or where the page tells what they have in common up to so many.
    case executions(atMost: Int, ReportMaker<ExecutionReportScope>)
}

/// Makes a report of what an archive has of something.
public struct ReportMaker<Scope: Sendable>: Sendable {
    private let make: @Sendable (Archive, Scope) throws -> Report

    public init(_ make: @escaping @Sendable (Archive, Scope) throws -> Report) { self.make = make }

    /// Asks an archive, as it is at one moment.
    public func report(on archive: Archive, _ scope: Scope) throws -> Report {
        try archive.reading {
            var report = try make(archive, scope)
            report.consoles = try archive.consoles()
            return report
        }
    }
}
