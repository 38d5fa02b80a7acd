/// The ids of texts that an open archive has met, so that most look-ups cost no statement.
struct InternedTexts {
    var names: [String: Int64] = [:]
    var texts: [String: Int64] = [:]
    var scopes: [String: Int64] = [:]
    var definitionIDs: [String: Int64] = [:]

    /// Texts beyond this many are forgotten: memory stays bounded.
    static let limit = 50_000

    mutating func trim() {
        if names.count > Self.limit { names.removeAll() }
        if texts.count > Self.limit / 5 { texts.removeAll() }
        if definitionIDs.count > Self.limit { definitionIDs.removeAll() }
    }
}
