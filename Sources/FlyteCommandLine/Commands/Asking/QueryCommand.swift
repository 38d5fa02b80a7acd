import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// Asks a named question.
    static let query = Command(
        "query", "Asks an archive one of the named questions; without a name, lists them."
    ) { declare in
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let name = declare.optionalArgument("NAME", "The question.", choices: NamedQuery.all.map(\.name))
        let parameters = declare.repeatedOption(
            "param", "k=v", "A parameter of the question, such as since=now-7d; can be given several times."
        ) { text throws(UsageError) in
            guard let split = text.firstIndex(of: "="), split > text.startIndex else {
                throw UsageError("'\(text)' is no parameter; write name=value.")
            }
            return Binding(name: String(text[..<split]), value: String(text[text.index(after: split)...]))
        }
        let showsSQL = declare.flag(
            "show-sql", "Prints the question's SQL, which any SQLite shell runs, and does not ask it.")
        let output = OutputOptions(&declare)
        declare.example("flightlog query runs.db", "Lists the questions and their parameters.")
        declare.example(
            "flightlog query runs.db failure-rate-by-workflow --param since=now-7d --param project=sales")
        declare.example(
            "flightlog query runs.db slowest-nodes --show-sql | sqlite3 -readonly -header runs.db")
        return { input in
            guard let chosen = input[name] else {
                _ = try Archive(path: input[path], mode: .readOnly)
                try output.print(list, input, title: "Named questions")
                return ExitCode.done.rawValue
            }
            guard let query = NamedQuery.named(chosen) else {
                throw UsageError("There is no question '\(chosen)'.")
            }
            if input[showsSQL] {
                try Terminal.print(query.sql)
                return ExitCode.done.rawValue
            }
            let cells: [String: Cell]
            do {
                cells = try query.cells(for: input[parameters].map { ($0.name, $0.value) }, now: .now)
            } catch {
                throw Failure("\(error)", .usage)
            }
            let archive = try Archive(path: input[path], mode: .readOnly)
            let answer = output.writer(input, title: query.title)
            try query.run(on: archive, cells, into: answer)
            try answer.end()
            return ExitCode.done.rawValue
        }
    }

    private struct Binding: Sendable {
        var name: String
        var value: String
    }

    private static var list: Table {
        Table(
            columns: [Column("name"), Column("answers"), Column("parameters")],
            rows: NamedQuery.all.map { query in
                [
                    .text(query.name), .text(query.title),
                    .text(query.parameters.map(\.name).joined(separator: " ")),
                ]
            })
    }
}
