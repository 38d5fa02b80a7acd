import FlyteModel

/// What a server keeps of an entity in one database column.
public enum ColumnValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    /// Microseconds since 1970, which is as fine as PostgreSQL's times are.
    case time(Int64)

    // By bytes: see `KeyBytes`.
    public static func == (a: ColumnValue, b: ColumnValue) -> Bool {
        if case (.null, .null) = (a, b) { return true }
        return order(a, b) == 0
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .integer(let value), .time(let value): hasher.combine(value)
        case .text(let text): hasher.combine(KeyBytes(text))
        }
    }

    static func text(orNull text: String) -> ColumnValue { text.isEmpty ? .null : .text(text) }

    /// SQL's order of two values of one column; nil when either is NULL.
    ///
    /// Texts are compared byte by byte, as a database with the collation C does.
    static func order(_ a: ColumnValue, _ b: ColumnValue) -> Int? {
        switch (a, b) {
        case (.integer(let x), .integer(let y)), (.time(let x), .time(let y)):
            x < y ? -1 : x == y ? 0 : 1
        case (.text(let x), .text(let y)):
            x.utf8.elementsEqual(y.utf8) ? 0 : x.utf8.lexicographicallyPrecedes(y.utf8) ? -1 : 1
        default: nil
        }
    }
}
