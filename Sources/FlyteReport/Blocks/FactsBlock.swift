import Tables

/// Things that have a name and a value each, such as who started an execution and when.
public struct FactsBlock: Hashable, Sendable {
    public struct Fact: Hashable, Sendable {
        /// The name; its `isNumber` says nothing here.
        public var name: FigureColumn
        public var value: Figure

        public init(_ title: String, _ key: String, _ value: Figure) {
            let isRate = if case .rate = value { true } else { false }
            name = FigureColumn(title, key, isRate ? .rate : .value)
            self.value = value
        }
    }

    /// Its name within its section, for CSV and JSON.
    public var key: String
    public var facts: [Fact]

    public init(key: String = "facts", _ facts: [Fact]) {
        self.key = key
        self.facts = facts
    }
}

extension FactsBlock {
    /// One row with a column for each fact.
    var table: Table {
        FigureTable(columns: facts.map(\.name), rows: [facts.map(\.value)]).table
    }
}
