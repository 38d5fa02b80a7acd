/// Something that `help NAME` tells beside the commands.
public struct Topic: Sendable {
    public let name: String
    /// One sentence.
    public let summary: String
    private let text: String

    /// - Parameter text: A page in the ``Prose`` part of Markdown. Its first heading is the summary.
    public init(_ name: String, text: String) {
        self.name = name
        self.text = text
        let first = Substring(text.utf8.prefix { $0 != UInt8(ascii: "\n") })
        summary = Prose.heading(String(first)).map { "\($0.title)." } ?? ""
    }

    /// The page without its own heading. Read where it is wanted, since each command declares all topics.
    var prose: Prose {
        var prose = Prose(text)
        _ = prose.takeTitle()
        return prose
    }
}
