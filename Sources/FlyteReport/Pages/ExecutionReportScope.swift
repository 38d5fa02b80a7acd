public import FlyteAnalysis
public import FlyteModel

/// Which executions a report is about, and how it speaks of them.
public struct ExecutionReportScope: Hashable, Sendable {
    /// At least one, in the order in which they were named.
    public var executions: [ArchivedExecution]
    /// In which people read its times; machines read them in UTC.
    public var zone: TimeZoneRules
    /// Whether it names who started, aborted or answered something. A page that is passed on is about what went wrong, not
    /// about who did it, and tells them by their part.
    public var namesPrincipals: Bool
    /// Who reads it: tables that others alone would see need not be made.
    public var readers: FigureColumn.Readers

    public init(
        _ executions: [ArchivedExecution], in zone: TimeZoneRules = .utc, namesPrincipals: Bool = false,
        readers: FigureColumn.Readers = .all
    ) {
        self.executions = executions
        self.zone = zone
        self.namesPrincipals = namesPrincipals
        self.readers = readers
    }
}
