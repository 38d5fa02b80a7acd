import FlyteAnalysis
import Foundation
import TestSupport
import Testing

/// A query's answer to a few rows, as the stock shell prints it.
///
/// Queries read nothing but views; here plain tables are called like them, so that a test shows the rows that matter.
/// What it leaves out is NULL, but for source, project and domain (`lab`, `p` and `d`) and the end (1 January 2026).
enum TestQuery {
    /// - Parameters:
    ///   - parameters: What is bound.
    ///   - rows: SQL that fills the tables.
    static func answer(
        _ query: String, _ parameters: KeyValuePairs<String, String> = [:], over rows: String
    ) throws -> String {
        let question = try #require(NamedQuery.named(query))
        let numbers = question.parameters.filter { $0.kind == .integer }.map(\.name)
        let bound = parameters.map { name, value in
            ".parameter set :\(name) \(numbers.contains(name) ? value : argument(value))\n"
        }.joined()
        return try StockShell.answer(
            "\(tables)\(rows)\n.headers on\n.nullvalue NULL\n.parameter init\n\(bound)\(question.sql)")
    }

    /// An SQL literal, in the quotes of the shell's own commands.
    private static func argument(_ value: String) -> String {
        "\"'" + value.replacingOccurrences(of: "'", with: "''") + "'\""
    }

    private static let defaults = [
        "source": "lab", "project": "p", "domain": "d", "ended_at": "2026-01-01T00:00:00.000000Z",
    ]

    /// Seconds are real numbers, as the views give them.
    private static let tables = ViewContract.views.map { view in
        let columns = view.columns.map { column in
            if let value = defaults[column] { return "\"\(column)\" DEFAULT '\(value)'" }
            return "\"\(column)\"" + (column.hasSuffix("_s") ? " REAL" : "")
        }
        return "CREATE TABLE \(view.name) (\(columns.joined(separator: ", ")));\n"
    }.joined()
}
