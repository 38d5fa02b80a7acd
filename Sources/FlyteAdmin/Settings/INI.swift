/// An INI file: `[section]`, `key = value` or `key: value`, and lines that begin with `#` or `;`.
struct INI {
    private var values: [String: [String: String]] = [:]

    init(_ text: String) {
        var section = ""
        for line in text.split(whereSeparator: \.isNewline).map({ String($0).trimmed }) {
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast()).trimmed.lowercased()
            } else if let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) {
                let key = String(line[..<separator]).trimmed.lowercased()
                values[section, default: [:]][key] = String(line[line.index(after: separator)...]).trimmed
            }
        }
    }

    /// nil when it is not set, or empty.
    subscript(_ section: String, _ key: String) -> String? {
        values[section]?[key].flatMap { $0.isEmpty ? nil : $0 }
    }
}
