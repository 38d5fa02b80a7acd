import Glibc

/// So many of so many, as an estimate of a probability.
public struct Proportion: Hashable, Sendable {
    public let successes: Int
    public let total: Int

    /// nil when there was nothing to count, or more successes than there are things.
    public init?(_ successes: Int, of total: Int) {
        guard total > 0, (0...total).contains(successes) else { return nil }
        self.successes = successes
        self.total = total
    }

    public var estimate: Double { Double(successes) / Double(total) }

    /// Wilson's score interval (E. B. Wilson 1927), which never leaves 0...1 and is right at 0 and `total`.
    public func wilsonInterval(confidence: Double = 0.95) -> Interval {
        let z = Normal.quantile(0.5 + confidence / 2)
        let n = Double(total)
        let p = estimate
        let denominator = 1 + z * z / n
        let center = (p + z * z / (2 * n)) / denominator
        let half = z / denominator * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(
            low: successes == 0 ? 0 : max(0, center - half),
            high: successes == total ? 1 : min(1, center + half))
    }

    /// Newcombe's interval of the difference `self` - `other` (R. G. Newcombe 1998, method 10).
    public func differenceInterval(from other: Proportion, confidence: Double = 0.95) -> Interval {
        let (a, b) = (wilsonInterval(confidence: confidence), other.wilsonInterval(confidence: confidence))
        let (p, q) = (estimate, other.estimate)
        func hypotenuse(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
        return Interval(
            low: p - q - hypotenuse(p - a.low, b.high - q), high: p - q + hypotenuse(a.high - p, q - b.low))
    }

    /// The two-sided probability, were both proportions one, of tables no likelier than this (Fisher).
    ///
    /// Exact for any counts; it takes time in proportion to the number of successes.
    public func fisherPValue(against other: Proportion) -> Double {
        let drawn = successes + other.successes
        let all = total + other.total
        let logAll = Self.logChoose(all, drawn)
        func logProbability(_ k: Int) -> Double {
            Self.logChoose(total, k) + Self.logChoose(other.total, drawn - k) - logAll
        }
        let observed = logProbability(successes)
        // Tables as likely as this one count, though their logarithms differ in the last digits.
        let limit = observed + 1e-7
        var sum = 0.0
        for k in max(0, drawn - other.total)...min(total, drawn) {
            let probability = logProbability(k)
            if probability <= limit { sum += exp(probability) }
        }
        return min(1, sum)
    }

    private static func logChoose(_ n: Int, _ k: Int) -> Double {
        func logFactorial(_ n: Int) -> Double {
            // lgamma's sign goes into a global; lgamma_r's does not.
            var sign: Int32 = 0
            return lgamma_r(Double(n) + 1, &sign)
        }
        return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
    }
}
