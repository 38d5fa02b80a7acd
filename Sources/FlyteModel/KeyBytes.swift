/// A string by its bytes: Swift calls strings equal that Unicode calls equivalent, Flyte and JSON do not.
struct KeyBytes: Hashable {
    var text: String

    init(_ text: String) { self.text = text }

    static func == (a: KeyBytes, b: KeyBytes) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// By bytes.
    static func isBefore(_ a: KeyBytes, _ b: KeyBytes) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
}
