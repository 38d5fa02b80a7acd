import FlyteAnalysis
import FlyteModel
import Tables

/// The answer of a named query as a table: for each column the figure that a row has in it.
struct QuestionTable {
    struct Column {
        var column: FigureColumn
        var figure: (QueryRow) -> Figure

        init(_ column: FigureColumn, _ figure: @escaping (QueryRow) -> Figure) {
            self.column = column
            self.figure = figure
        }

        // What a column's key names, in the form that people like it in.

        static func text(_ title: String, _ key: String) -> Column {
            Column(FigureColumn(title, key)) { $0.text(key).map { $0.isEmpty ? .none : .text($0) } ?? .none }
        }

        static func code(_ title: String, _ key: String) -> Column {
            Column(FigureColumn(title, key)) { $0.text(key).map { $0.isEmpty ? .none : .code($0) } ?? .none }
        }

        /// The name of an execution, which leads to it; machines have the name alone.
        static func execution(_ title: String, _ key: String) -> [Column] {
            [
                Column(FigureColumn(title, "", for: .people)) { row in
                    guard let name = row.text(key), !name.isEmpty else { return .none }
                    return .execution(
                        ArchivedExecution(
                            source: row.text("source") ?? "",
                            id: ExecutionID(
                                project: row.text("project") ?? "", domain: row.text("domain") ?? "",
                                name: name)))
                },
                Column(FigureColumn("", key, for: .machines)) { $0.text(key).map { .text($0) } ?? .none },
            ]
        }

        static func count(_ title: String, _ key: String) -> Column {
            Column(FigureColumn(title, key, isNumber: true)) {
                $0.integer(key).map { .count(Int($0)) } ?? .none
            }
        }

        static func seconds(_ title: String, _ key: String) -> Column {
            Column(FigureColumn(title, key, isNumber: true)) { $0.real(key).map { .duration($0) } ?? .none }
        }

        static func number(_ title: String, _ key: String, digits: Int = 2) -> Column {
            Column(FigureColumn(title, key, isNumber: true)) {
                $0.real(key).map { .number($0, digits: digits) } ?? .none
            }
        }

        static func share(_ title: String, _ key: String) -> Column {
            Column(FigureColumn(title, key, isNumber: true)) { $0.real(key).map { .share($0) } ?? .none }
        }

        static func rate(_ title: String, _ key: String, low: String, high: String) -> Column {
            Column(FigureColumn(title, key, isNumber: true, .rate)) { row in
                guard let value = row.real(key), let low = row.real(low), let high = row.real(high) else {
                    return .none
                }
                return .rate(value, low: low, high: high)
            }
        }

        static func bounds(_ title: String, _ key: String, low: String) -> Column {
            Column(FigureColumn(title, key, isNumber: true, .bounds)) { row in
                row.real(key).map { .bounds(low: row.real(low) ?? 0, high: $0, digits: 2) } ?? .none
            }
        }
    }

    var columns: [Column]

    /// Where something is: the source where there are several, project and domain.
    static func place(_ rows: [QueryRow]) -> [Column] {
        let sources = Set(rows.compactMap { $0.text("source") })
        return [
            Column(FigureColumn("Source", "source", for: sources.count < 2 ? .machines : .all)) {
                .text($0.text("source") ?? "")
            },
            Column(FigureColumn("Where", "place")) {
                .text("\($0.text("project") ?? "")/\($0.text("domain") ?? "")")
            },
        ]
    }

    func block(_ rows: [QueryRow], shown: Int? = 20, whenEmpty: String) -> Block {
        .table(
            TableBlock(
                columns: columns.map(\.column),
                rows: rows.map { row in columns.map { $0.figure(row) } }, shown: shown, whenEmpty: whenEmpty))
    }
}
