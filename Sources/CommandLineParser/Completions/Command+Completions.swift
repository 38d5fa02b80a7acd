extension Command {
    /// The shells that a completion script can be made for.
    public enum Shell: String, CaseIterable, Sendable {
        case bash, zsh, fish
    }

    /// A script that completes commands, options, choices and, where the tool has said so, names of files and folders.
    /// It asks nobody while it completes, the tool neither.
    public func completions(for shell: Shell) -> String {
        let places = completionPlaces
        return switch shell {
        case .bash: BashCompletions(tool: name, places: places).script
        case .zsh: ZshCompletions(tool: name, places: places).script
        case .fish: FishCompletions(tool: name, places: places).script
        }
    }

    private var completionPlaces: [CompletionPlace] {
        var places = completionPlaces(path: [], self)
        if !declaration.topics.isEmpty {
            let words = listedCommands.map { CompletionPlace.Word($0.name, $0.summary) }
            // A topic that has a command's name is one word of the list.
            let topics = declaration.topics.filter { topic in !words.contains { $0.text == topic.name } }
            var help = CompletionPlace(path: ["help"])
            help.arguments = [.words(words + topics.map { CompletionPlace.Word($0.name, $0.summary) })]
            places.append(help)
        }
        return places
    }

    private func completionPlaces(path: [String], _ tool: Command) -> [CompletionPlace] {
        var place = CompletionPlace(path: path)
        place.commands = (path.isEmpty ? listedCommands : subcommands.map { ($0.name, $0.summary) })
            .map { CompletionPlace.Word($0.0, $0.1) }
        for item in declaration.items {
            switch item.form {
            case .flag: place.options.append(.init(name: "--" + item.name, help: item.help, value: nil))
            case .option(let placeholder, _):
                place.options.append(
                    .init(name: "--" + item.name, help: item.help, value: tool.value(item, placeholder)))
            case .argument(_, let isRepeated):
                place.arguments.append(tool.value(item, item.name))
                place.isLastRepeated = isRepeated
            }
        }
        for option in path.isEmpty ? ownOptions : ownOptions.suffix(1) {
            place.options += option.name.split(separator: ", ").map {
                .init(name: String($0), help: option.help, value: nil)
            }
        }
        return [place] + subcommands.flatMap { $0.completionPlaces(path: path + [$0.name], tool) }
    }

    private func value(_ item: Declaration.Item, _ placeholder: String) -> CompletionPlace.Value {
        if !item.choices.isEmpty { return .words(item.choices.map { CompletionPlace.Word($0, "") }) }
        if declaration.filePlaceholders.contains(placeholder) { return .file }
        return declaration.folderPlaceholders.contains(placeholder) ? .folder : .any
    }
}
