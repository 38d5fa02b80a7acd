import FlyteArchive
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteAnalysis

/// Where series change, and how rarely chance makes one.
@Suite struct ChangePointTests {
    private static func normal(_ random: inout Lehmer) -> Double {
        Normal.quantile(Double.random(in: 0.000_001..<0.999_999, using: &random))
    }

    private static func durations(_ count: Int, seed: UInt64, from change: Int? = nil, by factor: Double = 1)
        -> [Double]
    {
        var random = Lehmer(seed: seed)
        return (0..<count).map { index in
            exp(4 + 0.3 * normal(&random)) * (change.map { index >= $0 } == true ? factor : 1)
        }
    }

    /// The point of E-divisive means by its definition: all pairs of all divisions.
    private static func plainDivision(_ values: [Double], margin: Int) -> Int {
        func sum(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
            a.reduce(0) { total, x in total + b.reduce(0) { $0 + abs(x - $1) } }
        }
        let distances = (margin...values.count - margin).map { index -> Double in
            let (a, b) = (values[..<index], values[index...])
            let (m, k) = (Double(a.count), Double(b.count))
            return m * k / (m + k)
                * (2 / (m * k) * sum(a, b) - 2 / (m * (m - 1)) * sum(a, a) / 2 - 2 / (k * (k - 1)) * sum(b, b)
                    / 2)
        }
        return margin + (distances.indices.max { distances[$0] < distances[$1] } ?? 0)
    }

    @Test(arguments: UInt64(0)..<40) func aSeriesIsDividedWhereItFallsApartMost(seed: UInt64) throws {
        var random = Lehmer(seed: seed)
        let count = Int.random(in: 14...60, using: &random)
        // Some with ties.
        let values = (0..<count).map { index in
            let value = Self.normal(&random) + (index > count / 3 ? Double(seed % 3) : 0)
            return seed % 2 == 0 ? value : (value * 2).rounded()
        }
        let division = try #require(EnergyDivision(of: values[...], margin: 7))
        let plain = Self.plainDivision(values, margin: 7)
        // Where two are as good, either is right.
        let at = EnergyDivision(of: values[...], margin: 7)?.distance ?? 0
        #expect(division.index == plain || at > 0 && seed % 2 == 1, "\(division.index) \(plain)")
        #expect(EnergyDivision(of: values[..<13], margin: 7) == nil)
    }

    @Test(arguments: UInt64(0)..<30) func aSlowDownIsFoundWhereItBegan(seed: UInt64) throws {
        let points = ChangePoints.ofMeasurements(Self.durations(200, seed: seed, from: 150, by: 1.8))
        #expect(points.contains { abs($0.index - 150) <= 6 }, "\(points)")
        #expect(points.count <= 2)
    }

    @Test func twoChangesAreTwo() {
        let values =
            Self.durations(80, seed: 1) + Self.durations(80, seed: 2).map { $0 * 2 }
            + Self.durations(80, seed: 3)
        let points = ChangePoints.ofMeasurements(values)
        #expect(
            points.count == 2 && zip(points, [80, 160]).allSatisfy { abs($0.index - $1) <= 4 }, "\(points)")
    }

    /// A hundred series a seed: 5 in 100 seeds may tell something by chance, as the archive counts them.
    @Test func whereNothingChangesHardlyAnythingIsTold() {
        let (seeds, series) = (60, 40)
        var told = 0
        for seed in 0..<seeds {
            var isTold = false
            for number in 0..<series {
                let own = UInt64(seed * series + number)
                var random = Lehmer(seed: own ^ 0xABCD)
                let count = Int.random(in: 14...160, using: &random)
                let values = Self.durations(count, seed: own)
                let rate = Double.random(in: 0.02...0.3, using: &random)
                let outcomes = (0..<count).map { _ in
                    Double.random(in: 0..<1, using: &random) < rate ? 1.0 : 0
                }
                let points = ChangePoints.ofMeasurements(values) + ChangePoints.ofOutcomes(outcomes)
                if points.contains(where: { $0.p * Double(2 * series) <= 0.05 }) { isTold = true }
            }
            if isTold { told += 1 }
        }
        // Of 60 at a rate of 5 % more than 7 come once in a hundred times.
        #expect(told <= 7, "\(told) of \(seeds)")
    }

    @Test func outcomesChangeWhereTheyBeginToFail() {
        let values = (0..<120).map { $0 % 20 == 7 ? 1.0 : 0 } + (0..<20).map { $0 % 2 == 0 ? 1.0 : 0 }
        let points = ChangePoints.ofOutcomes(values)
        #expect(points.count == 1 && abs((points.first?.index ?? 0) - 120) <= 2, "\(points)")
        // Two failures at the end prove nothing.
        #expect(ChangePoints.ofOutcomes(Array(repeating: 0.0, count: 100) + [1, 1]).isEmpty)
        #expect(ChangePoints.ofOutcomes(Array(repeating: 0.0, count: 100)).isEmpty)
        #expect(ChangePoints.ofOutcomes(Array(repeating: 1.0, count: 100)).isEmpty)
    }

    @Test func fewRunsEqualOnesAndOutliersAreNoChange() {
        #expect(ChangePoints.ofMeasurements([]).isEmpty)
        #expect(ChangePoints.ofMeasurements([1, 1, 1, 9, 9, 9]).isEmpty)
        #expect(ChangePoints.ofMeasurements(Array(repeating: 5, count: 200)).isEmpty)
        var values = Self.durations(100, seed: 3)
        (values[90], values[95]) = (1e9, 1e9)
        #expect(ChangePoints.ofMeasurements(values).isEmpty)
    }

    // Of R 4.3, maxstat 0.7-25: pLausen92(b, minprop = 0.1, maxprop = 0.9).
    @Test func theBoundIsThatOfLausenAndSchumacher() {
        func formula(_ b: Double) -> Double {
            let density = exp(-b * b / 2) / (2 * Double.pi).squareRoot()
            return 4 * density / b + density * (b - 1 / b) * log(0.9 * 0.9 / (0.1 * 0.1))
        }
        for b in [2.5, 3, 4, 6] {
            #expect(abs(ChangePoints.maximumProbability(b, margin: 0.1) - min(1, formula(b))) < 1e-12)
        }
        #expect(ChangePoints.maximumProbability(0.5, margin: 0.1) == 1)
    }

    // MARK: Kept in an archive

    /// Runs of a workflow an hour apart; the last ones slower, and of another version.
    private static func made(_ path: String, slowed: Int, runs: Int = 120) throws {
        do { _ = try Archive(path: path, mode: .readWrite) }
        let seconds = durations(runs, seed: 9, from: runs - slowed, by: 2)
        let values = seconds.enumerated().map { "(\($0), \(Int64($1 * 1e9)))" }.joined(separator: ", ")
        try SQLiteFile.run(
            path,
            """
            INSERT INTO source VALUES (1, 'lab', 'https://lab', NULL);
            INSERT INTO scope VALUES (1, 1, 'p', 'd');
            INSERT INTO name (id, value) VALUES (1, 'n0'), (2, 'ada'), (3, 'bob');
            INSERT INTO definition (id, scope_id, kind, name, version, image, cpu_request) VALUES
                (1, 1, 'workflow', 'w', 'v1', NULL, NULL), (2, 1, 'workflow', 'w', 'v2', NULL, NULL),
                (3, 1, 'task', 't', 'v1', 'img:1', 1), (4, 1, 'task', 't', 'v2', 'img:2', 1);
            CREATE TEMP TABLE run (number INTEGER, ns INTEGER);
            INSERT INTO run VALUES \(values);
            INSERT INTO execution (id, key, scope_id, name, workflow_id, phase, mode, principal_id, nesting, created_at,
                started_at, duration_ns, ended_at, is_archived, node_count, attempt_count, retry_count, is_complete,
                observed_at, digest)
            SELECT number + 1, number + 1, 1, 'e' || number, iif(number >= \(runs - slowed), 2, 1), 'SUCCEEDED', 'MANUAL',
                2 + number % 2, 0, at, at, ns, at + ns, 0, 1, 1, 0, 1, 1, x''
            FROM (SELECT number, ns, unixepoch('2026-01-01') * 1000000000 + number * 3600000000000 AS at FROM run);
            INSERT INTO node (execution_id, number, node_id, path_id, depth, kind, phase, task_id, created_at, ended_at,
                attempt_count)
            SELECT id, 1, 1, 1, 0, 'task', 'SUCCEEDED', workflow_id + 2, created_at, ended_at, 1 FROM execution;
            INSERT INTO attempt (execution_id, number, node, attempt, task_id, phase, created_at, ended_at)
            SELECT execution_id, 1, 1, 0, task_id, 'SUCCEEDED', created_at, ended_at FROM node;
            """)
    }

    @Test func aSlowDownIsKeptWithItsDayAndVersion() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Self.made(path, slowed: 30)
            let archive = try Archive(path: path, mode: .readWrite)
            #expect(try archive.changesDue().map(\.workflow) == ["w"])
            #expect(try ChangeKeeper(archive).update() == 1)
            #expect(try archive.changesDue().isEmpty)
            #expect(try ChangeKeeper(archive).update() == 0)
            let rows = try archive.query(
                """
                SELECT node_path, measure, date(at), before < after, low > 0, p < 0.001,
                    with_what ->> '$.workflow_version[1]', with_what ->> '$."image t"[0]', with_what ->> '$.principal'
                FROM v_change ORDER BY node_path
                """
            ).rows
            #expect(rows.count == 2)
            for row in rows {
                #expect(row[1].text == "duration" && row[2].text == "2026-01-04", "\(row)")
                #expect(row[3...5] == [.integer(1), .integer(1), .integer(1)])
                #expect(row[6].text == "v2" && row[7].text == "img:1" && row[8].isNull, "\(row)")
            }
            #expect(try ChangeKeeper(archive).findings().isEmpty)
            #expect(try ChangeKeeper(archive).rebuild() == 0)
        }
    }

    @Test func anInputThatIsAlwaysAnotherOneExplainsNothing() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Self.made(path, slowed: 30)
            // Both have one value in the runs before the change and another in those after it; one has had others before.
            try SQLiteFile.run(
                path,
                """
                INSERT INTO name (id, value) VALUES (10, 'day'), (11, 'region'), (12, 'string');
                INSERT INTO literal_map SELECT id, 1, 1, 0, 8 FROM execution;
                UPDATE execution SET input_map = 1;
                INSERT INTO literal (execution_id, map, name_id, type_id, text, size_bytes)
                SELECT id, 1, 10, 12, 'day ' || ((id - 1) / 30), 8 FROM execution
                UNION ALL SELECT id, 1, 11, 12, iif(id > 90, 'eu', 'us'), 8 FROM execution;
                """)
            let archive = try Archive(path: path, mode: .readWrite)
            #expect(try ChangeKeeper(archive).update() == 1)
            let rows = try archive.query(
                "SELECT with_what ->> '$.\"input region\"', with_what ->> '$.\"input day\"' FROM v_change"
            ).rows
            #expect(rows.count == 2)
            for row in rows { #expect(row[0].text == #"["us","eu"]"# && row[1].isNull, "\(row)") }
        }
    }

    @Test func whatIsNotAsItWasFoundIsToldAndMadeAgain() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Self.made(path, slowed: 30)
            do { try ChangeKeeper(try Archive(path: path, mode: .readWrite)).update() }
            try SQLiteFile.run(path, "UPDATE change SET after = after * 2 WHERE path_id IS NULL;")
            let archive = try Archive(path: path, mode: .readWrite)
            #expect(try ChangeKeeper(archive).findings().map(\.place) == ["change w"])
            #expect(try ChangeKeeper(archive).rebuild() == 1)
            #expect(try ChangeKeeper(archive).findings().isEmpty)
        }
    }

    @Test func aNewRunMakesItsWorkflowDueAndADeletedOneToo() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Self.made(path, slowed: 0)
            do { try ChangeKeeper(try Archive(path: path, mode: .readWrite)).update() }
            func due() throws -> [String] {
                try Archive(path: path, mode: .readOnly).changesDue().map(\.workflow)
            }
            #expect(try due() == [])
            // When it is to be read again is no part of any history.
            try SQLiteFile.run(path, "UPDATE execution SET reread_at = 5 WHERE id = 3;")
            #expect(try due() == [])
            // A row is written whole when something of the execution was read otherwise: a node, say.
            try SQLiteFile.run(
                path, "UPDATE execution SET phase = phase, ended_at = ended_at, digest = x'01' WHERE id = 3;")
            #expect(try due() == ["w"])
            do { try ChangeKeeper(try Archive(path: path, mode: .readWrite)).update() }
            #expect(try due() == [])
            #expect(try Archive(path: path, mode: .readOnly).query("SELECT * FROM v_change").rows.isEmpty)
            try SQLiteFile.run(path, "UPDATE execution SET observed_at = 2 WHERE id = 5;")
            #expect(try due() == [])
            try SQLiteFile.run(path, "UPDATE execution SET phase = 'FAILED' WHERE id = 5;")
            #expect(try due() == ["w"])
            do { try ChangeKeeper(try Archive(path: path, mode: .readWrite)).update() }
            try SQLiteFile.run(path, "PRAGMA foreign_keys = ON; DELETE FROM execution WHERE id = 6;")
            #expect(try due() == ["w"])
        }
    }
}
