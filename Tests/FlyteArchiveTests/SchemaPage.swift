import FlyteArchive
import Foundation
import Tables

/// What the schema says of itself: its text, and the page made of its comments.
struct SchemaPage {
    struct Thing {
        var name: String
        var isView: Bool
        var text: String
        var columns: [(name: String, type: String, text: String)]
    }

    private(set) var things: [Thing] = []
    /// From table to table, by which column.
    private(set) var references: [(from: String, to: String, column: String)] = []
    /// What the steps build together.
    private(set) var sql = ""

    /// - Parameter viewColumns: The text of `schema/view-columns.txt`.
    init(_ archive: Archive, viewColumns: String) throws {
        let texts = Self.texts(viewColumns)
        let rows = try archive.query(
            """
            SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'error\\_search\\_%' ESCAPE '\\'
            ORDER BY rowid
            """
        ).rows.map { $0.map { $0.text ?? "" } }
        for row in rows where row[0] == "table" || row[0] == "view" {
            let isView = row[0] == "view"
            let columns = try archive.query(
                "SELECT name, type FROM pragma_table_xinfo('\(row[1])') WHERE hidden IN (0, 2)"
            ).rows.map { ($0[0].text ?? "", $0[1].text ?? "") }
            let comments = Self.comments(row[2])
            things.append(
                Thing(
                    name: row[1], isView: isView, text: comments[""] ?? "",
                    columns: columns.map { column, type in
                        let text =
                            comments[column]
                            ?? texts["\(row[1]).\(column)"] ?? texts[column] ?? ""
                        return (column, type, text)
                    }))
            for key in try archive.query(
                "SELECT \"table\", \"from\" FROM pragma_foreign_key_list('\(row[1])') ORDER BY 2"
            ).rows {
                references.append((row[1], key[0].text ?? "", key[1].text ?? ""))
            }
        }
        let version = try archive.query("PRAGMA user_version").rows[0][0].integer ?? 0
        sql =
            "-- What the steps build together. A test writes and checks this file.\n\n"
            + "PRAGMA application_id = 0x464C4F47;\n\n" + rows.map { $0[2] + ";\n\n" }.joined()
            + "PRAGMA user_version = \(version);\n"
    }

    private static func texts(_ file: String) -> [String: String] {
        var texts: [String: String] = [:]
        for line in file.split(separator: "\n") where !line.hasPrefix("#") {
            guard let colon = line.firstRange(of: ": ") else { continue }
            texts[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
        }
        return texts
    }

    /// Comments by the column that follows them; that of the table or view itself by the empty name.
    private static func comments(_ sql: String) -> [String: String] {
        var comments: [String: String] = [:]
        var open: [String] = []
        // A column of a later step has its comment behind its type, where SQLite keeps it.
        for added in sql.matches(of: /(\w+) [A-Z]+(?: REFERENCES \w+)? \/\* (.+?) \*\//) {
            comments[String(added.1)] = String(added.2)
        }
        for (index, line) in sql.split(separator: "\n").enumerated() {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if index == 0 {
                // A view's stands behind its first line.
                if let text = trimmed.firstRange(of: " AS -- ") {
                    comments[""] = String(trimmed[text.upperBound...])
                }
                continue
            }
            // A later step's: ALTER TABLE keeps no line of its own for it, and "--" would swallow what follows.
            for match in trimmed.matches(of: #/(\w+) [A-Z]+[^,\/]*\/\* (.*?) \*\//#) {
                comments[String(match.1)] = String(match.2)
            }
            if trimmed.hasPrefix("--") {
                open.append(trimmed.dropFirst(2).trimmingCharacters(in: .whitespaces))
                continue
            }
            guard !open.isEmpty else { continue }
            let text = open.joined(separator: " ")
            open = []
            let words = trimmed.split { $0 == " " || $0 == "," }.map(String.init)
            let column = words.dropLast().last == "AS" ? words.last : words.first
            // The first comment of a table is the table's, and its first column has none or its own.
            if comments[""] == nil {
                comments[""] = text
            } else if let column {
                comments[column] = text
            }
        }
        return comments
    }

    var markdown: String {
        var lines = [
            "# The archive's schema", "",
            "Made from the comments in the steps of this folder and from `view-columns.txt`; a test writes and checks this page.",
            "Times of tables (`…_at`) are nanoseconds since 1970 UTC, those of views `YYYY-MM-DDTHH:MM:SS.ffffffZ`; unknown is NULL.",
            "",
            "The views are the stable face: their names and columns stay. Tables may change with the version.",
            "",
            "## Views", "",
        ]
        for thing in things where thing.isView { lines += section(thing) }
        lines += ["## How the tables hang together", "", "```mermaid", "erDiagram"]
        for reference in references {
            lines.append("    \(reference.to) ||--o{ \(reference.from) : \(reference.column)")
        }
        lines += ["```", "", "## Tables", ""]
        for thing in things where !thing.isView { lines += section(thing) }
        return lines.joined(separator: "\n")
    }

    private func section(_ thing: Thing) -> [String] {
        ["### `\(thing.name)`", "", thing.text, "", "| column | type | |", "|---|---|---|"]
            + thing.columns.map { column in
                "| `\(column.name)` | \(column.type) | \(column.text.replacing("|", with: "\\|")) |"
            } + [""]
    }
}
