/// A string by its bytes: Swift calls strings equal that Unicode calls equivalent, Flyte and JSON do not.
public struct KeyBytes: Hashable, Sendable {
    public var text: String

    public init(_ text: String) { self.text = text }

    public static func == (a: KeyBytes, b: KeyBytes) -> Bool {
        var (a, b) = (a.text, b.text)
        return a.withUTF8 { a in b.withUTF8 { b in a.count == b.count && a.elementsEqual(b) } }
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// By bytes.
    static func isBefore(_ a: KeyBytes, _ b: KeyBytes) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
}
