import CommandLineParser

extension Command {
    /// A script that makes a shell complete flightlog's words.
    static let shellCompletions: Command = Command(
        "completions", "Prints a script that makes a shell complete commands and options."
    ) {
        declare in
        let shell = declare.argument("SHELL", "Which shell.", choices: Shell.allCases.map(\.rawValue))
        declare.example("flightlog completions bash > /etc/bash_completion.d/flightlog")
        return { input in
            guard let shell = Shell(rawValue: input[shell]) else { return ExitCode.usage.rawValue }
            try Terminal.print(Flightlog.command.completions(for: shell))
            return ExitCode.done.rawValue
        }
    }

    static let version = Command("version", "Prints the version.") { _ in
        { _ in
            try Terminal.print("flightlog \(flightlogVersion)\n")
            return ExitCode.done.rawValue
        }
    }
}
