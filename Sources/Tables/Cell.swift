/// A value of a table, with the kinds of SQLite's values.
public enum Cell: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension Cell {
    /// nil for NULL and for values of another kind.
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    /// nil for NULL and for values of another kind.
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// Of an integer or a real number.
    public var real: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }
    public var isNull: Bool { self == .null }
}
