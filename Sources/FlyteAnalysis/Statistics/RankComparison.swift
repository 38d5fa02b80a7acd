/// Two samples compared by rank: whether the one tends to be larger, and by how much.
public struct RankComparison: Hashable, Sendable {
    /// Mann and Whitney's U of the first sample: pairs in which it is larger, ties counting half.
    public let u: Double
    /// Two-sided probability of a U so far from its mean, were both samples one.
    public let pValue: Double
    /// `pValue` is from the distribution of U itself, not from its normal approximation.
    public let isExact: Bool
    /// Hodges-Lehmann: the median of all differences, first minus second.
    public let shift: Double
    /// The interval of the shift at the confidence asked for.
    public let shiftInterval: Interval

    /// Up to so many values in both samples together the distribution of U is counted out.
    public static let exactLimit = 30

    /// nil when a sample is empty or has a value that is no number.
    ///
    /// p is exact (given the ties) for small samples; beyond `exactLimit` it is the normal
    /// approximation with continuity and tie correction. The interval goes by the ranks of the
    /// differences: exact for small samples without ties, else normal.
    public init?(_ first: [Double], _ second: [Double], confidence: Double = 0.95) {
        guard !first.isEmpty, !second.isEmpty, (first + second).allSatisfy(\.isFinite) else { return nil }
        let (m, n) = (first.count, second.count)
        let ranks = Self.doubledRanks(first + second)
        let rankSum = ranks[..<m].reduce(0, +)
        let pairs = Double(m) * Double(n)
        u = Double(rankSum) / 2 - Double(m) * Double(m + 1) / 2
        isExact = m + n <= Self.exactLimit
        if isExact {
            pValue = Self.exactPValue(ranks: ranks, m, rankSum: rankSum)
        } else {
            let deviation = Self.standardDeviation(m, n, ranks: ranks)
            let distance = max(0, abs(u - pairs / 2) - 0.5)
            pValue = deviation > 0 ? min(1, 2 * Normal.probability(atMost: -distance / deviation)) : 1
        }

        let differences = PairDifferences(first.sorted(), second.sorted())
        shift = differences.median
        let tail = (1 - confidence) / 2
        let cut: Int
        if isExact {
            cut = Self.exactCut(m, n, tail: tail)
        } else {
            let deviation = (pairs * Double(m + n + 1) / 12).squareRoot()
            cut = Int((pairs / 2 + Normal.quantile(tail) * deviation).rounded(.down))
        }
        let edge = min(max(1, cut), differences.count)
        shiftInterval = Interval(
            low: differences.element(edge), high: differences.element(differences.count - edge + 1))
    }

    /// Twice the rank of each value, from 2; equal values share the mean of their ranks.
    private static func doubledRanks(_ values: [Double]) -> [Int] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Int](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for position in start..<end { ranks[order[position]] = start + 1 + end }
            start = end
        }
        return ranks
    }

    private static func standardDeviation(_ m: Int, _ n: Int, ranks: [Int]) -> Double {
        let count = Double(m + n)
        let ties = Dictionary(grouping: ranks, by: { $0 }).values.map { Double($0.count) }
            .sorted().reduce(0) { $0 + ($1 * $1 * $1 - $1) }
        let variance = Double(m) * Double(n) / 12 * (count + 1 - ties / (count * (count - 1)))
        return max(0, variance).squareRoot()
    }

    /// In how many ways `m` of the ranks have each sum; sums from 0.
    private static func rankSumCounts(_ ranks: [Int], _ m: Int) -> [Double] {
        let most = ranks.reduce(0, +)
        var counts = [[Double]](repeating: [Double](repeating: 0, count: most + 1), count: m + 1)
        counts[0][0] = 1
        for (position, rank) in ranks.enumerated() {
            for chosen in stride(from: min(m, position + 1), to: 0, by: -1) {
                for sum in stride(from: most, through: rank, by: -1) {
                    counts[chosen][sum] += counts[chosen - 1][sum - rank]
                }
            }
        }
        return counts[m]
    }

    private static func exactPValue(ranks: [Int], _ m: Int, rankSum: Int) -> Double {
        let counts = rankSumCounts(ranks, m)
        // Twice the ranks have the mean m(N + 1).
        let mean = m * (ranks.count + 1)
        let distance = abs(rankSum - mean)
        var extreme = 0.0
        var all = 0.0
        for (sum, count) in counts.enumerated() {
            all += count
            if abs(sum - mean) >= distance { extreme += count }
        }
        return min(1, extreme / all)
    }

    /// The quantile of U at `tail`, without ties: the rank of the differences where the interval begins.
    private static func exactCut(_ m: Int, _ n: Int, tail: Double) -> Int {
        let counts = rankSumCounts(Array(1...(m + n)), m)
        let all = counts.reduce(0, +)
        let least = m * (m + 1) / 2
        var sum = 0.0
        for u in 0...(m * n) {
            sum += counts[least + u]
            if sum / all >= tail { return max(1, u) }
        }
        return 1
    }
}

/// All differences of two sorted samples, without making them.
private struct PairDifferences {
    private let first: [Double]
    private let second: [Double]
    let count: Int

    init(_ first: [Double], _ second: [Double]) {
        self.first = first
        self.second = second
        count = first.count * second.count
    }

    var median: Double {
        let upper = element(count / 2 + 1)
        return count % 2 == 1 ? upper : (element(count / 2) + upper) / 2
    }

    /// The `rank`-th smallest difference, from 1.
    ///
    /// Bisects over all doubles between the least and the greatest difference, in their own order,
    /// so the answer is a difference and exact: at most 64 walks over both samples.
    func element(_ rank: Int) -> Double {
        var low = Self.order(first[0] - second[second.count - 1])
        var high = Self.order(first[first.count - 1] - second[0])
        while low < high {
            let middle = Int64(clamping: (Int128(low) + Int128(high)) >> 1)
            if countAtMost(Self.value(middle)) >= rank { high = middle } else { low = middle + 1 }
        }
        return Self.value(low)
    }

    private func countAtMost(_ limit: Double) -> Int {
        var count = 0
        var start = 0
        // As the first sample's value grows, ever fewer of the second's are large enough.
        for value in first {
            while start < second.count, value - second[start] > limit { start += 1 }
            count += second.count - start
        }
        return count
    }

    /// A whole number that orders doubles as they are ordered; 0 and -0 are one.
    private static func order(_ value: Double) -> Int64 {
        let bits = Int64(bitPattern: (value + 0).bitPattern)
        return bits >= 0 ? bits : -(bits & .max)
    }

    private static func value(_ order: Int64) -> Double {
        order >= 0
            ? Double(bitPattern: UInt64(bitPattern: order))
            : -Double(bitPattern: UInt64(bitPattern: -order))
    }
}
