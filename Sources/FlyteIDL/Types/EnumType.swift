/// The definition of one of Flyte's enums.
public final class EnumType: Sendable {
    public let name: String
    /// In the order of the definition; the first is the default.
    public let values: [(name: String, number: Int32)]

    init(name: String, values: [(name: String, number: Int32)]) {
        self.name = name
        self.values = values
    }

    /// nil for a number that a newer Flyte may know.
    public func name(of number: Int32) -> String? { values.first { $0.number == number }?.name }

    public func number(of name: String) -> Int32? { values.first { $0.name == name }?.number }
}
