/// A value that takes one word where it is kept, however many keep it.
final class SharedBox<Value: Sendable>: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

extension SharedBox: Equatable where Value: Equatable {
    static func == (a: SharedBox, b: SharedBox) -> Bool { a.value == b.value }
}

extension SharedBox: Hashable where Value: Hashable {
    func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
