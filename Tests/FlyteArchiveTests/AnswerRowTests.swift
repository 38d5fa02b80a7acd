import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// What the writer fills for answers: the ledgers of time, slack and drag, and prices.
struct AnswerRowTests {
    @Test func bothLedgersOfTheRecordingsAreThoseOfAnotherImplementation() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { _ = try RecordedArchive.make(path, try RecordedArchive.captures()) }
            let said = String(decoding: try SecondImplementation.run("ledgers", [path]), as: UTF8.self)
            #expect(said.hasSuffix(" 0 findings\n"), "\(said)")
        }
    }

    /// The step sums up what is there; the rest is made again from the messages.
    @Test func anArchiveOfBeforeSaysThatItIsDueAndThenHasAllOfIt() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            try Fixtures.unpackArchive(version: 3, to: path)
            let archive = try Archive(path: path, mode: .readWrite)
            let due = try archive.overdue().filter { $0.part == .execution }
            #expect(
                due.count == 1 && due[0].remaining > 10 && due[0].reason.contains("slack and drag of nodes"))
            let sums = """
                SELECT count(*), count(*) FILTER (WHERE w.whole = e.ended_at - e.created_at) FROM execution e
                JOIN (SELECT execution_id, sum(duration_ns) AS whole FROM wall_time GROUP BY 1) w ON w.execution_id = e.id
                """
            let before = try archive.query(sums).rows[0]
            #expect(before[0] == before[1] && (before[0].integer ?? 0) > 10)
            #expect(try archive.query("SELECT count(*) FROM v_work_time").rows == [[.integer(0)]])
            #expect(try archive.makeOverdue(within: nil).damaged.isEmpty)
            #expect(try archive.query(sums).rows[0] == before)
            let said = String(decoding: try SecondImplementation.run("ledgers", [path]), as: UTF8.self)
            #expect(said.hasSuffix(" 0 findings\n"), "\(said)")
            // What has no slack to speak of is on the path, and what is not on it drags nothing.
            let odd = try archive.query(
                """
                SELECT count(*) FILTER (WHERE NOT on_path AND drag_s > 0),
                    count(*) FILTER (WHERE slack_s < 0 OR drag_s < 0), count(drag_s) > 30
                FROM v_slack
                """
            ).rows
            #expect(odd == [[.integer(0), .integer(0), .integer(1)]])
        }
    }

    // MARK: Prices

    private static let rows = """
        INSERT INTO source VALUES (1, 'lab', 'https://lab', NULL);
        INSERT INTO scope VALUES (1, 1, 'p', 'd'), (2, 1, 'q', 'd');
        INSERT INTO name VALUES (1, 'n0'), (2, 'east');
        INSERT INTO pack (id, raw_bytes, data) VALUES (1, 0, x'');
        INSERT INTO definition (id, scope_id, kind, name, version, pack_id, cpu_request, memory_request_bytes, gpu_request) VALUES
            (1, 1, 'task', 't', '1', 1, 2, 1073741824, NULL), (2, 1, 'task', 'g', '1', 1, 1, 1073741824, 1), (3, 1, 'task', 'bare', '1', 1, NULL, NULL, NULL),
            (4, 1, 'task', 'unknown', '1', NULL, NULL, NULL, NULL);
        INSERT INTO execution (id, key, scope_id, name, phase, mode, cluster_id, nesting, created_at, ended_at, is_archived, node_count, attempt_count,
            retry_count, is_complete, observed_at, digest) VALUES
            (1, 1, 1, 'a', 'SUCCEEDED', 'MANUAL', 2, 0, 0, 1, 0, 1, 0, 0, 1, 1, x''), (2, 2, 2, 'b', 'SUCCEEDED', 'MANUAL', NULL, 0, 0, 1, 0, 1, 0, 0, 1, 1, x'');
        INSERT INTO node (execution_id, number, node_id, depth, kind, phase, attempt_count) VALUES (1, 1, 1, 0, 'task', 'SUCCEEDED', 0), (2, 1, 1, 0, 'task', 'SUCCEEDED', 0);
        INSERT INTO attempt (execution_id, number, node, attempt, task_id, phase, created_at, started_at, duration_ns, ended_at, elements, replicas, had_container, outcome) VALUES
            (1, 1, 1, 0, 1, 'SUCCEEDED', 0, 0, 3600000000000, 100000000000000000, 1, 1, 1, 'useful'),
            (1, 2, 1, 1, 2, 'SUCCEEDED', 0, 0, 3600000000000, 100000000000000000, 1, 1, 1, 'useful'),
            (1, 3, 1, 2, 3, 'SUCCEEDED', 0, 0, 3600000000000, 100000000000000000, 1, 1, 1, 'useful'),
            (1, 4, 1, 3, 4, 'SUCCEEDED', 0, 0, 3600000000000, 100000000000000000, 1, 1, 1, 'useful'),
            (1, 5, 1, 4, 1, 'ABORTED', 0, NULL, NULL, 100000000000000000, 1, 1, 0, 'aborted'),
            (1, 6, 1, 5, 1, 'SUCCEEDED', 99996400000000000, NULL, NULL, 100000000000000000, 10, 2, 1, 'useful'),
            (1, 7, 1, 6, 1, 'RUNNING', 0, 0, NULL, NULL, 1, 1, 1, NULL),
            (2, 1, 1, 0, 1, 'SUCCEEDED', 0, 0, 3600000000000, 200000000000000000, 1, 1, 1, 'useful');
        """

    private static func costs(_ book: [PriceEntry]) throws -> [String] {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            try SQLiteFile.run(path, rows)
            let archive = try Archive(path: path, mode: .readWrite)
            try archive.setPrices(book)
            return try archive.query(
                "SELECT execution, attempt, currency, cost_low, cost, is_whole FROM v_cost ORDER BY execution, attempt"
            ).rows.map { row in
                row.map { cell in
                    cell.isNull ? "-" : cell.text ?? cell.integer.map(String.init) ?? "\(cell.real ?? .nan)"
                }.joined(separator: " ")
            }
        }
    }

    private static func price(
        _ from: Int64, until: Int64? = nil, core: Double? = 1, gib: Double? = 0.5, gpu: Double? = 10,
        project: String? = nil, cluster: String? = nil, currency: String = "EUR"
    ) -> PriceEntry {
        PriceEntry(
            from: Timestamp(nanoseconds: from), until: until.map { Timestamp(nanoseconds: $0) },
            cluster: cluster, project: project, currency: currency, coreHour: core, gibHour: gib, gpuHour: gpu
        )
    }

    @Test func requestsTimesHoursTimesPrices() throws {
        #expect(
            try Self.costs([Self.price(0)]) == [
                // 2 cores and 1 GiB for an hour; with a GPU; without any request, which is no cost of 0; unknown; without a
                // container; two replicas of ten elements, of which nobody saw when they ran.
                "a 0 EUR 2.5 2.5 1", "a 1 EUR 11.5 11.5 1", "a 2 EUR - - 0", "a 3 EUR - - 0",
                "a 4 EUR 0.0 0.0 1",
                "a 5 EUR 0.0 50.0 1", "b 0 EUR 2.5 2.5 1",
            ])
    }

    @Test func withoutAPriceThereIsNoCost() throws {
        let costs = try Self.costs([])
        #expect(costs.allSatisfy { $0.hasSuffix("- - - 0") })
        // The book ended before the second execution's attempt did, and a price of GPUs is not in it.
        #expect(
            try Self.costs([Self.price(0, until: 200_000_000_000_000_000, gpu: nil)]) == [
                "a 0 EUR 2.5 2.5 1", "a 1 EUR 1.5 1.5 0", "a 2 EUR - - 0", "a 3 EUR - - 0",
                "a 4 EUR 0.0 0.0 1",
                "a 5 EUR 0.0 50.0 1", "b 0 - - - 0",
            ])
    }

    @Test func theMostParticularPriceCountsThenTheLater() throws {
        let book = [
            Self.price(0, core: 9, project: "p", cluster: "east"), Self.price(50, core: 8, project: "p"),
            Self.price(60, core: 7), Self.price(60, core: 6), Self.price(300_000_000_000_000_000, core: 5),
        ]
        let costs = try Self.costs(book)
        #expect(costs[0] == "a 0 EUR 18.5 18.5 1" && costs[6] == "b 0 EUR 12.5 12.5 1")
    }

    @Test func overlapsAreOfTheSamePlaceAndTime() {
        let first = Self.price(0, until: 10)
        #expect(!first.overlaps(Self.price(10)) && first.overlaps(Self.price(9)))
        #expect(!first.overlaps(Self.price(5, project: "p")) && Self.price(0).overlaps(Self.price(99)))
    }

    @Test func aBookTakesThePlaceOfTheOneBefore() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            try archive.setPrices([Self.price(0), Self.price(1)])
            try archive.setPrices([Self.price(86_400_000_000_000, core: nil)])
            #expect(
                try archive.query(
                    "SELECT from_at, until_at, currency, core_hour, gib_hour, number FROM v_price"
                ).rows
                    == [
                        [
                            .text("1970-01-02T00:00:00.000000Z"), .null, .text("EUR"), .null, .real(0.5),
                            .integer(1),
                        ]
                    ])
        }
    }
}
