import CommandLineParser
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// An archive in less room.
    static let compact = Command(
        "compact", "Packs an archive again into as little room as it takes, losing nothing."
    ) { declare in
        declare.details(
            """
            Worth it now and then: after the first big harvest, after a merge, once a year. It takes up to twice the \
            archive's size beside it while it works. The archive can be read meanwhile, and is whole whenever it ends.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        declare.example("flightlog compact runs.db")
        return { input in
            let sizes = try Archive.changing(input[path]) { try $0.compact(at: .now) }
            Terminal.say(
                "'\(input[path])' had \(HarvestRun.bytes(sizes.before)) and has \(HarvestRun.bytes(sizes.after))."
            )
            return ExitCode.done.rawValue
        }
    }
}
