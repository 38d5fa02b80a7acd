/// What a format has to know of a table's rows before it writes the first one.
///
/// Rows are held back for it, and never more than ``rows`` of them or ``bytes`` of their values: of a longer answer
/// the first ones decide.
public enum Lookahead: Hashable, Sendable {
    /// Nothing: rows are written as they come.
    case none
    /// Which columns have numbers: what was not declared is seen in a column's first value.
    case kinds
    /// How wide the columns are.
    case widths

    public static let rows = 5_000
    public static let bytes = 4 << 20
}
