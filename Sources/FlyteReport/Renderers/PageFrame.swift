public import FlyteAnalysis
public import Markup
public import Tables

/// What stands around a report that is one page of several.
public struct PageFrame: Sendable {
    /// Before its title: what leads to the other pages, and asks for them.
    public var above: [HTML]
    /// Behind its last section.
    public var below: [HTML]
    /// The page of an execution, as a reference within these pages.
    public var address: @Sendable (ArchivedExecution) -> String

    public init(
        above: [HTML] = [], below: [HTML] = [], address: @escaping @Sendable (ArchivedExecution) -> String
    ) {
        self.above = above
        self.below = below
        self.address = address
    }
}

extension Report {
    /// Writes it as a page in a frame, and finishes what it is written to.
    public func write(in frame: PageFrame, to sink: any ByteSink) throws {
        try HTMLReport(in: frame).write(self, to: sink)
        try sink.finish()
    }
}
