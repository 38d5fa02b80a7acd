import FlyteAnalysis
import Foundation
import Testing

/// Datasette offers every named query as a page of its own.
struct DatasetteTests {
    private static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "notebooks-export/datasette/metadata.yaml")

    /// `RECORD=1 swift test --filter DatasetteTests` writes the file anew.
    @Test func itsMetadataHasEveryNamedQuery() throws {
        let metadata = Self.metadata(NamedQuery.all)
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try Data(metadata.utf8).write(to: Self.path)
            Issue.record("The file was written; look at the difference, and run again without RECORD.")
        }
        #expect(try String(contentsOf: Self.path, encoding: .utf8) == metadata)
    }

    private static func metadata(_ queries: [NamedQuery]) -> String {
        var text = """
            # Datasette's view of an archive that is called runs.db. A test writes and checks this file from queries/.
            title: Flightlog
            description: What Flyte installations knew about their executions.
            databases:
              runs:
                queries:

            """
        for query in queries {
            text += "      \(query.name):\n        title: \(quoted(query.title))\n"
            let help = query.parameters.map { "\($0.name): \($0.help)" }
            text += "        description: \(quoted(([query.summary] + help).joined(separator: "\n")))\n"
            text += "        params: [\(query.parameters.map(\.name).joined(separator: ", "))]\n"
            text += "        sql: |-\n"
            for line in statement(query).split(separator: "\n", omittingEmptySubsequences: false) {
                text += line.isEmpty ? "\n" : "          \(line)\n"
            }
        }
        return text
    }

    /// The query without its header. A field that nobody filled in is an empty text to Datasette, and numbers are
    /// texts.
    private static func statement(_ query: NamedQuery) -> String {
        let lines = query.sql.split(separator: "\n", omittingEmptySubsequences: false)
        var sql = lines.drop { $0.hasPrefix("--") || $0.isEmpty }.joined(separator: "\n")
        while sql.last == "\n" || sql.last == ";" { sql.removeLast() }
        for parameter in query.parameters {
            let given = "nullif(:\(parameter.name), '')"
            let value =
                switch parameter.kind {
                case .text, .time, .clock: given
                case .integer: "CAST(\(given) AS INTEGER)"
                case .real: "CAST(\(given) AS REAL)"
                }
            sql = sql.replacing(/:([a-z_]+)/) { $0.1 == parameter.name ? value : String($0.0) }
        }
        return sql
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"" + escaped.replacing("\n", with: "\\n") + "\""
    }
}
