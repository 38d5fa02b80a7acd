import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables
import TestSupport
import Testing

/// What a week's figures say, over executions that were made up for it.
@Suite struct WeeklySummaryTests {
    /// So many executions of a workflow, a second apart.
    private struct Batch {
        var workflow: String
        var day: String
        var phase: String
        var count: Int
        var seconds: Double?
        var error: Int?
        var parent: String?
        var source = 1
    }

    private static let before = "2026-01-06"
    private static let now = "2026-01-13"
    private static let window = TimeWindow(
        start: Timestamp(nanoseconds: 1_768_176_000_000_000_000),
        end: Timestamp(nanoseconds: 1_768_780_800_000_000_000))

    private static func run(
        _ workflow: String, _ day: String, _ count: Int, _ phase: String = "SUCCEEDED",
        seconds: Double? = 100,
        error: Int? = nil, parent: String? = nil, source: Int = 1
    ) -> Batch {
        Batch(
            workflow: workflow, day: day, phase: phase, count: count, seconds: seconds, error: error,
            parent: parent, source: source)
    }

    private func summary(
        _ batches: [Batch], children: Bool = false, limit: Int? = nil, window: TimeWindow = Self.window
    ) throws -> WeeklySummary {
        try withArchive(batches) { archive in
            try WeeklySummary(of: archive, window: window, children: children, limit: limit)
        }
    }

    private func withArchive<Value>(_ batches: [Batch], _ body: (Archive) throws -> Value) throws -> Value {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            var sql = """
                INSERT INTO source VALUES (1, 'east', 'https://east', NULL), (2, 'west', 'https://west', NULL);
                INSERT INTO scope VALUES (1, 1, 'p', 'd'), (2, 2, 'p', 'd');
                INSERT INTO error VALUES (1, 1, 'USER', 'USER:A', 'A: one', '2:aa'), (2, 2, 'SYSTEM', 'B', 'two', '2:bb');
                INSERT INTO name VALUES (1, 'n0');

                """
            for (index, batch) in batches.enumerated() {
                let seconds = batch.seconds.map { "\($0)" } ?? "NULL"
                // Durations differ by milliseconds, so that not all of them tie.
                sql += """
                    INSERT OR IGNORE INTO definition (scope_id, kind, name, version) VALUES (\(batch.source), 'workflow', '\(batch.workflow)', '1');
                    INSERT INTO execution (key, scope_id, name, workflow_id, phase, mode, nesting, created_at, started_at, duration_ns, ended_at, error_id,
                        cause_id, parent, is_archived, node_count, attempt_count, retry_count, is_complete, observed_at, digest)
                    SELECT \(index) * 1000 + value, \(batch.source), 'x\(index)-' || value,
                        (SELECT id FROM definition WHERE name = '\(batch.workflow)' AND scope_id = \(batch.source)), '\(batch.phase)', 'MANUAL', 0, at, at,
                        CAST((\(seconds) + value * 7 % 10 * 0.001) * 1e9 AS INTEGER), \(batch.phase == "RUNNING" ? "NULL" : "at + 1000000000"), \(batch.error ?? 0) + NULL,
                        nullif(\(batch.error ?? 0), 0), \(batch.parent.map { "'\($0)'" } ?? "NULL"), 0, 1, 0, 0, 1, 1, x''
                    FROM (SELECT value, (unixepoch('\(batch.day)') + value) * 1000000000 AS at FROM generate_series(1, \(batch.count)));

                    """
            }
            try SQLiteFile.run(path, sql)
            return try body(try Archive(path: path, mode: .readOnly))
        }
    }

    private func kinds(_ summary: WeeklySummary) -> [String] {
        summary.findings.map { "\($0.subject.name) \($0.kind.rawValue)" }
    }

    // It failed after 4 s in most runs where it had succeeded after 100.
    @Test func whatFailsEarlyIsNotFaster() throws {
        let summary = try summary([
            Self.run("w", Self.before, 20), Self.run("w", Self.now, 10, "FAILED", seconds: 4, error: 1),
            Self.run("w", Self.now, 10),
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
            Self.run("w", Self.before, 12, seconds: 10),
            Self.run("w", Self.now, 12, "ABORTED", seconds: 3600),
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
            Self.run("w", Self.before, 10), Self.run("w", Self.now, 10, "FAILED", error: 1),
        ])
        #expect(summary.workflows.rows.first?.durationChange.measured?.verdict == .unchanged)
        #expect(kinds(summary) == ["p new_failure", "w fails_more"])
    }

    @Test func whatNoLongerHangsIsFaster() throws {
        let summary = try summary([
            Self.run("w", Self.before, 12, "ABORTED", seconds: 3600),
            Self.run("w", Self.now, 12, seconds: 10),
        ])
        #expect(summary.workflows.rows.first?.durationChange.measured?.verdict == .better)
        #expect(kinds(summary) == ["w faster", "w aborted_less"])
    }

    @Test func whereNothingWasCutOffTheShiftIsHodgesAndLehmanns() throws {
        let summary = try summary([
            Self.run("w", Self.before, 10, seconds: 100), Self.run("w", Self.now, 10, seconds: 130),
        ])
        let duration = try #require(summary.workflows.rows.first?.durationChange.measured)
        #expect(duration.method == .mannWhitney && duration.verdict == .worse)
        #expect(abs((duration.shift ?? 0) - 30) < 1e-6 && duration.interval?.contains(30) == true)
    }

    // The seventh of 41 that starts to fail, a list of twenty notwithstanding; and nothing of it is cut.
    @Test func findingsAreNeverCutAndTheMostCostlyComesFirst() throws {
        var batches = (0..<40).flatMap { number in
            [
                Self.run("busy\(number)", Self.before, 9),
                Self.run("busy\(number)", Self.now, 8 + number % 2),
            ]
        }
        batches += [Self.run("rare", Self.before, 7), Self.run("rare", Self.now, 7, "FAILED", error: 1)]
        batches += [
            Self.run("gone", Self.before, 30), Self.run("gone", Self.now, 2, "RUNNING", seconds: nil),
        ]
        let summary = try summary(batches, limit: 20)
        #expect(summary.workflows.rows.count == 20 && summary.workflows.total == 41)
        #expect(!summary.workflows.rows.contains { $0.subject.name == "rare" })
        #expect(kinds(summary) == ["gone stopped", "p new_failure", "rare fails_more"])
        let stopped = try #require(summary.stopped.rows.first)
        #expect(stopped.previousRuns == 30 && stopped.open == 2)
        #expect(try self.summary(batches).workflows.rows.count == 41)
    }

    @Test func aWorkflowThatRarelyRunsHasNotStopped() throws {
        #expect(try summary([Self.run("w", Self.before, 4), Self.run("v", Self.now, 4)]).findings.isEmpty)
    }

    @Test func childrenCountWhereTheyAreAskedFor() throws {
        let batches = [
            Self.run("top", Self.now, 6), Self.run("low", Self.now, 5, "FAILED", error: 2, parent: "x0-1"),
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
            Self.run("w", Self.now, 6), Self.run("w", Self.now, 7, "FAILED", error: 1, source: 2),
        ])
        #expect(summary.headline.outcomes.ended == 13)
        #expect(
            summary.workflows.rows.map { "\($0.subject.source) \($0.outcomes.ended)" } == [
                "west 7", "east 6",
            ])
    }

    @Test func anArchiveThatDoesNotReachBackSaysSo() throws {
        #expect(
            try summary([Self.run("w", "2026-01-01", 1), Self.run("w", Self.now, 1)]).reachesBack == false)
        func extents(_ batches: [Batch]) throws -> [ArchiveReach.Extent] {
            try summary(batches).reach.map(\.extent)
        }
        #expect(
            try extents([Self.run("w", "2026-01-01", 1), Self.run("w", Self.before, 1, source: 2)]) == [
                .whole, .part,
            ])
        #expect(try extents([Self.run("w", Self.now, 1)]) == [.none, .none])
        let whole = try summary([
            Self.run("w", "2026-01-01", 1), Self.run("w", "2026-01-02", 1, source: 2),
            Self.run("w", Self.now, 1),
        ])
        #expect(whole.reachesBack)
        #expect(whole.reach.first?.firstEndedAt?.microsecondText == "2026-01-01T00:00:02.000000Z")
    }

    /// Run as it is printed, each gives as many rows as the section has.
    @Test func everyReceiptGivesThePagesFigures() throws {
        let batches = (0..<120).flatMap { number in
            [
                Self.run("w\(number)", Self.before, 2), Self.run("w\(number)", Self.now, 1),
                Self.run("w\(number)", Self.now, 1, "FAILED", error: 1 + number % 2),
            ]
        }
        try withArchive(batches) { archive in
            let summary = try WeeklySummary(of: archive, window: Self.window)
            func rows(_ receipt: Receipt) throws -> [[Cell]] {
                let query = try #require(NamedQuery.named(receipt.query))
                let words = receipt.parameters.map { (name: $0.key, value: $0.value) }
                return try query.run(on: archive, query.cells(for: words, now: Self.window.end)).rows
            }
            #expect(try rows(#require(summary.workflows.receipts.first)).count == 120)
            #expect(summary.workflows.rows.count == 120)
            let new = try #require(summary.headline.receipts.first { $0.query == "top-errors" })
            #expect(try rows(new).count == summary.headline.newFailures && summary.headline.newFailures == 2)
            let ended = try #require(summary.headline.receipts.first { $0.query == "outcomes" })
            #expect(try rows(ended)[0][1] == .integer(240))
            for receipt in summary.headline.receipts + summary.failures.receipts
                + summary.slowestNodes.receipts
            {
                _ = try rows(receipt)
            }
        }
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
