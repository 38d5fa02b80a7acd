/// A column of figures, with a title for people and a key for machines.
public struct FigureColumn: Hashable, Sendable {
    public var title: String
    /// For CSV and JSON: lower case with underscores and the unit.
    public var key: String
    public var isNumber: Bool

    public init(_ title: String, _ key: String, isNumber: Bool = false) {
        self.title = title
        self.key = key
        self.isNumber = isNumber
    }
}
