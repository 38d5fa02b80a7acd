import FlyteAnalysis
import Testing

// Expected values: SciPy 1.18 (stats.mannwhitneyu, fisher_exact, norm) and statsmodels
// (proportion_confint "wilson", confint_proportions_2indep "newcomb", multipletests "fdr_bh"),
// each called with just the numbers that stand in the test; others name where they are published.

private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(b))
}

@Suite struct ProportionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var counts: [Int]
        var low: Double
        var high: Double
        var testDescription: String { counts.map(String.init).joined(separator: " ") }

        init(_ counts: [Int], _ low: Double, _ high: Double) {
            self.counts = counts
            self.low = low
            self.high = high
        }
    }

    // 81 of 263 and 15 of 148 are Newcombe's (1998a), with 0.2553 0.3662 and 0.0624 0.1605.
    @Test(arguments: [
        Case([0, 10], 0, 0.27753279986288926), Case([1, 10], 0.017876213095072924, 0.40415002679523854),
        Case([81, 263], 0.2552885198782742, 0.36620957698280004),
        Case([15, 148], 0.06238639953073628, 0.16048724172330803), Case([10, 10], 0.7224672001371106, 1),
        Case([3, 7], 0.15821985525146964, 0.7495416354723428),
        Case([500, 100_000], 0.004581445312245603, 0.005456583669211609),
    ]) func wilsonsIntervalIsAsPublished(_ expected: Case) throws {
        let interval = try #require(Proportion(expected.counts[0], of: expected.counts[1])).wilsonInterval()
        #expect(isClose(interval.low, expected.low))
        #expect(isClose(interval.high, expected.high))
    }

    // The first, second and fourth are Newcombe's (1998b), table II, method 10.
    @Test(arguments: [
        Case([56, 70, 48, 80], 0.05243147240236498, 0.33387265403690614),
        Case([9, 10, 3, 10], 0.1705227239345029, 0.809017973535488),
        Case([6, 7, 2, 7], 0.05822792748231209, 0.8062496375242278),
        Case([5, 56, 0, 29], -0.038137147903536936, 0.19256001385511165),
        Case([0, 10, 0, 20], -0.1611251580528194, 0.27753279986288926),
        Case([10, 10, 0, 20], 0.6790860371419145, 1),
    ]) func newcombesIntervalIsAsPublished(_ expected: Case) throws {
        let c = expected.counts
        let first = try #require(Proportion(c[0], of: c[1]))
        let second = try #require(Proportion(c[2], of: c[3]))
        let interval = first.differenceInterval(from: second)
        #expect(isClose(interval.low, expected.low))
        #expect(isClose(interval.high, expected.high))
    }

    @Test(arguments: [
        Case([56, 70, 48, 80], 0.012521129749209154, 0), Case([9, 10, 3, 10], 0.019766611097880443, 0),
        Case([0, 7, 5, 7], 0.02097902097902098, 0), Case([5, 56, 0, 29], 0.1606214432094711, 0),
        Case([3, 1000, 20, 1000], 0.00045529027856499243, 0),
        Case([10, 10, 0, 20], 3.328339160423118e-08, 0), Case([0, 5, 0, 5], 1, 0),
    ]) func fishersTestIsAsInSciPy(_ expected: Case) throws {
        let c = expected.counts
        let first = try #require(Proportion(c[0], of: c[1]))
        let second = try #require(Proportion(c[2], of: c[3]))
        #expect(isClose(first.fisherPValue(against: second), expected.low, 1e-9))
        #expect(isClose(second.fisherPValue(against: first), expected.low, 1e-9))
    }

    @Test func nothingCountedIsNoProportion() {
        #expect(Proportion(0, of: 0) == nil)
        #expect(Proportion(3, of: 2) == nil)
        #expect(Proportion(-1, of: 2) == nil)
    }
}

@Suite struct RankComparisonTests {
    // Hollander and Wolfe (1973), p. 69 f.; R's wilcox.test has the same: W = 35, interval -0.15 0.76.
    @Test func permeabilityOfMembranesIsAsPublished() throws {
        let comparison = try #require(
            RankComparison(
                [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21]))
        #expect(comparison.u == 35)
        #expect(comparison.isExact)
        #expect(isClose(comparison.pValue, 0.2544122544122544))
        #expect(isClose(comparison.shift, 0.305))
        #expect(isClose(comparison.shiftInterval.low, -0.15))
        #expect(isClose(comparison.shiftInterval.high, 0.76))
    }

    @Test func smallSamplesAreCountedOut() throws {
        let comparison = try #require(RankComparison([19, 22, 16, 29, 24], [20, 11, 17, 12]))
        #expect(comparison.u == 17)
        #expect(isClose(comparison.pValue, 0.1111111111111111))
        #expect(comparison.shift == 7)
        #expect(comparison.shiftInterval == Interval(low: -1, high: 17))
    }

    @Test func smallSamplesWithTiesAreCountedOutGivenTheTies() throws {
        // All 126 ways to choose five of the nine mid-ranks.
        let comparison = try #require(RankComparison([1, 2, 2, 5, 7], [2, 3, 7, 8]))
        #expect(comparison.u == 5.5)
        #expect(isClose(comparison.pValue, 0.30952380952380953))
    }

    @Test func largeSamplesUseTheNormalApproximation() throws {
        let first = (0..<40).map { Double($0 * 7919 % 101) / 7 }
        let second = (0..<35).map { Double($0 * 104_729 % 97) / 7 + 1.5 }
        let comparison = try #require(RankComparison(first, second))
        #expect(comparison.u == 636)
        #expect(!comparison.isExact)
        #expect(isClose(comparison.pValue, 0.5000807570004852))
        #expect(isClose(comparison.shift, -0.642857142857143))
        #expect(isClose(comparison.shiftInterval.low, -2.6428571428571432))
        #expect(isClose(comparison.shiftInterval.high, 1.3571428571428572))
    }

    @Test func largeSamplesWithTiesAreCorrected() throws {
        let first = (0..<40).map { Double($0 * 7919 % 13) }
        let second = (0..<35).map { Double($0 * 104_729 % 11) + 1 }
        let comparison = try #require(RankComparison(first, second))
        #expect(comparison.u == 685.5)
        #expect(isClose(comparison.pValue, 0.8814376934358724))
        #expect(comparison.shift == 0)
        #expect(comparison.shiftInterval == Interval(low: -2, high: 2))
    }

    @Test func equalSamplesSayNothing() throws {
        let comparison = try #require(RankComparison([3, 3, 3], [3, 3, 3]))
        #expect(comparison.pValue == 1)
        #expect(comparison.shift == 0)
        let many = [Double](repeating: 0, count: 40)
        #expect(RankComparison(many, many)?.pValue == 1)
    }

    @Test func noSampleIsNoComparison() {
        #expect(RankComparison([], [1]) == nil)
        #expect(RankComparison([1], [.nan]) == nil)
    }

    @Test(arguments: UInt64(0)..<40)
    func theShiftIsTheMedianOfAllDifferences(seed: UInt64) throws {
        var random = Lehmer(seed: seed)
        func sample(_ count: Int) -> [Double] {
            (0..<count).map { _ in Double(Int(random.next() % 41) - 20) / 4 }
        }
        let first = sample(1 + Int(seed % 9))
        let second = sample(1 + Int(seed % 7))
        let differences = first.flatMap { x in second.map { x - $0 } }.sorted()
        let middle = differences.count / 2
        let median =
            differences.count % 2 == 1
            ? differences[middle] : (differences[middle - 1] + differences[middle]) / 2
        #expect(try #require(RankComparison(first, second)).shift == median)
    }
}

@Suite struct FalseDiscoveryTests {
    // The fifteen p-values of Benjamini and Hochberg (1995), section 3.2: four stay at 5 %.
    @Test func theFirstFourOfTheirFifteenAreDiscoveries() {
        let adjusted = Statistics.benjaminiHochberg([
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
            0.6528, 0.7590, 1.0,
        ])
        let expected = [
            0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645,
            0.0765, 0.486, 0.5811818181818182, 0.714875, 0.7532307692307693, 0.8132142857142857, 1,
        ]
        #expect(zip(adjusted, expected).allSatisfy { isClose($0, $1) })
        #expect(adjusted.count(where: { $0 <= 0.05 }) == 4)
    }

    @Test func theOrderOfTheQuestionIsKept() {
        #expect(Statistics.benjaminiHochberg([0.5, 0.01, 0.04]) == [0.5, 0.03, 0.06])
        #expect(Statistics.benjaminiHochberg([]).isEmpty)
    }
}

@Suite struct QuantileTests {
    @Test func theNearestRankIsAlwaysAValue() {
        // Wikipedia's example of the nearest-rank method.
        let values = [35.0, 20, 15, 50, 40]
        let found = [0.05, 0.3, 0.4, 0.5, 1].map { Statistics.quantile($0, of: values) }
        #expect(found == [15, 20, 20, 35, 50])
        #expect(Statistics.quantile(0.5, of: [Double]()) == nil)
        #expect(Statistics.quantile(0.07, of: (1...100).map(Double.init)) == 7)
    }

    // Remission of leukaemia under 6-MP (Freireich 1963; Kaplan-Meier quartile 13, median 23 weeks).
    @Test func cutOffDurationsCountAsLonger() {
        let weeks: [Double] = [
            6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35,
        ]
        let isEnd = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
        let durations = zip(weeks, isEnd).map { Statistics.Duration(seconds: $0, isCensored: $1 == 0) }
        #expect(Statistics.quantile(0.25, of: durations) == 13)
        #expect(Statistics.quantile(0.5, of: durations) == 23)
        #expect(Statistics.quantile(0.9, of: durations) == nil)
    }

    @Test(arguments: UInt64(0)..<50)
    func withoutCutOnesItIsTheNearestRank(seed: UInt64) {
        var random = Lehmer(seed: seed)
        let values = (0..<(1 + Int(seed))).map { _ in Double(random.next() % 50) }
        for p in [0.5, 0.9, 0.95, 0.99] {
            #expect(
                Statistics.quantile(p, of: values.map { Statistics.Duration(seconds: $0) })
                    == Statistics.quantile(p, of: values))
        }
    }
}

@Suite struct NormalTests {
    @Test func quantilesAndProbabilitiesAreSciPys() {
        #expect(isClose(Normal.quantile(0.975), 1.959963984540054))
        #expect(isClose(Normal.quantile(0.001), -3.090232306167813))
        #expect(isClose(Normal.quantile(1e-12), -7.034483825301131, 1e-11))
        #expect(isClose(Normal.quantile(0.9), 1.2815515655446004))
        #expect(isClose(Normal.probability(atMost: 1.96), 0.9750021048517795))
        #expect(isClose(Normal.probability(atMost: -8) / 6.22096057427174e-16, 1))
        #expect(Normal.quantile(0) == -.infinity)
        #expect(Normal.quantile(2).isNaN)
    }
}
