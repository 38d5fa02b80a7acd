import FlyteRedaction

/// The ways in which a text may stand in messages, columns and files.
struct ValueForms {
    /// The usual ones, the text itself first; each once.
    let usual: [[UInt8]]
    private let search: SecretSearch

    init(_ value: String) {
        let value = Array(value.utf8)
        usual = SecretForms.all(of: value, minimumLength: ForgetRequest.shortestValue)
        var search = SecretSearch(minimumLength: ForgetRequest.shortestValue)
        search.add([value: 0])
        self.search = search
    }

    /// Whether it stands in the bytes. Where there is too much to decode only the usual forms are looked for: nothing is
    /// erased because nobody can tell.
    func stand(in bytes: [UInt8]) -> Bool { (try? search.isFound(in: bytes)) ?? standPlainly(in: bytes) }

    func stand(in text: String) -> Bool { stand(in: Array(text.utf8)) }

    /// Whether one of the usual forms stands in the bytes, which may be a piece of anything.
    func standPlainly(in bytes: [UInt8]) -> Bool { search.isFoundPlainly(in: bytes) }

    /// The text with the marker in the place of every form; nil when there is none.
    func replaced(in text: String, by marker: String) -> String? {
        let bytes = Array(text.utf8)
        let matches = (try? search.matches(in: bytes)) ?? search.plainMatches(in: bytes)
        if matches.isEmpty { return nil }
        var result: [UInt8] = []
        var position = 0
        for match in matches {
            result += bytes[position..<match.range.lowerBound]
            result += marker.utf8
            position = match.range.upperBound
        }
        return String(decoding: result + bytes[position...], as: UTF8.self)
    }
}
