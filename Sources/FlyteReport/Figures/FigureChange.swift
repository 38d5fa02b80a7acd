public import FlyteAnalysis
import Tables

/// A difference between two windows: words for people, and for machines the numbers that the words rest on.
public struct FigureChange: Hashable, Sendable {
    /// In a few words, such as `+12 points`.
    public var text: String
    /// nil where there was not enough to compare.
    public var verdict: Verdict?
    /// New minus old; nil where nobody can say how much it is.
    public var difference: Double?
    /// The 95 % interval of the difference; nil where the method has none.
    public var interval: Interval?
    public var pValue: Double?
    /// After Benjamini-Hochberg over all that were compared.
    public var adjustedPValue: Double?

    public init(
        _ text: String, _ verdict: Verdict? = nil, difference: Double? = nil, interval: Interval? = nil,
        pValue: Double? = nil, adjustedPValue: Double? = nil
    ) {
        self.text = text
        self.verdict = verdict
        self.difference = difference
        self.interval = interval
        self.pValue = pValue
        self.adjustedPValue = adjustedPValue
    }

    public var tone: Tone {
        switch verdict {
        case .worse: .bad
        case .better: .good
        case .unchanged, nil: .plain
        }
    }

    /// What stands behind the difference, in the order of `FigureColumn.Content.change`.
    var evidence: [Cell] {
        [interval?.low, interval?.high, pValue, adjustedPValue].map { $0.map { .real($0) } ?? .null }
            + [.text(verdict?.rawValue ?? "not_enough_data")]
    }
}
