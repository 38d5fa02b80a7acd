import CommandLineParser
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// What is in an archive, and how fresh it is.
    static let status = Command(
        "status", "Says what is in an archive, how fresh it is, what is open and what failed."
    ) { declare in
        declare.details(
            """
            The verdict comes first. FRESH: a harvest came to its end within the last 36 hours (--stale-after), and each project \
            and domain is complete up to a time within them. STALE: not so. NEVER HARVESTED: no harvest ever came to its end. \
            Then how the last harvest ended, and why if it failed; what is open; whether somebody writes the archive now; \
            and the room that there is.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let staleAfter = declare.option(
            "stale-after", "HOURS", "The age at which an archive is called stale. Default: 36."
        ) { text throws(UsageError) in
            guard let hours = Int64(text), (1...100_000).contains(hours) else {
                throw UsageError("'\(text)' is no number of hours from 1 to 100000.")
            }
            return hours
        }
        let output = OutputOptions(&declare, of: path, isForPeople: true)
        declare.example("flightlog status runs.db")
        declare.example(
            "flightlog status runs.db --format json",
            "One object, with an array of rows for each part; ndjson and csv name the part in each row.")
        return { input in
            var status = ArchiveStatus(archive: try Archive(path: input[path], mode: .readOnly), now: .now)
            if let hours = input[staleAfter] { status.maxAge = hours * 3_600_000_000_000 }
            let isForPeople = try output.format(input) == .table
            let zone = output.page.zone.rules(input)
            try status.archive.reading {
                let answer = try output.writer(input, title: "Status of \(input[path])", hasParts: true)
                if isForPeople {
                    let verdict = try status.verdict()
                    answer.preface(
                        verdict.text(
                            clock: zone.clock, width: output.width(input),
                            colors: output.page.colors(input)) + "\n")
                }
                // People look at the last weeks; 'flightlog query ARCHIVE coverage-by-week' has all.
                try status.write(
                    weeks: isForPeople ? 20 : nil, hasVerdict: !isForPeople,
                    in: zone, to: answer)
                try answer.end()
            }
            return ExitCode.done.rawValue
        }
    }
}
