import FlyteArchive
import FlyteIDL
import FlyteModel
import Tables

/// The numbers, texts, flags and empty containers inside a JSON value, by their paths.
struct ValueLeaves {
    /// A path as SQLite's JSON functions take it, without the `$.`, and the value as JSON.
    private(set) var values: [KeyBytes: String] = [:]

    /// Maps up to this size are taken apart; larger ones are compared as a whole.
    static let sizeLimit: Int64 = 64 << 20

    private static let leaves = """
        SELECT fullkey, CASE WHEN type IN ('true', 'false', 'null') THEN type WHEN atom IS NULL THEN value ELSE json_quote(atom) END
        FROM json_tree(%) j
        WHERE type NOT IN ('object', 'array') OR value IN ('[]', '{}')
        """

    /// Of a document.
    init(json: String, in archive: Archive) throws(ArchiveError) {
        try take(
            archive.query(Self.leaves.replacing("%", with: ":json"), ["json": .text(json)]))
    }

    /// Of a literal map: all its variables.
    ///
    /// - Parameter map: The id that views give; nil for none.
    init(map: Int64?, in archive: Archive) throws(ArchiveError) {
        guard let map, let size = try archive.literalMapSize(map) else { return }
        guard size <= Self.sizeLimit else {
            let message = try archive.query(
                """
                SELECT lower(hex(m.sha256)) FROM literal_map l JOIN execution e ON e.id = l.execution_id
                JOIN message m ON m.execution_id = l.execution_id AND m.number = l.message
                WHERE e.key = :map >> 20 AND l.number = :map & 1048575
                """, ["map": .integer(map)])
            values[""] =
                "\(size >> 20) MiB, SHA-256 of the message \(message.rows.first?[0].text ?? "unknown")"
            return
        }
        try take(
            archive.query(
                Self.leaves.replacing("%", with: "literals_json(:map)"), ["map": .integer(map)]))
    }

    private mutating func take(_ table: Table) {
        for row in table.rows {
            guard let path = row[0].text, let value = row[1].text else { continue }
            values[Self.name(ofPath: path)] = value
        }
    }

    /// `$.config."a b"[3]` as people write it: `config."a b"[3]`.
    private static func name(ofPath path: String) -> String {
        path.beginsWithBytes(of: "$.")
            ? String(path.dropFirst(2)) : path == "$" ? "" : String(path.dropFirst())
    }

    /// The paths at which two differ, in the order of their bytes, with the value of each.
    static func differences(
        _ before: ValueLeaves, _ after: ValueLeaves
    ) -> [(path: String, before: String?, after: String?)] {
        let paths = Set(before.values.keys).union(after.values.keys).sorted()
        return paths.compactMap { path in
            let (old, new) = (before.values[path], after.values[path])
            guard old.map({ KeyBytes($0) }) != new.map({ KeyBytes($0) }) else { return nil }
            return (path.text, old, new)
        }
    }

    /// A value that fits into a line or two, and says what it leaves out.
    static func shown(_ value: String?, limit: Int = 300) -> String? {
        guard let value, value.utf8.count > limit else { return value }
        return String(value.prefix(limit)) + "… (\(value.utf8.count) bytes)"
    }

    /// What a difference of two values needs said beside them.
    static func note(_ before: String?, _ after: String?) -> String {
        let isRedacted = [before, after].contains { $0?.contains("[redacted:") == true }
        if isRedacted, before != nil, after != nil { return "redacted: other tokens mean other values" }
        guard let before, let after, shown(before)?.prefix(300) == shown(after)?.prefix(300) else {
            return ""
        }
        let equal = zip(before.utf8, after.utf8).prefix { $0 == $1 }.count
        return "they differ from byte \(equal + 1) on"
    }
}
