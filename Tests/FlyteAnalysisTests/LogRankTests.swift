import FlyteAnalysis
import Testing

/// Expected values: SciPy 1.17's `stats.logrank`, called with just the numbers that stand here.
@Suite struct LogRankTests {
    private func durations(_ seconds: [Double], cut: Set<Int> = []) -> [Statistics.Duration] {
        seconds.enumerated().map { .init(seconds: $1, isCensored: cut.contains($0)) }
    }

    private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

    /// The squared distance from what is expected, in units of the variance.
    private func statistic(_ comparison: LogRankComparison) -> Double {
        comparison.excess * comparison.excess / comparison.variance
    }

    // Freireich et al. (1963), weeks of remission under 6-MP and without it; as R's survdiff has it: 16.8 on 1 degree of
    // freedom, 9 observed and 19.3 expected.
    @Test func remissionOfLeukaemiaIsAsPublished() throws {
        let treated = durations(
            [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
            cut: [3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20])
        let control = durations([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])
        let comparison = try #require(LogRankComparison(treated, control))
        #expect(comparison.observed == 9 && comparison.ends == 30)
        #expect(isClose(comparison.expected, 19.25050094803113), "\(comparison.expected)")
        #expect(isClose(statistic(comparison), 16.792940989216536))
        #expect(isClose(comparison.pValue, 4.168809109334529e-05))
        #expect(comparison.firstMedian == 23 && comparison.secondMedian == 8)
        let mirrored = try #require(LogRankComparison(control, treated))
        #expect(isClose(mirrored.pValue, comparison.pValue) && isClose(mirrored.excess, -comparison.excess))
    }

    @Test func whatFailsEarlyTakesNothingAway() throws {
        let new = durations(
            [4, 4, 4, 4, 4, 4, 4, 4, 100, 101, 103, 104, 106, 108], cut: [0, 1, 2, 3, 4, 5, 6, 7])
        let old = durations([99, 100, 100, 101, 102, 103, 104, 105, 106, 107, 108, 110])
        let comparison = try #require(LogRankComparison(new, old))
        #expect(isClose(comparison.pValue, 0.8688917219678404))
        #expect(comparison.firstAtRisk == 6 && comparison.secondAtRisk == 12)
        #expect(comparison.pValue > 0.5)
    }

    @Test func whatHangsUntilSomebodyEndsItIsSlower() throws {
        let new = durations([Double](repeating: 3600, count: 10), cut: Set(0..<10))
        let old = durations([9, 9.5, 10, 10, 10.5, 11, 11, 11.5, 12, 12.5])
        let comparison = try #require(LogRankComparison(new, old))
        #expect(isClose(comparison.pValue, 3.157939492998942e-06))
        #expect(comparison.excess > 0 && comparison.firstMedian == nil)
    }

    @Test func nothingThatEndedIsNoComparison() {
        #expect(LogRankComparison(durations([1, 2], cut: [0, 1]), durations([3], cut: [0])) == nil)
        #expect(LogRankComparison([], []) == nil)
        #expect(LogRankComparison(durations([.nan]), durations([1])) == nil)
    }

    @Test func oneSideThatWasCutOffBeforeAnythingEndedSaysNothing() throws {
        let comparison = try #require(LogRankComparison(durations([1, 1], cut: [0, 1]), durations([5, 6])))
        #expect(comparison.pValue == 1 && comparison.firstAtRisk == 0)
    }
}
