/// A text as it is, line by line, in a fixed-width font: a traceback, a statement, a definition.
public struct CodeBlock: Hashable, Sendable {
    /// Its name within its section, for CSV and JSON.
    public var key: String
    /// What it is; empty for nothing.
    public var title: String
    public var text: String

    public init(key: String = "code", _ title: String = "", _ text: String) {
        self.key = key
        self.title = title
        self.text = text
    }
}
