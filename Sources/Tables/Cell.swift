/// A value of a table, with the kinds of SQLite's values.
public enum Cell: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    // By bytes, as SQLite compares texts: `==` of texts holds for some that are other bytes.
    public static func == (a: Cell, b: Cell) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.integer(let x), .integer(let y)): x == y
        case (.real(let x), .real(let y)): x == y
        case (.text(let x), .text(let y)): x.utf8.elementsEqual(y.utf8)
        case (.blob(let x), .blob(let y)): x == y
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .integer(let value): hasher.combine(value)
        case .real(let value): hasher.combine(value)
        case .text(var text): text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .blob(let bytes): hasher.combine(bytes)
        }
    }
}

extension Cell {
    /// NULL for nil.
    public init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    /// NULL for nil.
    public init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
    /// NULL for nil.
    public init(_ number: Double?) { self = number.map { .real($0) } ?? .null }

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
