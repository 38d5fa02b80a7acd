extension Command {
    /// Lines are wrapped here, whatever the terminal: help is the same text everywhere.
    static let helpWidth = 100

    /// The text that `--help` prints.
    public func help(path: String) -> String {
        var sections = ["\(summary)\n\n\(usageLine(path: path))"]
        if !declaration.details.isEmpty { sections.append(Self.wrapped(declaration.details, indent: 0)) }
        if !subcommands.isEmpty {
            sections.append(Self.list("Commands:", subcommands.map { ($0.name, $0.summary) }))
        }
        let arguments = declaration.items.filter(\.isArgument)
        if !arguments.isEmpty {
            sections.append(Self.list("Arguments:", arguments.map { ($0.name, $0.helpText) }))
        }
        if subcommands.isEmpty {
            let options = declaration.items.filter { !$0.isArgument }.map { ($0.synopsis, $0.helpText) }
            sections.append(Self.list("Options:", options + [("-h, --help", "Shows this help.")]))
        }
        if !declaration.examples.isEmpty {
            let lines = declaration.examples.map { example in
                "  \(example.line)"
                    + (example.explanation.isEmpty ? "" : "\n" + Self.wrapped(example.explanation, indent: 6))
            }
            sections.append("Examples:\n" + lines.joined(separator: "\n"))
        }
        if !subcommands.isEmpty { sections.append("'\(path) COMMAND --help' tells more, with examples.") }
        return sections.joined(separator: "\n\n") + "\n"
    }

    func usageLine(path: String) -> String {
        if !subcommands.isEmpty { return "Usage: \(path) COMMAND …" }
        var words: [String] = []
        var hasOptions = false
        for item in declaration.items {
            switch item.form {
            case .argument(false, false): words.append(item.name)
            case .argument(false, true): words.append("\(item.name)…")
            case .argument(true, let isRepeated): words.append("[\(item.name)\(isRepeated ? "…" : "")]")
            case .option, .flag: hasOptions = true
            }
        }
        return (["Usage: \(path)"] + words + (hasOptions ? ["[OPTIONS]"] : [])).joined(separator: " ")
    }

    private static func list(_ title: String, _ entries: [(String, String)]) -> String {
        let column = min(28, entries.map(\.0.count).max() ?? 0) + 4
        let lines = entries.map { name, text in
            let head = "  " + name
            let body = wrapped(text, indent: column)
            guard head.count + 2 <= column else { return head + "\n" + body }
            return head + String(repeating: " ", count: column - head.count) + body.dropFirst(column)
        }
        return title + "\n" + lines.joined(separator: "\n")
    }

    static func wrapped(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = margin
            for word in paragraph.split(separator: " ") {
                if line.count > indent, line.count + word.count + 1 > helpWidth {
                    lines.append(line)
                    line = margin
                }
                line += (line.count > indent ? " " : "") + word
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
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
