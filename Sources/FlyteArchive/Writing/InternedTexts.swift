import FlyteModel

/// The ids of texts that an open archive has met of late, so that most look-ups cost no statement. By their bytes, as
/// SQLite tells them apart.
struct InternedTexts {
    typealias IDs = RecentCache<KeyBytes, Int64>

    struct OwnDefinition: Hashable {
        var source: Int64
        var id: DefinitionID
    }

    var names = IDs(bytes: limit)
    var texts = IDs(bytes: limit)
    /// By the beginning of the digest of their words.
    var errors = RecentCache<SIMD2<UInt64>, Int64>(bytes: limit)
    var definitionIDs = RecentCache<OwnDefinition, Int64>(bytes: limit)
    var scopes: [KeyBytes: Int64] = [:]

    private static let limit = 1 << 20
}

extension InternedTexts.IDs {
    subscript(text: String) -> Int64? {
        mutating get { self[KeyBytes(text)] }
    }

    mutating func keep(_ id: Int64, for text: String) {
        // Beside the text: the entry, and the places that the table keeps free.
        keep(id, for: KeyBytes(text), bytes: text.utf8.count + 100)
    }
}
