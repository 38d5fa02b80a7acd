extension Command {
    /// What a command line asks for.
    public enum Outcome: Sendable {
        /// Run this; it gives the exit code.
        case run(@Sendable () async throws -> Int32)
        /// Print this.
        case help(String)
    }

    /// Understands the words behind the tool's own name. A ``UsageError`` says in one sentence what is wrong
    /// and ends with the usage.
    ///
    /// - Parameter width: Columns of the terminal that help is for.
    public func parse(_ words: [String], width: Int = 80) throws(UsageError) -> Outcome {
        try parse(words[...], path: name, width)
    }

    private func parse(_ words: ArraySlice<String>, path: String, _ width: Int) throws(UsageError) -> Outcome
    {
        guard subcommands.isEmpty else { return try parseSubcommand(words, path: path, width) }
        var values: [Int: any Sendable] = [:]
        for item in declaration.items { item.start(&values) }
        var arguments: [String] = []
        var given: Set<Int> = []
        var rest = words
        while let word = rest.popFirst() {
            if word == "--" {
                arguments += rest
                break
            }
            guard word.hasPrefix("-"), word != "-", !Self.isNumber(word), !Self.isText(word) else {
                arguments.append(word)
                continue
            }
            if word == "-h" || word == "--help" { return .help(help(path: path, width: width)) }
            try readOption(word, &rest, &values, &given, path)
        }
        try readArguments(arguments, &values, path)
        guard let action else { return .help(help(path: path, width: width)) }
        let input = Input(values: values)
        return .run { try await action(input) }
    }

    private func parseSubcommand(
        _ words: ArraySlice<String>, path: String, _ width: Int
    ) throws(UsageError) -> Outcome {
        guard let word = words.first else { return .help(help(path: path, width: width)) }
        if let command = subcommands.first(where: { $0.name == word }) {
            return try command.parse(words.dropFirst(), path: "\(path) \(word)", width)
        }
        switch word {
        case "-h", "--help": return .help(help(path: path, width: width))
        case "-V", "--version":
            if let version = declaration.version { return .help(version) }
        case "help": return try parseHelp(words.dropFirst(), path: path, width)
        default: break
        }
        let kind = word.hasPrefix("-") ? "option" : "command"
        let names = word.hasPrefix("-") ? ["--help", "--version"] : listedCommands.map(\.name)
        throw usage("Unknown \(kind) '\(word)'." + Suggestion.sentence(for: word, among: names), path)
    }

    /// `tool help report weekly` is `tool report weekly --help`; `tool help TOPIC` tells of a topic, also where a command
    /// has its name.
    private func parseHelp(
        _ words: ArraySlice<String>, path: String, _ width: Int
    ) throws(UsageError) -> Outcome {
        if words.count == 1, let topic = declaration.topics.first(where: { $0.name == words.first }) {
            return .help(help(on: topic, width: width))
        }
        guard let word = words.first, word != "help", !word.hasPrefix("-") else {
            return .help(help(path: path, width: width))
        }
        guard subcommands.contains(where: { $0.name == word }) else {
            let names = subcommands.map(\.name) + declaration.topics.map(\.name)
            let what = declaration.topics.isEmpty ? "command" : "command or topic"
            throw usage(
                "No \(what) is called '\(word)'." + Suggestion.sentence(for: word, among: names), path)
        }
        return try parse(words + ["--help"], path: path, width)
    }

    private func readOption(
        _ word: String, _ rest: inout ArraySlice<String>, _ values: inout [Int: any Sendable],
        _ given: inout Set<Int>, _ path: String
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let options = declaration.items.filter { !$0.isArgument }
        guard let item = options.first(where: { "--" + $0.name == parts[0] }) else {
            throw usage(
                "Unknown option '\(parts[0])'."
                    + Suggestion.sentence(for: parts[0], among: options.map { "--" + $0.name } + ["--help"]),
                path)
        }
        guard case .option(let placeholder, let isRepeated) = item.form else {
            guard parts.count == 1 else { throw usage("Option '\(parts[0])' takes no value.", path) }
            return try read(item, "", &values, path)
        }
        if !isRepeated, !given.insert(item.id).inserted {
            throw usage("Option '\(parts[0])' is given twice.", path)
        }
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
            throw usage("Option '\(parts[0])' needs a value: \(parts[0]) \(placeholder).", path)
        }
        try read(item, value, &values, path)
    }

    private func readArguments(
        _ arguments: [String], _ values: inout [Int: any Sendable], _ path: String
    ) throws(UsageError) {
        var rest = arguments[...]
        for item in declaration.items {
            guard case .argument(let isOptional, let isRepeated) = item.form else { continue }
            guard let first = rest.popFirst() else {
                if isOptional { continue }
                throw usage("Missing argument '\(item.name)': \(item.help)", path)
            }
            try read(item, first, &values, path)
            while isRepeated, let next = rest.popFirst() { try read(item, next, &values, path) }
        }
        if let extra = rest.first { throw usage("Unexpected argument '\(extra)'.", path) }
    }

    private func read(
        _ item: Declaration.Item, _ text: String, _ values: inout [Int: any Sendable], _ path: String
    ) throws(UsageError) {
        if !item.choices.isEmpty, !item.choices.contains(text) {
            throw usage(
                "\(item.label) cannot be '\(text)'; it is one of \(item.choices.joined(separator: ", "))."
                    + Suggestion.sentence(for: text, among: item.choices), path)
        }
        do {
            try item.read(text, &values)
        } catch {
            throw usage("\(item.label): \(error.description)", path)
        }
    }

    private func usage(_ sentence: String, _ path: String) -> UsageError {
        UsageError("\(sentence)\n\(usageLine(path: path))\nSee '\(path) --help'.")
    }

    /// Whether there is a space where an option has its name: SQL, say, that begins with a comment.
    private static func isText(_ word: String) -> Bool {
        word.prefix { $0 != "=" }.contains { $0 == " " || $0.isNewline }
    }

    private static func isNumber(_ word: String) -> Bool {
        word.count > 1 && Double(word) != nil
    }
}

extension Declaration.Item {
    var isArgument: Bool { if case .argument = form { true } else { false } }

    /// How messages name it.
    var label: String { isArgument ? name : "--" + name }
}
