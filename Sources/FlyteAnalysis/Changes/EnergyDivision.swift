/// Where a series falls apart into two that differ most: the point of E-divisive means (Matteson and James 2014), by the
/// energy distance of what lies before and behind it.
struct EnergyDivision {
    /// How many values lie before it.
    let index: Int
    /// The scaled distance there.
    let distance: Double

    /// nil for a series of fewer than twice `margin` values.
    ///
    /// All points are tried in time n log n: sums of distances to the values on one side come from two Fenwick trees over
    /// the ranks.
    ///
    /// - Parameter margin: How many values lie on each side at least.
    init?(of values: ArraySlice<Double>, margin: Int) {
        let n = values.count
        guard margin > 0, n >= 2 * margin else { return nil }
        let series = Array(values)
        let sorted = series.sorted()
        func rank(_ value: Double) -> Int {
            var (low, high) = (0, n)
            while low < high {
                let middle = (low + high) / 2
                if sorted[middle] < value { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let ranks = series.map(rank)
        var (before, after) = (DistanceSums(n), DistanceSums(n))
        for (value, rank) in zip(series, ranks) { after.add(value, at: rank, 1) }
        // Sums of distances within each side, and between them.
        var (within, behind, between) = (0.0, 0.0, 0.0)
        for (value, rank) in zip(series, ranks) { behind += after.sum(of: value, at: rank) }
        behind /= 2
        var best: (index: Int, distance: Double)?
        for index in 0..<n - margin {
            let (value, rank) = (series[index], ranks[index])
            let (toBefore, toAfter) = (before.sum(of: value, at: rank), after.sum(of: value, at: rank))
            // The value goes from behind to before.
            within += toBefore
            behind -= toAfter
            between += toAfter - toBefore
            after.add(value, at: rank, -1)
            before.add(value, at: rank, 1)
            let (m, k) = (Double(index + 1), Double(n - index - 1))
            guard index + 1 >= margin else { continue }
            let distance =
                m * k / (m + k)
                * (2 / (m * k) * between - 2 / (m * (m - 1)) * within - 2 / (k * (k - 1)) * behind)
            if distance > best?.distance ?? -.infinity { best = (index + 1, distance) }
        }
        guard let best else { return nil }
        (index, distance) = best
    }

    /// Sums of distances from a value to many others.
    private struct DistanceSums {
        private var counts: [Double]
        private var sums: [Double]
        private var count = 0.0
        private var sum = 0.0

        init(_ size: Int) {
            counts = Array(repeating: 0, count: size + 1)
            sums = counts
        }

        mutating func add(_ value: Double, at rank: Int, _ sign: Double) {
            var place = rank + 1
            while place < counts.count {
                counts[place] += sign
                sums[place] += sign * value
                place += place & -place
            }
            count += sign
            sum += sign * value
        }

        func sum(of value: Double, at rank: Int) -> Double {
            var (below, total) = (0.0, 0.0)
            var place = rank + 1
            while place > 0 {
                below += counts[place]
                total += sums[place]
                place -= place & -place
            }
            return value * below - total + (sum - total) - value * (count - below)
        }
    }
}
