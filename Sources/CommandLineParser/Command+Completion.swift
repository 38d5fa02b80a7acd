extension Command {
    /// The shells that a completion script can be made for.
    public enum Shell: String, CaseIterable, Sendable {
        case bash, zsh, fish
    }

    /// A script that completes commands, options and choices; file names everywhere else.
    public func completions(for shell: Shell) -> String {
        switch shell {
        case .bash: bash()
        case .zsh: "autoload -U +X bashcompinit && bashcompinit\n" + bash()
        case .fish: fish(path: [])
        }
    }

    /// Every command with its path below the tool's own name, the tool first.
    private func all(_ path: [String] = []) -> [(path: [String], command: Command)] {
        [(path, self)] + subcommands.flatMap { $0.all(path + [$0.name]) }
    }

    private var words: [String] {
        subcommands.map(\.name) + declaration.items.filter { !$0.isArgument }.map { "--" + $0.name } + [
            "--help"
        ]
            + declaration.items.filter(\.isArgument).flatMap(\.choices)
    }

    private func bash() -> String {
        var cases = ""
        for (path, command) in all() {
            cases +=
                "        \"\(path.joined(separator: " "))\") words=\"\(command.words.joined(separator: " "))\" ;;\n"
        }
        var choices = ""
        for (path, command) in all() {
            for item in command.declaration.items where !item.isArgument && !item.choices.isEmpty {
                choices +=
                    "        \"\((path + ["--" + item.name]).joined(separator: " "))\") words=\"\(item.choices.joined(separator: " "))\" ;;\n"
            }
        }
        return """
            _\(name)() {
                local word path="" words=""
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case "$path $word" in
            \(all().dropFirst().map { "            \"\(([""] + $0.path.dropLast()).joined(separator: $0.path.count > 1 ? " " : "")) \($0.command.name)\") path=\"\($0.path.joined(separator: " "))\" ;;" }.joined(separator: "\n"))
                    esac
                done
                case "$path" in
            \(cases)    esac
                case "$path ${COMP_WORDS[COMP_CWORD-1]}" in
            \(choices)    esac
                COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _\(name) \(name)

            """
    }

    private func fish(path: [String]) -> String {
        var lines: [String] = []
        for (path, command) in all() {
            let condition =
                path.isEmpty ? "__fish_use_subcommand" : "__fish_seen_subcommand_from \(path[path.count - 1])"
            for sub in command.subcommands {
                lines.append(
                    "complete -c \(name) -n '\(condition)' -a \(sub.name) -d '\(Self.quoted(sub.summary))'")
            }
            for item in command.declaration.items where !item.isArgument {
                var line =
                    "complete -c \(name) -n '\(condition)' -l \(item.name) -d '\(Self.quoted(item.help))'"
                if case .option = item.form { line += " -r" }
                if !item.choices.isEmpty { line += " -f -a '\(item.choices.joined(separator: " "))'" }
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.map { $0 == "'" ? "\\'" : String($0) }.joined()
    }
}
