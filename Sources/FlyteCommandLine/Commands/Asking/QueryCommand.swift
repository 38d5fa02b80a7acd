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
            "param", "k=v",
            "A parameter of the question, such as since=now-7d; can be given several times. Days and weeks are those of --tz."
        ) { text throws(UsageError) in
            guard let split = text.firstIndex(of: "="), split > text.startIndex else {
                throw UsageError("'\(text)' is no parameter; write name=value.")
            }
            return Binding(name: String(text[..<split]), value: String(text[text.index(after: split)...]))
        }
        let showsSQL = declare.flag(
            "show-sql", "Prints the question's SQL, which any SQLite shell runs, and does not ask it.")
        let output = OutputOptions(&declare, of: path)
        declare.example("flightlog query runs.db", "Lists the questions and their parameters.")
        declare.example(
            "flightlog query runs.db failure-rate-by-workflow --param since=now-7d --param project=sales")
        declare.example(
            "flightlog query runs.db slowest-nodes --show-sql | sqlite3 -readonly -header runs.db")
        return { input in
            guard let chosen = input[name] else {
                _ = try Archive(path: input[path], mode: .readOnly)
                try output.print(questions, input, title: "Named questions", secondary: ["parameters"])
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
                cells = try query.cells(
                    for: input[parameters].map { ($0.name, $0.value) }, now: .now,
                    in: output.page.zone.rules(input))
            } catch {
                throw Failure("\(error)", .usage)
            }
            let archive = try Archive(path: input[path], mode: .readOnly)
            let answer = try output.writer(input, title: query.title)
            try query.run(on: archive, cells, into: answer)
            try answer.end()
            if answer.rowCount == 0 {
                try tellEmpty(archive, cells, in: output.page.zone.rules(input))
            }
            return ExitCode.done.rawValue
        }
    }

    /// Says which value nothing has, or when something was, where that is why there are no rows.
    private static func tellEmpty(
        _ archive: Archive, _ cells: [String: Cell], in zone: TimeZoneRules
    ) throws {
        let filters = ["project", "domain", "workflow", "task"].compactMap { name in
            cells[name]?.text.map { (column: name, value: $0) }
        }
        let why = EmptyAnswer(archive, nearest: { Suggestion.nearest(to: $0, among: $1) })
        let times = ["since", "until"].map { cells[$0]?.text.flatMap { Timestamp($0) } }
        if let sentence = try why.sentence(
            filters, since: times[0], until: times[1], in: zone, option: "--param since=")
        {
            Terminal.say(sentence)
        }
    }

    private struct Binding: Sendable {
        var name: String
        var value: String
    }

    private static var questions: Table {
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
