import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import Tables

extension Command {
    /// All columns anew.
    static let rebuild = Command(
        "rebuild", "Makes every column of an archive again from its messages, without a server."
    ) { declare in
        declare.details(
            """
            The messages are the truth; executions, nodes, attempts, literals, errors, definitions, spans, paths, lineage, changes and \
            the full-text index follow from them. Only rows that differ are written, one execution a transaction: it can be \
            killed at any moment and run again. Where a newer version of flightlog makes rows otherwise, 'flightlog status' says \
            so, and each harvest makes some; this makes all of them. What cannot be read is listed and left as it is. \
            Exit codes: 0 done, 3 some messages are damaged, 75 somebody else writes the archive.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let output = OutputOptions(&declare, of: path)
        declare.example(
            "flightlog rebuild runs.db",
            "After an update of flightlog, or when verify finds rows that differ.")
        return { input in
            let progress = CheckProgress("made again")
            defer { progress.close() }
            let summary = try Archive.changing(input[path]) { archive in
                let summary = try archive.rebuild(progress: progress.show)
                _ = try ChangeKeeper(archive).rebuild()
                _ = try ScheduleKeeper(archive).rebuild()
                return summary
            }
            progress.close()
            Terminal.say(sentence(summary, input[path]))
            guard !summary.damaged.isEmpty else { return ExitCode.done.rawValue }
            try output.print(Finding.table(summary.damaged), input, title: "Damage in \(input[path])")
            return ExitCode.findings.rawValue
        }
    }

    private static func sentence(_ summary: RebuildSummary, _ path: String) -> String {
        var text =
            "\(summary.changed) of \(summary.executions) executions of '\(path)' had rows that differed"
        if summary.definitionRows > 0 { text += ", \(summary.definitionRows) rows of definitions" }
        if summary.sharedRows > 0 { text += ", \(summary.sharedRows) errors and texts" }
        if summary.isSearchNew { text += ", the full-text index" }
        text += summary.changedNothing ? "; nothing was written." : "; they are mended."
        if !summary.damaged.isEmpty {
            text += " \(summary.damaged.count) could not be read, and stay as they are."
        }
        return text
    }
}
