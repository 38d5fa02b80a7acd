import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// Finds executions.
    static let list = Command("list", "Lists executions, the newest first.") { declare in
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let failed = declare.flag("failed", "Only those that failed or timed out, the latest failures first.")
        let phases = declare.repeatedOption(
            "phase", "PHASE", "Only this phase, such as RUNNING; can be given several times."
        ) {
            text throws(UsageError) in text.uppercased()
        }
        let workflow = declare.option("workflow", "W", "Only this workflow.")
        let project = declare.option("project", "P", "Only this project.")
        let domain = declare.option("domain", "D", "Only this domain.")
        let labels = declare.repeatedOption(
            "label", "k=v", "Only those with this label; can be given several times."
        ) { text throws(UsageError) in
            guard let split = text.utf8.firstIndex(of: UInt8(ascii: "=")), split > text.startIndex else {
                throw UsageError("'\(text)' is no label; write key=value.")
            }
            return KeyValue(
                key: String(text[..<split]), value: String(text[text.utf8.index(after: split)...]))
        }
        let text = declare.option(
            "text", "WORDS", "Only those of which an error, also of a node or attempt, has all these words.")
        let since = declare.timeOption(
            "since", "Only those created at or after this time; with --failed, that ended then.")
        let until = declare.timeOption("until", "Only those before this time.")
        let children = declare.flag("children", "Executions that others launched, too.")
        let limit = declare.option("limit", "N", "At most so many; 0 for all. Default: 50.") {
            text throws(UsageError) in
            guard let rows = Int(text), rows >= 0 else { throw UsageError("'\(text)' is no number of rows.") }
            return rows
        }
        let output = OutputOptions(&declare, of: path)
        declare.example("flightlog list runs.db --failed --since yesterday", "What failed last night.")
        declare.example("flightlog list runs.db --workflow sales.daily_report --phase RUNNING")
        declare.example(
            "flightlog list runs.db --text \"no space left\" --format json",
            "Executions in which something said so.")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            let zone = output.page.zone.rules(input)
            var filter = ExecutionFilter()
            filter.isFailed = input[failed]
            filter.phases = input[phases]
            filter.workflow = input[workflow]
            filter.project = input[project]
            filter.domain = input[domain]
            filter.labels = input[labels]
            filter.text = input[text]
            filter.since = try input[since]?.resolved(in: zone)
            filter.until = try input[until]?.resolved(in: zone)
            filter.hasChildren = input[children]
            if let since = filter.since, let until = filter.until, since >= until {
                throw Failure("--since is not before --until.", .usage)
            }
            let most = input[limit] ?? 50
            let answer = try output.writer(
                input, title: "Executions",
                primary: [input[failed] ? "ended_at" : "created_at"],
                secondary: [input[failed] ? "created_at" : "ended_at", "error_message", "error_code"])
            var isEmpty = true
            let isCut = try filter.list(
                of: archive, limit: most == 0 ? nil : most,
                start: { try answer.begin(TableHead(columns: $0)) },
                take: {
                    isEmpty = false
                    try answer.row($0)
                })
            try answer.end()
            if isCut { Terminal.say("There are more than these \(most); '--limit 0' lists all of them.") }
            if isEmpty, let sentence = try emptyList(filter, archive, zone) { Terminal.say(sentence) }
            return ExitCode.done.rawValue
        }
    }

    private static func emptyList(
        _ filter: ExecutionFilter, _ archive: Archive, _ zone: TimeZoneRules
    ) throws -> String? {
        var filters = filter.phases.map { (column: "phase", value: $0) }
        for (column, value) in [
            ("project", filter.project), ("domain", filter.domain), ("workflow", filter.workflow),
        ] {
            if let value { filters.append((column, value)) }
        }
        let why = EmptyAnswer(archive, nearest: { Suggestion.nearest(to: $0, among: $1) })
        if let sentence = try why.sentence(
            filters, since: filter.since, until: filter.until, in: zone, option: "--since ")
        {
            return sentence
        }
        guard !filter.hasChildren else { return nil }
        var wider = filter
        wider.hasChildren = true
        let count = try wider.count(in: archive)
        guard count > 0 else { return nil }
        return
            "\(HumanText.count(count, "execution")) that others launched would be here: '--children' lists them, too."
    }
}
