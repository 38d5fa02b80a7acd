/// A report before it has a form: what it says, for HTML, Markdown, CSV and JSON alike.
public struct Report: Hashable, Sendable {
    public var title: String
    public var subtitle: String
    /// What a reader in a hurry should know, most important first.
    public var lead: ProseBlock
    public var blocks: [Block]
    /// How to read the figures.
    public var notes: ProseBlock
    /// The section whose first table is all that CSV has, where one table is what programs want of this report; nil
    /// where CSV has every block.
    public var principalSection: String?
    /// The addresses of the consoles that its executions are to be found in, by the names of their installations.
    public var consoles: [String: String] = [:]

    /// - Parameter shownLead: How many sentences of the lead people see at first; nil for all.
    public init(
        title: String, subtitle: String, lead: [ProseBlock.Sentence], shownLead: Int? = nil, blocks: [Block],
        notes: [String], principalSection: String? = nil
    ) {
        self.title = title
        self.subtitle = subtitle
        self.lead = ProseBlock(key: "lead", lead, shown: shownLead)
        self.blocks = blocks
        self.notes = ProseBlock(key: "notes", notes.map { ProseBlock.Sentence($0) })
        self.principalSection = principalSection
    }
}
