/// A command: what it does, what it takes, and how it is run.
///
/// ```swift
/// let greet = Command("greet", "Says hello.") { declare in
///     let name = declare.argument("NAME", "Whom to greet.")
///     let isLoud = declare.flag("loud", "In capitals.")
///     declare.example("tool greet World --loud", "Says HELLO WORLD.")
///     return { input in
///         print(input[isLoud] ? "HELLO \(input[name].uppercased())" : "Hello \(input[name])")
///         return 0
///     }
/// }
/// let tool = Command("tool", "A friendly tool.", subcommands: [greet])
/// ```
/// Parsing, checking, help, suggestions and completions all follow from the declaration. The habits are
/// GNU's: `--name value` or `--name=value`, options anywhere, `--` before arguments that begin with a dash.
public struct Command: Sendable {
    /// Gets the values and gives the exit code.
    public typealias Action = @Sendable (Input) async throws -> Int32

    public let name: String
    /// One sentence.
    public let summary: String
    public let subcommands: [Command]
    let declaration: Declaration
    let action: Action?

    public init(_ name: String, _ summary: String, _ declare: (inout Declaration) -> Action) {
        self.name = name
        self.summary = summary
        subcommands = []
        var declaration = Declaration()
        action = declare(&declaration)
        self.declaration = declaration
    }

    /// A command that only holds others.
    public init(
        _ name: String, _ summary: String, subcommands: [Command],
        _ declare: (inout Declaration) -> Void = { _ in }
    ) {
        self.name = name
        self.summary = summary
        self.subcommands = subcommands
        var declaration = Declaration()
        declare(&declaration)
        action = nil
        self.declaration = declaration
    }
}
