extension Command {
    /// Lines beyond this are hard to read, however wide the terminal is.
    static let widestHelp = 100

    /// The text that `--help` prints, in lines of at most so many columns.
    public func help(path: String, width: Int = 80) -> String {
        let layout = TextLayout(width: min(width, Self.widestHelp))
        var sections = [
            "\(layout.paragraphs(summary))\n\n\(layout.paragraphs(usageLine(path: path), indent: 4, first: ""))"
        ]
        if !declaration.details.isEmpty { sections.append(layout.paragraphs(declaration.details)) }
        func list(_ title: String, _ entries: [(String, String)]) {
            if !entries.isEmpty { sections.append("\(title):\n\(layout.list(entries))") }
        }
        list("Commands", listedCommands)
        list("Topics", declaration.topics.map { ($0.name, $0.summary) })
        list("Arguments", declaration.items.filter(\.isArgument).map { ($0.name, $0.helpText) })
        let options = declaration.items.filter { !$0.isArgument }.map { ($0.synopsis, $0.helpText) }
        list("Options", options + ownOptions)
        for section in declaration.sections { list(section.title, section.entries) }
        if !declaration.examples.isEmpty {
            let lines = declaration.examples.map { example in
                layout.commandLine(example.line)
                    + (example.explanation.isEmpty
                        ? "" : "\n" + layout.paragraphs(example.explanation, indent: 6))
            }
            sections.append("Examples:\n" + lines.joined(separator: "\n"))
        }
        if !subcommands.isEmpty {
            sections.append(layout.paragraphs("'\(path) COMMAND --help' tells more, with examples."))
        }
        return sections.joined(separator: "\n\n") + "\n"
    }

    /// The text that `help TOPIC` prints.
    func help(on topic: Topic, width: Int) -> String {
        let layout = TextLayout(width: min(width, Self.widestHelp))
        return "\(layout.paragraphs(topic.summary))\n\n\(topic.prose.text(layout))\n"
    }

    /// The commands, with the one that every tool with topics has.
    var listedCommands: [(name: String, summary: String)] {
        subcommands.map { ($0.name, $0.summary) }
            + (declaration.topics.isEmpty
                ? [] : [("help", "Shows help on a command, or on one of the topics below.")])
    }

    /// What is understood without being declared.
    var ownOptions: [(name: String, help: String)] {
        (declaration.version == nil ? [] : [("-V, --version", "Shows the version.")]) + [
            ("-h, --help", "Shows this help.")
        ]
    }

    func usageLine(path: String) -> String {
        if !subcommands.isEmpty { return "Usage: \(path) COMMAND …" }
        return (["Usage: \(path)"] + usageWords).joined(separator: " ")
    }

    /// What stands behind the command's own name.
    var usageWords: [String] {
        var words: [String] = []
        for item in declaration.items {
            switch item.form {
            case .argument(false, false): words.append(item.name)
            case .argument(false, true): words.append("\(item.name)…")
            case .argument(true, let isRepeated): words.append("[\(item.name)\(isRepeated ? "…" : "")]")
            case .option, .flag: break
            }
        }
        return words + (declaration.items.allSatisfy(\.isArgument) ? [] : ["[OPTIONS]"])
    }
}

extension Declaration.Item {
    var synopsis: String {
        switch form {
        case .option(let placeholder, let isRepeated): "--\(name) \(placeholder)\(isRepeated ? " …" : "")"
        case .flag: "--\(name)"
        case .argument: name
        }
    }

    var helpText: String {
        choices.isEmpty || choices.count > 8 ? help : "\(help) One of \(choices.joined(separator: ", "))."
    }
}
