import CommandLineParser
import FlyteArchive
import Tables

extension Command {
    /// Asks any question.
    static let sql = Command("sql", "Asks an archive a question in SQL; it can read, and nothing else.") {
        declare in
        declare.details(
            """
            The views v_execution, v_node_execution, v_task_execution, v_literal and the others are the stable face of the \
            archive; 'SELECT name, sql FROM sqlite_schema' describes everything in it. Beside SQLite's own functions there \
            are literals_json(map_id), literal(map_id, 'name.key.0'), raw(message_id), raw_json(message_id), \
            percentile(x, p), median(x), wilson_low(k, n), wilson_high(k, n), iso(ns) and unzstd(blob).
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let statement = declare.argument("SQL", "One statement; '-' reads it from standard input.")
        let parameters = declare.repeatedOption(
            "param", "k=v",
            "A value for :k, as text, or as a number where it looks like one; can be given several times."
        ) { text throws(UsageError) in
            guard let split = text.firstIndex(of: "="), split > text.startIndex else {
                throw UsageError("'\(text)' is no parameter; write name=value.")
            }
            let value = String(text[text.index(after: split)...])
            let cell: Cell =
                Int64(value).map { .integer($0) } ?? Double(value).map { .real($0) } ?? .text(value)
            return [String(text[..<split]): cell]
        }
        let timeout = declare.option("timeout", "SECONDS", "Gives up after so long. Default: no limit.") {
            text throws(UsageError) in
            guard let seconds = Double(text), seconds > 0, seconds.isFinite else {
                throw UsageError("'\(text)' is no number of seconds.")
            }
            return seconds
        }
        let limit = declare.option(
            "limit", "N", "At most so many rows; 0 for all. Default: 1000 on a terminal, all elsewhere."
        ) { text throws(UsageError) in
            guard let rows = Int(text), rows >= 0 else { throw UsageError("'\(text)' is no number of rows.") }
            return rows
        }
        let output = OutputOptions(&declare, of: path)
        declare.example("flightlog sql runs.db \"SELECT phase, count(*) FROM v_execution GROUP BY phase\"")
        declare.example(
            "flightlog sql runs.db \"SELECT name, value_json FROM v_literal WHERE execution = :e\" --param e=a8s7d6f5g4h3 --format json"
        )
        declare.example(
            "flightlog sql runs.db \"SELECT name, literal(input_map_id, 'config.lr') AS lr FROM v_execution\" --format csv",
            "One value inside of each execution's inputs.")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            let text = input[statement] == "-" ? try Terminal.readAll() : input[statement]
            let bound = input[parameters].reduce(into: [String: Cell]()) { $0.merge($1) { $1 } }
            let names: [String]
            do throws(ArchiveError) {
                names = try archive.parameterNames(of: text)
            } catch {
                throw try SQLSuggestion.told(error, in: text, archive)
            }
            if let unknown = bound.keys.sorted().first(where: { !names.contains($0) }) {
                throw Failure("The statement has no parameter ':\(unknown)'.", .usage)
            }
            let rows = input[limit] ?? (output.isForTerminal(input) ? 1_000 : 0)
            let answer = try output.writer(input, title: "Answer")
            let watchdog = input[timeout].map { StatementWatchdog(seconds: $0) }
            defer { watchdog?.end() }
            let isCut: Bool
            do {
                isCut = try archive.userRows(
                    text, bound,
                    limits: Archive.UserSQLLimits(seconds: input[timeout], rows: rows == 0 ? nil : rows),
                    start: { try answer.begin(TableHead(columns: $0)) }, take: answer.row)
            } catch let error as ArchiveError {
                throw try SQLSuggestion.told(error, in: text, archive)
            }
            watchdog?.end()
            try answer.end()
            if isCut {
                Terminal.say("There are more than these \(rows) rows; '--limit 0' shows all of them.")
            }
            return ExitCode.done.rawValue
        }
    }
}
