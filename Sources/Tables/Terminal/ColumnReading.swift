/// How people read a column of an answer: what its values are, and how much it would be missed.
public struct ColumnReading: Hashable, Sendable {
    /// What is left out first where not everything fits.
    public enum Importance: Int, Hashable, Comparable, Sendable {
        case least, low, normal, high
        /// The table is of no use without it.
        case required

        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    public var meaning: ColumnMeaning
    public var importance: Importance

    public init(_ meaning: ColumnMeaning, _ importance: Importance = .normal) {
        self.meaning = meaning
        self.importance = importance
    }
}
