import CommandLineParser
import Glibc
import Tables

extension Command {
    /// The manual's pages.
    static let man: Command = Command(
        "man", "Prints a page of the manual, or writes all of them into a folder."
    ) {
        declare in
        declare.details(
            "'make install' and the Debian package install the pages; this is for those who copied the executable."
        )
        let names = declare.repeatedArgument(
            "COMMAND", "Which command's page, or the name of a topic. Default: that of flightlog itself.",
            isOptional: true)
        let folder = declare.option("out", "DIR", "Writes all pages there, into man1 and man7.")
        declare.example("flightlog man report weekly | man -l -", "One page, on the terminal.")
        declare.example("flightlog man --out ~/.local/share/man", "All pages, where 'man' finds them.")
        return { input in
            let pages = Flightlog.command.manual(date: flightlogManualDate, version: flightlogVersion)
            if let folder = input[folder] {
                guard input[names].isEmpty else {
                    throw UsageError("--out writes all pages; leave the name out.")
                }
                try write(pages, into: folder)
                return ExitCode.done.rawValue
            }
            let title = (["flightlog"] + input[names]).joined(separator: "-")
            guard let page = pages.first(where: { $0.file == "\(title).1" || $0.file == "\(title).7" }) else {
                let known = pages.map { String($0.file.dropFirst("flightlog-".count).dropLast(2)) }
                throw UsageError(
                    "There is no page '\(input[names].joined(separator: " "))'."
                        + Suggestion.sentence(for: input[names].joined(separator: "-"), among: known))
            }
            try Terminal.print(page.text)
            return ExitCode.done.rawValue
        }
    }

    private static func write(_ pages: [ManualPage], into folder: String) throws {
        for path in [folder, folder + "/man1", folder + "/man7"] {
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
                throw Failure("The folder '\(path)' cannot be made: \(String(cString: strerror(errno))).")
            }
        }
        for page in pages {
            try AtomicFile.write(page.text, to: "\(folder)/man\(page.file.suffix(1))/\(page.file)")
        }
        Terminal.say("Wrote \(pages.count) pages into '\(folder)'.")
    }
}
