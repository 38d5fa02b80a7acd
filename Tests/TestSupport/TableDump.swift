public import FlyteArchive
import Tables

/// All rows of all tables of an archive, as text: what is stored, not what it means.
public enum TableDump {
    /// Frames are left out, since the same messages may be packed anew; so is what SQLite and the full-text
    /// index keep for themselves.
    public static func lines(of archive: Archive, without tables: Set<String> = []) throws -> [String] {
        var lines: [String] = []
        let names = try archive.query(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'error_search%' ORDER BY 1"
        ).rows.compactMap { $0[0].text }.filter { !tables.contains($0) }
        for name in names {
            var columns = try archive.query("SELECT name FROM pragma_table_info('\(name)')").rows.compactMap {
                $0[0].text
            }
            if name == "pack" { columns.removeAll { $0 == "data" } }
            let table = try archive.query("SELECT \(columns.joined(separator: ", ")) FROM \(name)")
            lines += table.rows.map { name + ": " + $0.map { "\($0)" }.joined(separator: " | ") }
        }
        return lines.sorted()
    }
}
