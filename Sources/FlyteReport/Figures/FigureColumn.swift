import Tables

/// A column of figures, with a title for people and a key for machines.
public struct FigureColumn: Hashable, Sendable {
    /// How many columns it is for machines: as many in each answer, whatever its rows hold.
    public enum Content: Hashable, Sendable {
        case value
        /// `KEY`, `KEY_low`, `KEY_high`.
        case rate
        /// `KEY` for the upper bound, and before it `KEY_low`.
        case bounds
        /// `KEY` for the difference, `KEY_low`, `KEY_high`, `KEY_p`, `KEY_adjusted_p` and `KEY_verdict`.
        case change
    }

    public var title: String
    /// For CSV and JSON: lower case with underscores and the unit.
    public var key: String
    public var isNumber: Bool
    public var content: Content
    public var readers: Readers

    public enum Readers: Hashable, Sendable {
        case all
        /// Machines have it from other columns.
        case people
        /// CSV and JSON: people would not see the wood for the trees.
        case machines
    }

    public init(
        _ title: String, _ key: String, isNumber: Bool = false, _ content: Content = .value,
        for readers: Readers = .all
    ) {
        self.title = title
        self.key = key
        self.isNumber = isNumber
        self.content = content
        self.readers = readers
    }
}

extension FigureColumn {
    /// Its columns for machines.
    var columns: [Column] {
        let own = Column(key, isNumber || content != .value ? .real : .text)
        func also(_ endings: String...) -> [Column] { endings.map { Column("\(key)_\($0)", .real) } }
        return switch content {
        case .value: [own]
        case .rate: [own] + also("low", "high")
        case .bounds: also("low") + [own]
        case .change: [own] + also("low", "high", "p", "adjusted_p") + [Column("\(key)_verdict")]
        }
    }

    /// The values of a figure in these columns.
    func cells(_ figure: Figure) -> [Cell] {
        switch (content, figure) {
        case (.rate, .rate(let value, let low, let high)): [.real(value), .real(low), .real(high)]
        case (.bounds, .bounds(let low, let high, _)): [.real(low), .real(high)]
        case (.change, .change(let change)): [figure.cell] + change.evidence
        case (.bounds, _): [.null, figure.cell]
        default: [figure.cell] + columns.dropFirst().map { _ in .null }
        }
    }
}
