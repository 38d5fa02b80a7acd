/// The value of a map field: values by string, gone through in the order of the keys' bytes.
///
/// Not a dictionary, because that takes strings which Unicode calls equivalent for one key, and a message may
/// have both.
public struct ValueMap: Sendable, Hashable {
    private struct Bytes: Hashable, Sendable {
        var string: String

        static func == (a: Bytes, b: Bytes) -> Bool { a.string.hasSameBytes(as: b.string) }

        func hash(into hasher: inout Hasher) {
            var string = string
            string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private var storage: [Bytes: FlyteIDL.Value] = [:]

    public init() {}

    /// A map of these; of two with the same key the later one holds.
    public init(_ entries: some Sequence<(key: String, value: FlyteIDL.Value)>) {
        for (key, value) in entries { self[key] = value }
    }

    public var count: Int { storage.count }
    public var isEmpty: Bool { storage.isEmpty }

    public subscript(_ key: String) -> FlyteIDL.Value? {
        get { storage[Bytes(string: key)] }
        set { storage[Bytes(string: key)] = newValue }
    }

    /// In the order of the keys' bytes.
    public var entries: [(key: String, value: FlyteIDL.Value)] {
        let entries = storage.map { (key: $0.key.string, value: $0.value) }
        return entries.count < 2
            ? entries : entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// In the order of their bytes.
    public var keys: [String] { entries.map(\.key) }

    /// In the order of their keys' bytes.
    public var values: [FlyteIDL.Value] { entries.map(\.value) }
}

extension ValueMap: Sequence {
    public func makeIterator() -> IndexingIterator<[(key: String, value: FlyteIDL.Value)]> {
        entries.makeIterator()
    }
}

extension ValueMap: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, FlyteIDL.Value)...) {
        for (key, value) in elements { self[key] = value }
    }
}
