import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import Tables

extension Command {
    /// Whether an archive is whole.
    static let verify = Command(
        "verify", "Proves that an archive is whole: every message by its hash, every row by its messages."
    ) { declare in
        declare.details(
            """
            Checks the file (SQLite's own checks, references, schema), every pack, dictionary and message, every row \
            against the messages it comes from, the journal, the full-text index, the recomputed metric spans against the \
            server's, the critical paths, and the changes of durations and failures. What is wrong is a row of the answer: place, finding, detail. Spans that the \
            server told otherwise than its own rows give are rows, too, but no damage, unless --spans asks for them. It \
            changes nothing, works on read-only media and while a harvest runs, and holds one execution in memory. \
            Exit codes: 0 whole, 3 findings, 1 the file cannot be opened.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let isQuick = declare.flag(
            "quick", "Only the file, its counts and journal, and the messages of a hundred executions.")
        let spans = declare.flag("spans", "Only the metric spans: recomputed against the server's.")
        let paths = declare.flag(
            "paths", "Only the critical paths: in order, without gaps, along edges, as long as the execution."
        )
        let output = OutputOptions(&declare, of: path)
        declare.example("flightlog verify runs.db")
        declare.example("flightlog verify runs.db --quick", "Seconds, for every night.")
        declare.example(
            "flightlog verify runs.db --spans --format json", "Each difference to the server's spans.")
        return { input in
            let extent: Verification.Extent
            switch (input[isQuick], input[spans] || input[paths]) {
            case (true, true): throw UsageError("--quick leaves out spans and paths; give one or the other.")
            case (true, false): extent = .quick
            case (false, true): extent = .only(spans: input[spans], paths: input[paths])
            case (false, false): extent = .everything
            }
            let archive = try Archive(path: input[path], mode: .readOnly)
            let progress = CheckProgress("checked")
            defer { progress.close() }
            var findings: [Finding] = []
            let result = try archive.verify(extent, progress: progress.show) { findings.append($0) }
            let answers =
                extent == .everything
                ? try archive.reading {
                    try ChangeKeeper(archive).findings() + ScheduleKeeper(archive).findings()
                } : []
            findings += answers
            progress.close()
            if result.overdue > 0 {
                Terminal.say(
                    "\(result.overdue) rows are due to be made again, and were not compared with their messages: 'flightlog status \(input[path])' says why, 'flightlog rebuild \(input[path])' makes them."
                )
            }
            if !findings.isEmpty {
                try output.print(Finding.table(findings), input, title: "Findings in \(input[path])")
            }
            let odd =
                result.oddities > 0
                ? " In \(result.oddities) places the server told spans otherwise than its own rows give them; that is no damage."
                : ""
            guard result.findings + answers.count == 0 else {
                Terminal.say("'\(input[path])' has \(result.findings + answers.count) findings." + odd)
                return ExitCode.findings.rawValue
            }
            Terminal.say(
                "Verified \(result.executions) executions, \(result.messages) messages (\(HarvestRun.bytes(result.bytes)))"
                    + (extent == .everything ? " and \(result.definitions) definitions" : "")
                    + " of '\(input[path])'; nothing is wrong." + odd)
            return ExitCode.done.rawValue
        }
    }
}
