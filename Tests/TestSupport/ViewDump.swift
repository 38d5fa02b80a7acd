public import FlyteArchive
import Tables

/// All that an archive's views say, as text, in an order of its own.
public enum ViewDump {
    /// Without the journal and what follows from how far it goes, without when something was seen, which is the observer's and not Flyte's, without
    /// the one number that each file counts for itself, and without hashes: answers hold signed URLs, which differ
    /// from second to second.
    ///
    /// - Parameters:
    ///   - older: An archive of an earlier version: only the views and columns that it has.
    ///   - mended: Columns that a later version tells otherwise, each as `view.column`: they are left out.
    public static func lines(
        of archive: Archive, inViewsOf older: Archive? = nil, without mended: Set<String> = []
    ) throws -> [String] {
        var lines: [String] = []
        let views = try (older ?? archive).query(
            """
            SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v%' AND name <> 'v_harvest'
            ORDER BY 1
            """)
        for view in views.rows.compactMap({ $0[0].text }) {
            let columns = try (older ?? archive).query("SELECT * FROM \(view) LIMIT 0").columns.map(\.name)
                .filter {
                    ![
                        "seen_at", "first_seen_at", "last_seen_at", "resolved_at", "complete_up_to", "doubt",
                        "error_id", "sha256",
                    ].contains($0) && !mended.contains("\(view).\($0)")
                }
            let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
            let table = try archive.query("SELECT \(list) FROM \(view)")
            lines += table.rows.map { view + ": " + $0.map { "\($0)" }.joined(separator: " | ") }
        }
        return lines.sorted()
    }
}
