import CommandLineParser
import FlyteModel

extension Command {
    /// Which flightlog this is, and what it runs with.
    static let version = Command("version", "Prints the version, and those of the libraries it runs with.") {
        declare in
        let isVerbose = declare.flag(
            "verbose", "Names the libraries as well, and the least version that each may have.")
        declare.example("flightlog version --verbose", "For a report of a fault.")
        return { input in
            var text = "flightlog \(flightlogVersion)\n"
            if input[isVerbose] {
                let libraries = LibraryVersion.all
                let width = libraries.map(\.name.count).max() ?? 0
                for library in libraries {
                    let name = library.name.padded(to: width)
                    text += "  \(name)  \(library.found), at least \(library.leastText)"
                    text += library.isEnough ? "\n" : ": too old\n"
                }
            }
            try Terminal.print(text)
            return ExitCode.done.rawValue
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
