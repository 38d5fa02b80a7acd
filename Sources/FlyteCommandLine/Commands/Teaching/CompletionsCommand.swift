import CommandLineParser

extension Command {
    /// A script that makes a shell complete flightlog's words.
    static let shellCompletions: Command = Command(
        "completions", "Prints a script that makes a shell complete commands, options and their values."
    ) {
        declare in
        declare.details(
            "'make install' and the Debian package put these where shells look for them; the examples do it for one user."
        )
        let shell = declare.argument("SHELL", "Which shell.", choices: Shell.allCases.map(\.rawValue))
        declare.example(
            "flightlog completions bash > ~/.local/share/bash-completion/completions/flightlog",
            "Where the bash-completion package is installed; else 'source' it in ~/.bashrc.")
        declare.example(
            "flightlog completions zsh > ~/.zfunc/_flightlog",
            "A folder of zsh's fpath: 'fpath+=~/.zfunc' before 'compinit' in ~/.zshrc.")
        declare.example("flightlog completions fish > ~/.config/fish/completions/flightlog.fish")
        return { input in
            guard let shell = Shell(rawValue: input[shell]) else { return ExitCode.usage.rawValue }
            try Terminal.print(Flightlog.command.completions(for: shell))
            return ExitCode.done.rawValue
        }
    }
}
