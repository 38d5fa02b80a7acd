import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables
import TestSupport
import Testing

/// What a week's figures say, over executions that were made up for it.
@Suite struct WeeklySummaryTests {
    private static let before = "2026-01-06"
    private static let now = "2026-01-13"
    private static let window = TimeWindow(
        start: Timestamp(nanoseconds: 1_768_176_000_000_000_000),
        end: Timestamp(nanoseconds: 1_768_780_800_000_000_000))

    private func summary(
        _ batches: [MadeRuns], children: Bool = false, window: TimeWindow = Self.window
    ) throws -> WeeklySummary {
        try withArchive(batches) { archive in
            try WeeklySummary(of: archive, window: window, children: children)
        }
    }

    private func withArchive<Value>(_ batches: [MadeRuns], _ body: (Archive) throws -> Value) throws -> Value
    {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try MadeRuns.archive(of: batches, at: path)
            return try body(try Archive(path: path, mode: .readOnly))
        }
    }

    private func kinds(_ summary: WeeklySummary) -> [String] {
        summary.findings.map { "\($0.subject.name) \($0.kind.rawValue)" }
    }

    // It failed after 4 s in most runs where it had succeeded after 100.
    @Test func whatFailsEarlyIsNotFaster() throws {
        let summary = try summary([
            MadeRuns("w", Self.before, 20), MadeRuns("w", Self.now, 10, "FAILED", seconds: 4, error: 1),
            MadeRuns("w", Self.now, 10),
        ])
        let workflow = try #require(summary.workflows.rows.first)
        let duration = try #require(workflow.durationChange.measured)
        #expect(duration.verdict == .unchanged && duration.method == .logRank && duration.censored == 10)
        #expect(workflow.rateChange.measured?.verdict == .worse)
        #expect(kinds(summary) == ["p new_failure", "w fails_more"])
    }

    // Nobody waits for ever: after an hour somebody ended them.
    @Test func whatHangsAndIsAbortedIsSlowerAndAborted() throws {
        let summary = try summary([
            MadeRuns("w", Self.before, 12, seconds: 10),
            MadeRuns("w", Self.now, 12, "ABORTED", seconds: 3600),
        ])
        let workflow = try #require(summary.workflows.rows.first)
        let duration = try #require(workflow.durationChange.measured)
        #expect(duration.verdict == .worse && duration.shift == nil && duration.adjustedPValue < 0.001)
        let aborted = try #require(workflow.abortedChange.measured)
        #expect(aborted.verdict == .worse && aborted.difference == 1)
        #expect(workflow.rateChange == .notEnoughData)
        #expect(kinds(summary) == ["w aborted_more", "w slower"])
        #expect(summary.headline.abortedChange.measured?.verdict == .worse)
    }

    // They fail at their very end: nothing is known to be slower.
    @Test func whatFailsAfterItsUsualTimeIsNotSlower() throws {
        let summary = try summary([
            MadeRuns("w", Self.before, 10), MadeRuns("w", Self.now, 10, "FAILED", error: 1),
        ])
        #expect(summary.workflows.rows.first?.durationChange.measured?.verdict == .unchanged)
        #expect(kinds(summary) == ["p new_failure", "w fails_more"])
    }

    @Test func whatNoLongerHangsIsFaster() throws {
        let summary = try summary([
            MadeRuns("w", Self.before, 12, "ABORTED", seconds: 3600),
            MadeRuns("w", Self.now, 12, seconds: 10),
        ])
        #expect(summary.workflows.rows.first?.durationChange.measured?.verdict == .better)
        #expect(kinds(summary) == ["w faster", "w aborted_less"])
    }

    @Test func whereNothingWasCutOffTheShiftIsHodgesAndLehmanns() throws {
        let summary = try summary([
            MadeRuns("w", Self.before, 10, seconds: 100), MadeRuns("w", Self.now, 10, seconds: 130),
        ])
        let duration = try #require(summary.workflows.rows.first?.durationChange.measured)
        #expect(duration.method == .mannWhitney && duration.verdict == .worse)
        #expect(abs((duration.shift ?? 0) - 30) < 1e-6 && duration.interval?.contains(30) == true)
    }

    @Test func theMostCostlyFindingComesFirst() throws {
        var batches = (0..<40).flatMap { number in
            [
                MadeRuns("busy\(number)", Self.before, 9),
                MadeRuns("busy\(number)", Self.now, 8 + number % 2),
            ]
        }
        batches += [MadeRuns("rare", Self.before, 7), MadeRuns("rare", Self.now, 7, "FAILED", error: 1)]
        batches += [
            MadeRuns("gone", Self.before, 30), MadeRuns("gone", Self.now, 2, "RUNNING", seconds: nil),
        ]
        let summary = try summary(batches)
        #expect(summary.workflows.rows.count == 41)
        #expect(kinds(summary) == ["gone stopped", "p new_failure", "rare fails_more"])
        let stopped = try #require(summary.stopped.rows.first)
        #expect(stopped.previousOutcomes.ended == 30 && stopped.open == 2)
    }

    @Test func aWorkflowThatRarelyRunsHasNotStopped() throws {
        #expect(try summary([MadeRuns("w", Self.before, 4), MadeRuns("v", Self.now, 4)]).findings.isEmpty)
    }

    @Test func childrenCountWhereTheyAreAskedFor() throws {
        let batches = [
            MadeRuns("top", Self.now, 6), MadeRuns("low", Self.now, 5, "FAILED", error: 2, parent: "x0-1"),
        ]
        let alone = try summary(batches)
        #expect(alone.headline.outcomes.ended == 6 && alone.headline.newFailures == 0)
        #expect(alone.workflows.rows.map(\.subject.name) == ["top"])
        let all = try summary(batches, children: true)
        #expect(all.headline.outcomes.ended == 11 && all.headline.outcomes.systemFailures == 5)
        #expect(all.workflows.receipts.allSatisfy { $0.parameters["children"] == "1" })
    }

    @Test func sourcesStayApart() throws {
        let summary = try summary([
            MadeRuns("w", Self.now, 6), MadeRuns("w", Self.now, 7, "FAILED", error: 1, source: 2),
        ])
        #expect(summary.headline.outcomes.ended == 13)
        #expect(
            summary.workflows.rows.map { "\($0.subject.source) \($0.outcomes.ended)" } == [
                "west 7", "east 6",
            ])
    }

    @Test func anArchiveThatDoesNotReachBackSaysSo() throws {
        #expect(
            try summary([MadeRuns("w", "2026-01-01", 1), MadeRuns("w", Self.now, 1, source: 2)]).reachesBack
                == false)
        func extents(_ batches: [MadeRuns]) throws -> [ArchiveReach.Extent] {
            try summary(batches).headline.sources.map(\.reach.extent)
        }
        #expect(
            try extents([MadeRuns("w", "2026-01-01", 1), MadeRuns("w", Self.before, 1, source: 2)]) == [
                .whole, .part,
            ])
        #expect(try extents([MadeRuns("w", Self.now, 1)]) == [.none])
        let whole = try summary([
            MadeRuns("w", "2026-01-01", 1), MadeRuns("w", "2026-01-02", 1, source: 2),
            MadeRuns("w", Self.now, 1),
        ])
        #expect(whole.reachesBack)
        #expect(
            whole.headline.sources.first?.reach.firstEndedAt?.microsecondText == "2026-01-01T00:00:02.000000Z"
        )
    }

    // Nobody looked: the last harvest was long before.
    @Test func nothingHasStoppedWhereNobodyHarvestedSince() throws {
        let batches = [MadeRuns("gone", Self.before, 30), MadeRuns("rare", Self.before, 6)]
        func stopped(harvestedAt day: String?) throws -> ([String], Double?) {
            try TemporaryFolder.with { folder in
                let path = folder + "/a.db"
                try MadeRuns.archive(of: batches, at: path)
                if let day {
                    try SQLiteFile.run(
                        path,
                        """
                        INSERT INTO harvest (source_id, started_at, ended_at, outcome, tool_version)
                        SELECT 1, unixepoch('\(day)') * 1000000000, 1, 'done', 'test';
                        """)
                }
                let archive = try Archive(path: path, mode: .readOnly)
                let summary = try WeeklySummary(of: archive, window: Self.window)
                return (summary.stopped.rows.map(\.subject.name), summary.headline.sources.first?.reach.share)
            }
        }
        #expect(try stopped(harvestedAt: "2026-01-11") == ([], 0))
        // Half of the week has passed: of six there may be none as yet, of thirty not.
        #expect(try stopped(harvestedAt: "2026-01-15T12:00") == (["gone"], 0.5))
        #expect(try stopped(harvestedAt: "2026-02-01") == (["gone", "rare"], 1))
        #expect(try stopped(harvestedAt: nil) == (["gone", "rare"], 1))
    }

    @Test func aWindowThatDoesNotBeginAtMidnightIsCalledByItsInstants() {
        func title(_ start: String, _ end: String) -> String? {
            guard let start = Timestamp(start), let end = Timestamp(end) else { return nil }
            return TimeWindow(start: start, end: end).title
        }
        #expect(title("2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z") == "23 February 2026 to 1 March 2026")
        #expect(title("2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z") == "12 November 2026")
        #expect(
            title("2026-11-12T13:00:00Z", "2026-11-12T19:30:05Z")
                == "12 November 2026, 13:00 to 12 November 2026, 19:30:05 UTC")
        #expect(
            title("2026-11-12T00:00:00Z", "2026-11-12T06:00:00Z")
                == "12 November 2026, 00:00 to 12 November 2026, 06:00 UTC")
        #expect(
            title("1969-12-29T00:00:00Z", "1970-01-01T00:00:00Z") == "29 December 1969 to 31 December 1969")
    }
}
