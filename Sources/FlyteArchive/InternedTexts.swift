import FlyteModel

/// The ids of texts that an open archive has met of late, so that most look-ups cost no statement.
struct InternedTexts {
    typealias IDs = Recent<String, Int64>

    struct OwnDefinition: Hashable {
        var source: Int64
        var id: DefinitionID
    }

    var names = IDs(bytes: limit)
    var texts = IDs(bytes: limit)
    var errors = Recent<ExecutionError, Int64>(bytes: limit)
    var definitionIDs = Recent<OwnDefinition, Int64>(bytes: limit)
    var scopes: [String: Int64] = [:]

    private static let limit = 1 << 20
}

extension InternedTexts.IDs {
    mutating func keep(_ id: Int64, for text: String) {
        // Beside the text: the entry, and the places that the table keeps free.
        keep(id, for: text, bytes: text.utf8.count + 100)
    }
}
