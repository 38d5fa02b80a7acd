/// Something that `help NAME` tells beside the commands.
public struct Topic: Sendable {
    public let name: String
    /// One sentence.
    public let summary: String
    let prose: Prose

    /// - Parameter text: A page in the ``Prose`` part of Markdown. Its first heading is the summary.
    public init(_ name: String, text: String) {
        self.name = name
        var prose = Prose(text)
        summary = prose.takeTitle().map { "\($0)." } ?? ""
        self.prose = prose
    }
}
