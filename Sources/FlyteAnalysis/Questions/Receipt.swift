/// Which question gave a figure: anyone can ask it again.
public struct Receipt: Hashable, Sendable, CustomStringConvertible {
    public enum Question: Hashable, Sendable {
        /// A query of `queries/`, by its name.
        case query(String)
        /// A statement over the archive's views.
        case sql(String)
        /// Another command of `flightlog`, with its arguments behind the archive.
        case command(String, arguments: [String])
    }

    public var question: Question
    /// What was bound, by name; times as the archive's views write them.
    public var parameters: [String: String]

    public init(_ question: Question, parameters: [String: String] = [:]) {
        self.question = question
        self.parameters = parameters
    }

    public init(query: String, parameters: [String: String] = [:]) {
        self.init(.query(query), parameters: parameters)
    }

    /// The statement's lines become one: it is to be pasted into a shell, and holds no comment.
    public init(sql: String, parameters: [String: String] = [:]) {
        precondition(!sql.contains("--"), "a comment would take the rest of the line")
        let words = sql.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        self.init(.sql(words.map { String(Substring($0)) }.joined(separator: " ")), parameters: parameters)
    }

    /// The command of `flightlog` that asks it, and what stands behind the archive:
    /// `query`, and `failure-rate-by-workflow --param since=…`.
    public var command: (name: String, arguments: [String]) {
        let bound = parameters.sorted { $0.key < $1.key }.flatMap { ["--param", "\($0.key)=\($0.value)"] }
        return switch question {
        case .query(let name): ("query", [name] + bound)
        case .sql(let statement): ("sql", [statement] + bound)
        case .command(let name, let arguments): (name, arguments + bound)
        }
    }

    public var description: String { ([command.name] + command.arguments).joined(separator: " ") }
}
