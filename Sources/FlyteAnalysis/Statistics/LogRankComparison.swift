/// Two samples of durations some of which were cut off, compared by the log-rank test: whether the one tends to last
/// longer.
///
/// N. Mantel (1966), with the hypergeometric variance of R. Peto and J. Peto (1972). At each duration at which something
/// ended, the ends of a sample are set against those to be expected from its share of all that lasted so long. What was
/// cut off counts as long as it lasted, and the samples may be cut off in different ways: what fails early takes nothing
/// away from the one, and what hangs until somebody ends it counts as long as it hung.
public struct LogRankComparison: Hashable, Sendable {
    /// Ends in the first sample, and how many there would be were both one.
    public let observed: Int
    public let expected: Double
    /// Of `observed`, were both samples one.
    public let variance: Double
    /// Two-sided, from the normal approximation; 1 when nothing could be compared.
    public let pValue: Double
    /// How many lasted at least as long as the shortest that ended: the others were cut off before anything could be
    /// told of them.
    public let firstAtRisk: Int
    public let secondAtRisk: Int
    /// Ends in both samples.
    public let ends: Int
    /// Kaplan and Meier's; nil when too many were cut off before.
    public let firstMedian: Double?
    public let secondMedian: Double?

    /// Positive: the first sample lasts longer.
    public var excess: Double { expected - Double(observed) }

    /// nil when a duration is no number, or nothing ended.
    public init?(_ first: [Statistics.Duration], _ second: [Statistics.Duration]) {
        guard (first + second).allSatisfy(\.seconds.isFinite) else { return nil }
        let (a, b) = (Counts(first), Counts(second))
        let times = Set((first + second).filter { !$0.isCensored }.map(\.seconds)).sorted()
        guard let shortest = times.first else { return nil }
        var (observed, expected, variance, ends) = (0, 0.0, 0.0, 0)
        for time in times {
            let (mine, others) = (a.lasting(time), b.lasting(time))
            let (own, all) = (a.ending(time), a.ending(time) + b.ending(time))
            let (m, n, d) = (Double(mine), Double(mine + others), Double(all))
            observed += own
            ends += all
            expected += d * m / n
            if mine + others > 1 { variance += d * (m / n) * (1 - m / n) * (n - d) / (n - 1) }
        }
        self.observed = observed
        self.expected = expected
        self.variance = variance
        self.ends = ends
        firstAtRisk = a.lasting(shortest)
        secondAtRisk = b.lasting(shortest)
        let distance = abs(Double(observed) - expected)
        pValue = variance > 0 ? min(1, 2 * Normal.probability(atMost: -distance / variance.squareRoot())) : 1
        firstMedian = Statistics.quantile(0.5, of: first)
        secondMedian = Statistics.quantile(0.5, of: second)
    }

    /// A sample that can be asked how many lasted so long, and how many ended just then.
    private struct Counts {
        private let all: [Double]
        private let ended: [Double]

        init(_ durations: [Statistics.Duration]) {
            all = durations.map(\.seconds).sorted()
            ended = durations.filter { !$0.isCensored }.map(\.seconds).sorted()
        }

        func lasting(_ time: Double) -> Int { all.count - all.partitioningIndex { $0 >= time } }

        func ending(_ time: Double) -> Int {
            ended.partitioningIndex { $0 > time } - ended.partitioningIndex { $0 >= time }
        }
    }
}

extension [Double] {
    /// The first place from which on a condition holds, where it holds from some place on.
    fileprivate func partitioningIndex(where holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
