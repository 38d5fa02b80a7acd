/// What can follow a command's name: the one table that the scripts for all shells are made from.
struct CompletionPlace: Sendable {
    struct Word: Sendable, Hashable {
        var text: String
        /// One sentence; empty for none.
        var help: String

        init(_ text: String, _ help: String) {
            self.text = text
            self.help = help
        }
    }

    /// What stands for a value.
    enum Value: Sendable, Hashable {
        case words([Word])
        case file, folder
        /// Nothing that a shell could know.
        case any
    }

    struct Option: Sendable, Hashable {
        var name: String
        var help: String
        /// nil: a flag.
        var value: Value?
    }

    /// The command's names below the tool's own.
    var path: [String]
    var commands: [Word] = []
    var options: [Option] = []
    /// The arguments, in their order.
    var arguments: [Value] = []
    var isLastRepeated = false

    init(path: [String]) { self.path = path }

    /// The path as the scripts write it.
    var key: String { path.joined(separator: "/") }
}
