import FlyteIDL

/// A string by its bytes: Swift calls strings equal that Unicode calls equivalent, Flyte, SQLite and JSON do not.
///
/// Whatever is found by a text of a server's is found by one of these.
public struct KeyBytes: Hashable, Comparable, Sendable {
    public var text: String

    public init(_ text: String) { self.text = text }

    public static func == (a: KeyBytes, b: KeyBytes) -> Bool { a.text.hasSameBytes(as: b.text) }

    /// By bytes, as SQLite and flyteadmin's database sort.
    public static func < (a: KeyBytes, b: KeyBytes) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }

    public func hash(into hasher: inout Hasher) { Self.hash(text, into: &hasher) }

    /// What equal bytes have in common.
    static func hash(_ text: String, into hasher: inout Hasher) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { for byte in text.utf8 { hasher.combine(byte) } }
        // Texts that follow each other stay apart.
        hasher.combine(UInt8(0xFF))
    }
}

extension KeyBytes: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension KeyBytes: CustomStringConvertible {
    public var description: String { text }
}

extension Dictionary where Key == KeyBytes {
    /// What stands under a text.
    public subscript(text: String) -> Value? {
        get { self[KeyBytes(text)] }
        set { self[KeyBytes(text)] = newValue }
    }
}

extension Set<KeyBytes> {
    public func contains(_ text: String) -> Bool { contains(KeyBytes(text)) }

    /// true when the text is new.
    @discardableResult public mutating func insert(_ text: String) -> Bool {
        insert(KeyBytes(text)).inserted
    }
}

extension Sequence<String> {
    /// In the order of their bytes.
    public func sortedByBytes() -> [String] {
        sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
