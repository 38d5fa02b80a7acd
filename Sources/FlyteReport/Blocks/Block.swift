/// A piece of a report. Each form of reports renders every one of them, and the compiler asks it to.
public enum Block: Hashable, Sendable {
    case heading(HeadingBlock)
    case prose(ProseBlock)
    case facts(FactsBlock)
    case table(TableBlock)
    case chart(ChartBlock)
    case timeline(TimelineBlock)
    case graph(GraphBlock)
    case tree(TreeBlock)
    case code(CodeBlock)
    case links(LinksBlock)
    case receipts(ReceiptsBlock)
}
