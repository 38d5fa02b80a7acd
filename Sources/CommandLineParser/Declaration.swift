/// What a command takes, as its closure declares it.
///
/// Each call declares one thing and gives back the key to its value. The order of arguments is that of their
/// declaration; help shows everything in that order.
public struct Declaration: Sendable {
    struct Item: Sendable {
        enum Form: Sendable, Hashable {
            case argument(isOptional: Bool, isRepeated: Bool)
            case option(placeholder: String, isRepeated: Bool)
            case flag
        }
        var id: Int
        var name: String
        var help: String
        var form: Form
        /// Words that a shell may complete to.
        var choices: [String]
        /// Adds one text to the values so far.
        var read: @Sendable (String, inout [Int: any Sendable]) throws(UsageError) -> Void
        /// Puts in what stands for nothing given.
        var start: @Sendable (inout [Int: any Sendable]) -> Void
    }
    struct Example: Sendable, Hashable {
        var line: String
        var explanation: String
    }

    struct Section: Sendable {
        var title: String
        var entries: [(name: String, text: String)]
    }

    var items: [Item] = []
    var examples: [Example] = []
    var details = ""
    var sections: [Section] = []
    var topics: [Topic] = []
    /// What `--version` prints; nil where nothing has one.
    var version: String?
    /// The placeholders of values that are files, and of those that are folders.
    var filePlaceholders: Set<String> = []
    var folderPlaceholders: Set<String> = []

    init() {}

    // MARK: Arguments

    /// An argument that must be given.
    public mutating func argument<Value: Sendable>(
        _ name: String, _ help: String, choices: [String] = [],
        read: @escaping @Sendable (String) throws(UsageError) -> Value
    ) -> Parameter<Value> {
        add(name, help, .argument(isOptional: false, isRepeated: false), choices, read) { _, new in new }
    }

    public mutating func argument(_ name: String, _ help: String, choices: [String] = []) -> Parameter<String>
    {
        argument(name, help, choices: choices) { text throws(UsageError) in text }
    }

    /// An argument that may be left out.
    public mutating func optionalArgument(
        _ name: String, _ help: String, choices: [String] = []
    ) -> Parameter<String?> {
        add(name, help, .argument(isOptional: true, isRepeated: false), choices, start: .some(nil)) {
            text throws(UsageError) in text
        }
    }

    /// All the arguments that are left, at least one unless they are optional.
    public mutating func repeatedArgument(
        _ name: String, _ help: String, isOptional: Bool = false
    ) -> Parameter<[String]> {
        add(name, help, .argument(isOptional: isOptional, isRepeated: true), [], start: []) {
            text throws(UsageError) in
            [text]
        } combine: {
            $0 + $1
        }
    }

    // MARK: Options

    /// `--name VALUE` or `--name=VALUE`; nil when it is not given.
    public mutating func option<Value: Sendable>(
        _ name: String, _ placeholder: String, _ help: String, choices: [String] = [],
        read: @escaping @Sendable (String) throws(UsageError) -> Value
    ) -> Parameter<Value?> {
        add(name, help, .option(placeholder: placeholder, isRepeated: false), choices, start: .some(nil)) {
            text throws(UsageError) in try read(text)
        }
    }

    public mutating func option(
        _ name: String, _ placeholder: String, _ help: String, choices: [String] = []
    ) -> Parameter<String?> {
        option(name, placeholder, help, choices: choices) { text throws(UsageError) in text }
    }

    /// An option that can be given several times; the values in the order of the command line.
    public mutating func repeatedOption<Value: Sendable>(
        _ name: String, _ placeholder: String, _ help: String, choices: [String] = [],
        read: @escaping @Sendable (String) throws(UsageError) -> Value
    ) -> Parameter<[Value]> {
        add(name, help, .option(placeholder: placeholder, isRepeated: true), choices, start: []) {
            text throws(UsageError) in
            [try read(text)]
        } combine: {
            $0 + $1
        }
    }

    public mutating func repeatedOption(
        _ name: String, _ placeholder: String, _ help: String, choices: [String] = []
    ) -> Parameter<[String]> {
        repeatedOption(name, placeholder, help, choices: choices) { text throws(UsageError) in text }
    }

    /// `--name`: true when it is given.
    public mutating func flag(_ name: String, _ help: String) -> Parameter<Bool> {
        add(name, help, .flag, [], start: false) { _ throws(UsageError) in true }
    }

    // MARK: Teaching

    /// A command line that works, and what it does.
    public mutating func example(_ line: String, _ explanation: String = "") {
        examples.append(Example(line: line, explanation: explanation))
    }

    /// A paragraph below the summary.
    public mutating func details(_ text: String) { details = text }

    /// A list with a title of its own, at the end of the help.
    public mutating func section(_ title: String, _ entries: [(name: String, text: String)]) {
        sections.append(Section(title: title, entries: entries))
    }

    // MARK: Of the tool

    /// What `--version` and `-V` print.
    public mutating func version(_ text: String) { version = text }

    /// What `help NAME` tells beside the commands.
    public mutating func topic(_ topic: Topic) { topics.append(topic) }

    /// Of which placeholders the values are files and folders, in the arguments and options of all commands: shells
    /// complete these, and no others, with names of the file system.
    public mutating func completesFiles(of files: Set<String>, folders: Set<String>) {
        filePlaceholders = files
        folderPlaceholders = folders
    }

    private mutating func add<Value: Sendable>(
        _ name: String, _ help: String, _ form: Item.Form, _ choices: [String], start: Value? = nil,
        _ read: @escaping @Sendable (String) throws(UsageError) -> Value,
        combine: @escaping @Sendable (Value, Value) -> Value = { $1 }
    ) -> Parameter<Value> {
        let id = items.count
        items.append(
            Item(
                id: id, name: name, help: help, form: form, choices: choices,
                read: { text, values throws(UsageError) in
                    let new = try read(text)
                    values[id] = (values[id] as? Value).map { combine($0, new) } ?? new
                },
                start: { if let start { $0[id] = start } }))
        return Parameter(id: id)
    }

    private mutating func add<Value: Sendable>(
        _ name: String, _ help: String, _ form: Item.Form, _ choices: [String],
        _ read: @escaping @Sendable (String) throws(UsageError) -> Value,
        combine: @escaping @Sendable (Value, Value) -> Value
    ) -> Parameter<Value> {
        add(name, help, form, choices, start: Optional<Value>.none, read, combine: combine)
    }
}
