import CommandLineParser
import FlyteArchive
import Tables

/// What was meant by a table or a column that an archive does not have.
enum SQLSuggestion {
    /// SQLite's error, with the name that was meant where one is near.
    static func told(_ error: ArchiveError, in sql: String, _ archive: Archive) throws -> ArchiveError {
        guard error.kind == .sql else { return error }
        var told = error
        if let name = name(in: error.detail, behind: "no such table: ") {
            told.detail = "There is no table '\(name)'." + (try table(name, archive))
        } else if let name = name(in: error.detail, behind: "no such column: ") {
            told.detail = "There is no column '\(name)'." + (try column(name, in: sql, archive))
        }
        return told
    }

    private static func name(in detail: String, behind words: String) -> String? {
        guard detail.hasPrefix(words) else { return nil }
        return String(detail.dropFirst(words.count).prefix { $0 != " " })
    }

    /// Views first: they are what is meant to be asked, and 'executions' is nearer to 'v_execution' than it looks.
    private static func table(_ name: String, _ archive: Archive) throws -> String {
        let names = try archive.query(
            "SELECT name FROM sqlite_schema WHERE type IN ('view', 'table') ORDER BY type DESC, name"
        ).rows.compactMap { $0[0].text }
        let views = names.filter { $0.hasPrefix("v_") }
        func bare(_ name: String) -> String {
            let lower = name.lowercased()
            let short = lower.hasPrefix("v_") ? String(lower.dropFirst(2)) : lower
            return short.hasSuffix("s") ? String(short.dropLast()) : short
        }
        if let view = views.first(where: { bare($0) == bare(name) }) { return " Did you mean '\(view)'?" }
        let near = Suggestion.sentence(for: name, among: views + names)
        return near.isEmpty
            ? " The views are \(views.joined(separator: ", "))." : near
    }

    /// Among the columns of the views and tables that the statement names.
    private static func column(_ name: String, in sql: String, _ archive: Archive) throws -> String {
        let word = name.utf8.split(separator: UInt8(ascii: ".")).last.map { String(Substring($0)) } ?? name
        let columns = try archive.query(
            """
            SELECT DISTINCT c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c
            WHERE s.type IN ('view', 'table') AND instr(lower(:sql), lower(s.name)) > 0 ORDER BY 1
            """, ["sql": .text(sql)]
        ).rows.compactMap { $0[0].text }
        if let column = Suggestion.nearest(to: word.lowercased(), among: columns) {
            return " Did you mean '\(column)'?"
        }
        let parts = columns.filter {
            $0.hasPrefix(word.lowercased() + "_") || $0.hasSuffix("_" + word.lowercased())
        }
        return parts.isEmpty ? "" : " Perhaps one of \(parts.prefix(5).joined(separator: ", "))?"
    }
}
