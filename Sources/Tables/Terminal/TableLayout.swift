/// Which columns of a table a terminal shows side by side, and how wide.
struct TableLayout {
    /// A column that could be shown.
    struct Candidate {
        /// Its place in the table.
        var index: Int
        var reading: ColumnReading
        /// Of its widest value.
        var content: Int
        /// Of the longest word of its name.
        var title: Int

        /// The least columns in which it can be read.
        fileprivate var least: Int { max(title, min(content, reading.meaning.least ?? content)) }
        fileprivate var comfort: Int { max(title, min(content, reading.meaning.comfort ?? content)) }
        fileprivate var natural: Int { max(title, content) }
    }

    /// In the table's order.
    private(set) var columns: [(index: Int, width: Int)]
    /// In the table's order.
    private(set) var leftOut: [Int]

    static let gap = 2

    /// nil where a table of this width would not tell what it is about: then each row is told by itself.
    ///
    /// What is required comes first and what would be missed most, as narrow as can be read; then what the table has
    /// first, where there is comfortable room for it. What remains goes to those that are cut.
    init?(_ candidates: [Candidate], width: Int) {
        var chosen: [(candidate: Candidate, width: Int)] = []
        var rest = width
        func add(_ candidate: Candidate, _ width: Int) -> Bool {
            let needed = width + (chosen.isEmpty ? 0 : Self.gap)
            guard needed <= rest else { return false }
            chosen.append((candidate, width))
            rest -= needed
            return true
        }
        let ordered = candidates.sorted {
            ($1.reading.importance, $0.index) < ($0.reading.importance, $1.index)
        }
        for candidate in ordered {
            switch candidate.reading.importance {
            case .required: guard add(candidate, candidate.least) else { return nil }
            case .high: _ = add(candidate, candidate.least)
            case .normal, .low, .least: _ = add(candidate, candidate.comfort)
            }
        }
        guard chosen.count >= min(3, candidates.count) else { return nil }
        chosen.sort { $0.candidate.index < $1.candidate.index }
        while rest > 0 {
            let tight = chosen.indices.filter { chosen[$0].width < chosen[$0].candidate.comfort }
            let cut =
                tight.isEmpty
                ? chosen.indices.filter { chosen[$0].width < chosen[$0].candidate.natural } : tight
            guard !cut.isEmpty else { break }
            for place in cut.prefix(rest) { chosen[place].width += 1 }
            rest -= min(rest, cut.count)
        }
        columns = chosen.map { ($0.candidate.index, $0.width) }
        let shown = Set(columns.map(\.index))
        leftOut = candidates.map(\.index).filter { !shown.contains($0) }
    }
}
