import Glibc

/// Where a series changes: it is divided where it falls apart most, and each part again, as long as chance does not give as
/// much.
///
/// The point is that of E-divisive means. How often chance gives as much is known without drawing lots: of measurements, by
/// the maximally selected rank statistic (Lausen and Schumacher 1992, after Miller and Siegmund 1982), which no outlier
/// moves; of outcomes, where ranks all tie and failures are few, by Fisher's exact test over all points that could have been
/// the best. Then each point has to hold between its neighbours, as in Apache Otava.
public enum ChangePoints {
    /// Runs on each side of a point at least.
    public static let margin = 7
    /// Points that chance gives more often are none; how many series were looked at is not counted yet.
    public static let limit = 0.001

    /// Of measurements, such as durations; their logarithms are divided where all are positive.
    public static func ofMeasurements(_ values: [Double]) -> [ChangePoint] {
        let isPositive = values.allSatisfy { $0 > 0 }
        let places = isPositive ? values.map { log($0) } : values
        return find(values.count, in: places) { rankProbability(values[$0], at: $1) }
    }

    /// Of outcomes: 1 for those that are counted, 0 for the others.
    public static func ofOutcomes(_ values: [Double]) -> [ChangePoint] {
        find(values.count, in: values) { outcomeProbability(values[$0], at: $1) }
    }

    private static func find(
        _ count: Int, in values: [Double], probability: (Range<Int>, Int) -> Double
    ) -> [ChangePoint] {
        var found: [Int] = []
        var open = [0..<count]
        while let part = open.popLast() {
            guard let division = EnergyDivision(of: values[part], margin: margin), division.distance > 0,
                probability(part, division.index) <= limit
            else { continue }
            let index = part.lowerBound + division.index
            found.append(index)
            open += [part.lowerBound..<index, index..<part.upperBound]
        }
        found.sort()
        // A point that does not hold between its neighbours goes, the weakest first.
        while !found.isEmpty {
            let points = found.enumerated().map { place, index -> ChangePoint in
                let low = place == 0 ? 0 : found[place - 1]
                let high = place == found.count - 1 ? count : found[place + 1]
                return ChangePoint(index: index, p: probability(low..<high, index - low))
            }
            guard let weakest = points.max(by: { $0.p < $1.p }), weakest.p > limit else { return points }
            found.removeAll { $0 == weakest.index }
        }
        return []
    }

    /// How often some point within the margins divides ranks as much as this one does.
    static func rankProbability(_ values: ArraySlice<Double>, at index: Int) -> Double {
        let n = Double(values.count)
        let series = Array(values)
        let order = series.indices.sorted { series[$0] < series[$1] }
        var ranks = [Double](repeating: 0, count: series.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, series[order[end]] == series[order[start]] { end += 1 }
            // From 1; equal values share the mean of their ranks.
            for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
            start = end
        }
        let mean = (n + 1) / 2
        let spread = ranks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let m = Double(index)
        let variance = m * (n - m) / (n * (n - 1)) * spread
        guard variance > 0 else { return 1 }
        let sum = ranks[..<index].reduce(0) { $0 + ($1 - mean) }
        return maximumProbability(abs(sum) / variance.squareRoot(), margin: Double(margin) / n)
    }

    /// How often the largest of the standardised statistics of all points passes a bound.
    ///
    /// - Parameter margin: The share of the series that lies on each side of a point at least.
    static func maximumProbability(_ bound: Double, margin: Double) -> Double {
        guard bound > 1 else { return 1 }
        guard margin < 0.5 else { return min(1, 2 * Normal.probability(atMost: -bound)) }
        let density = exp(-bound * bound / 2) / (2 * Double.pi).squareRoot()
        let odds = (1 - margin) / margin
        return min(1, 4 * density / bound + density * (bound - 1 / bound) * log(odds * odds))
    }

    /// How often some point divides outcomes as much as this one does. Between two of those that are counted no point is
    /// better than the ones right beside them: so many could have been the best.
    static func outcomeProbability(_ values: ArraySlice<Double>, at index: Int) -> Double {
        let counted = values.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
        let before = values.prefix(index).reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
        guard min(counted, values.count - counted) >= 3, let first = Proportion(before, of: index),
            let second = Proportion(counted - before, of: values.count - index)
        else { return 1 }
        let points = min(values.count - 1, 2 * min(counted, values.count - counted))
        return min(1, first.fisherPValue(against: second) * Double(points))
    }
}
