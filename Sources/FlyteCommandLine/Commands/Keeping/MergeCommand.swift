import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel

extension Command {
    /// Archives into one.
    static let merge = Command(
        "merge", "Carries what other archives know into one: executions, definitions, journal and prices."
    ) { declare in
        declare.details(
            """
            The other archives may be of the same installations or of others; they are only read. Of an execution that \
            several have, the later observation stays. Merging again changes nothing, and a merge that was cut off is \
            done again. Where an archive was harvested as far as some moment, so is the result: a harvest goes on from there. \
            Prices come along for the installations of the archive that they are from; where the price book here says something \
            else of the same place and time, it stays as it is, and that is told. \
            Exit codes: 0 done, 1 failed, 2 done but something could not be read, 75 somebody else writes the archive.
            """)
        let path = declare.argument(
            "ARCHIVE", "The SQLite file to merge into; it is made when there is none.")
        let others = declare.repeatedArgument("OTHER", "The archives to merge.")
        declare.example("flightlog merge all.db east.db west.db", "Two installations in one file.")
        declare.example("flightlog merge runs.db recovered.db", "Adds what an older copy still had.")
        return { input in
            for other in input[others] { _ = try Archive(path: other, mode: .readOnly) }
            let isDamaged = try Archive.changing(input[path], orNew: true) { archive in
                var isDamaged = false
                for other in input[others] {
                    let summary = try archive.merge(try Archive(path: other, mode: .readOnly), at: .now)
                    Terminal.say(MergeText.sentence(summary, from: other, to: input[path]))
                    for error in summary.damaged { Terminal.say("flightlog: \(error)") }
                    isDamaged = isDamaged || !summary.damaged.isEmpty
                }
                try ChangeKeeper(archive).update()
                try ScheduleKeeper(archive).update()
                return isDamaged
            }
            return (isDamaged ? ExitCode.problems : .done).rawValue
        }
    }
}
