/// Compares two windows, over all that there is to compare at once: the false discovery rate is one over all.
enum WindowComparison {
    /// So many of so many in the newer window and in the older one.
    struct Rates {
        var now: Proportion?
        var before: Proportion?
    }

    static func rateChanges(_ pairs: [Rates]) -> [RateChange] {
        let compared = pairs.map { pair -> (new: Proportion, old: Proportion)? in
            guard let new = pair.now, let old = pair.before, new.total >= Statistics.minimumRuns,
                old.total >= Statistics.minimumRuns
            else { return nil }
            return (new, old)
        }
        let pValues = compared.map { $0.map { $0.new.fisherPValue(against: $0.old) } }
        let adjusted = adjusted(pValues)
        return compared.indices.map { index in
            guard let (new, old) = compared[index], let pValue = pValues[index],
                let adjustedValue = adjusted[index]
            else { return .notEnoughData }
            let difference = new.estimate - old.estimate
            return .measured(
                RateChange.Measured(
                    difference: difference, interval: new.differenceInterval(from: old), pValue: pValue,
                    adjustedPValue: adjustedValue, verdict: verdict(difference, adjustedValue)))
        }
    }

    /// Durations in the newer window and in the older one.
    struct Durations {
        var now: [Statistics.Duration] = []
        var before: [Statistics.Duration] = []
    }

    static func durationChanges(_ pairs: [Durations]) -> [DurationChange] {
        var compared = pairs.map(measured)
        let adjusted = adjusted(compared.map { $0?.pValue })
        return compared.indices.map { index in
            guard let adjustedValue = adjusted[index], compared[index] != nil else { return .notEnoughData }
            compared[index]?.adjustedPValue = adjustedValue
            if adjustedValue > Statistics.falseDiscoveryRate { compared[index]?.verdict = .unchanged }
            return compared[index].map { .measured($0) } ?? .notEnoughData
        }
    }

    /// With the verdict that its own p-value allows, before it is adjusted.
    private static func measured(_ pair: Durations) -> DurationChange.Measured? {
        let (cut, cutBefore) = (pair.now.count(where: \.isCensored), pair.before.count(where: \.isCensored))
        let enough = Statistics.minimumRuns
        guard cut + cutBefore > 0 else {
            guard pair.now.count >= enough, pair.before.count >= enough,
                let ranks = RankComparison(pair.now.map(\.seconds), pair.before.map(\.seconds))
            else { return nil }
            let median = Statistics.quantile(0.5, of: pair.before)
            return DurationChange.Measured(
                method: .mannWhitney, shift: ranks.shift, interval: ranks.shiftInterval,
                relativeShift: relative(ranks.shift, median), pValue: ranks.pValue,
                adjustedPValue: ranks.pValue,
                verdict: verdict(ranks.shift, ranks.pValue), censored: 0, previousCensored: 0)
        }
        guard let comparison = LogRankComparison(pair.now, pair.before), comparison.firstAtRisk >= enough,
            comparison.secondAtRisk >= enough, comparison.ends >= enough
        else { return nil }
        let pValue = max(comparison.pValue, leastFavourablePValue(comparison, pair))
        let shift = comparison.firstMedian.flatMap { new in comparison.secondMedian.map { new - $0 } }
        return DurationChange.Measured(
            method: .logRank, shift: shift, interval: nil,
            relativeShift: relative(shift, comparison.secondMedian), pValue: pValue, adjustedPValue: pValue,
            verdict: verdict(comparison.excess, pValue), censored: cut, previousCensored: cutBefore)
    }

    /// What was cut off did not fail at random: it may have been about to succeed. So the longer side must be longer
    /// also if all that was cut off there had succeeded at just that moment; else there is no telling, and p is 1.
    private static func leastFavourablePValue(_ comparison: LogRankComparison, _ pair: Durations) -> Double {
        func ended(_ durations: [Statistics.Duration]) -> [Statistics.Duration] {
            durations.map { Statistics.Duration(seconds: $0.seconds) }
        }
        let isLonger = comparison.excess > 0
        let least =
            isLonger
            ? LogRankComparison(ended(pair.now), pair.before)
            : LogRankComparison(pair.now, ended(pair.before))
        guard let least, (least.excess > 0) == isLonger else { return 1 }
        return least.pValue
    }

    private static func relative(_ shift: Double?, _ median: Double?) -> Double? {
        guard let shift, let median, median != 0 else { return nil }
        return shift / median
    }

    /// Benjamini-Hochberg over those that there are.
    private static func adjusted(_ pValues: [Double?]) -> [Double?] {
        var adjusted = Statistics.benjaminiHochberg(pValues.compactMap { $0 }).makeIterator()
        return pValues.map { $0 == nil ? nil : adjusted.next() }
    }

    private static func verdict(_ difference: Double, _ pValue: Double) -> Verdict {
        guard pValue <= Statistics.falseDiscoveryRate, difference != 0 else { return .unchanged }
        return difference > 0 ? .worse : .better
    }
}
