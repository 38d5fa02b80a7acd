import CommandLineParser
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// What a database owner may remove.
    static let prunePlan = Command(
        "prune-plan",
        "Says of each execution whether the archive proves to hold all that Flyte's database has."
    ) { declare in
        declare.details(
            """
            Proven is what ended, was handed over whole, verifies, and has no open problem; and whose parent and children \
            are proven too. Everything else is listed with its reasons, and left out of the SQL. What the server itself had \
            lost when it was asked is told beside it, as "lost": the archive has what there was. A damaged archive proves \
            nothing. It deletes nothing and connects to nothing: with --format sql it writes a file for flyteadmin's \
            PostgreSQL database that ends with ROLLBACK, for its owner to read, change and run. \
            Exit codes: 0 all proven, 3 some are not.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let before = declare.timeOption(
            "before",
            "Only executions that ended before then, such as now-90d, or of which nothing tells when they ended."
        )
        let source = declare.option(
            "source", "NAME", "Only this installation; --format sql needs it where there are several.")
        let format = declare.option(
            "format", "FORMAT",
            "How the plan is written; sql has the proven ones only. Default: table on a terminal, csv elsewhere.",
            choices: OutputOptions.formats + ["sql"])
        let file = declare.option("out", "FILE", "Where it is written. Default: standard output.")
        let fileMode = declare.fileModeOption(of: "what --out names")
        declare.example("flightlog prune-plan runs.db --before now-90d")
        declare.example(
            "flightlog prune-plan runs.db --before now-90d --format sql --out prune.sql",
            "For the database owner: psql -f prune.sql shows what it would do.")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            let sources = try archive.sources().map(\.name)
            if let name = input[source], !sources.contains(name) {
                throw Failure(
                    "'\(input[path])' has no installation '\(name)'; it has \(sources.joined(separator: ", ")).",
                    .usage)
            }
            if input[format] == "sql", input[source] == nil, sources.count > 1 {
                throw Failure(
                    "'\(input[path])' has \(sources.count) installations, each with a database of its own; choose one with --source.",
                    .usage)
            }
            let place = try input[file].map { try AtomicFile.beside(input[path], $0, input[fileMode]) }
            let progress = CheckProgress("looked at")
            defer { progress.close() }
            var plan = try archive.prunePlan(before: try input[before]?.resolved(), progress: progress.show)
            progress.close()
            if let name = input[source] { plan.items.removeAll { $0.source != name } }
            if input[format] == "sql" {
                try PruneText.write(
                    plan, source: input[source] ?? sources.first ?? "", to: place ?? StandardOutput())
            } else {
                let chosen =
                    input[format].flatMap(AnswerFormatName.init(rawValue:))
                    ?? (Terminal.width != nil && place == nil ? .table : .csv)
                let answer = OutputOptions.writer(
                    chosen, to: place, title: "Prune plan of \(input[path])")
                try answer.begin(TableHead(columns: PrunePlan.columns))
                for item in plan.items { try answer.row(item.cells) }
                try answer.end()
            }
            Terminal.say(sentence(plan, input[path]))
            return (plan.proven.count == plan.items.count ? ExitCode.done : .findings).rawValue
        }
    }

    private static func sentence(_ plan: PrunePlan, _ path: String) -> String {
        guard plan.damage.isEmpty else {
            return
                "'\(path)' proves nothing: it has \(plan.damage.count) findings of its own; 'flightlog verify \(path)' lists them."
        }
        let proven =
            "\(plan.proven.count) of \(plan.items.count) executions are proven to be whole in '\(path)'"
        let lost = plan.proven.count { !$0.lost.isEmpty }
        guard lost > 0 else { return proven + "." }
        return proven + "; of \(lost) of them the server itself had lost something: see 'lost'."
    }
}
