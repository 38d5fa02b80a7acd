import CommandLineParser
import FlyteArchive

extension Command {
    /// An older archive to the newest schema.
    static let migrate = Command(
        "migrate",
        "Brings an archive of an older version to the newest schema, and keeps a copy of it as it was."
    ) { declare in
        declare.details(
            """
            A harvest does this by itself, as every command does that changes an archive. Commands that only read work on \
            older archives as they are. The copy is called NAME.before-vN, N being the new version. All steps are run or \
            none; there is no way back but the copy. Columns that a step adds and the messages tell are NULL until a harvest or \
            'flightlog rebuild' has made them; 'flightlog status' says so.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let isDry = declare.flag("dry-run", "Only tells which steps would be run, and what they do.")
        declare.example("flightlog migrate runs.db --dry-run")
        declare.example("flightlog migrate runs.db")
        return { input in
            let steps = try Archive(path: input[path], mode: .readOnly).missingSteps
            guard let last = steps.last else {
                Terminal.say("'\(input[path])' has the newest schema already, version \(Migration.newest).")
                return ExitCode.done.rawValue
            }
            guard !input[isDry] else {
                for step in steps {
                    try Terminal.print(step.purpose + "\n")
                    for thing in step.makes { try Terminal.print("  makes \(thing)\n") }
                }
                Terminal.say("Nothing was done. The copy would be '\(input[path]).before-v\(last.version)'.")
                return ExitCode.done.rawValue
            }
            try Archive.changing(input[path]) { _ in }
            return ExitCode.done.rawValue
        }
    }
}
