import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Foundation
import TestSupport
import Testing

/// Walks along data over a few rows: who wrote what was read, where a walk ends, and how long it takes.
@Suite struct LineageWalkTests {
    /// Executions 1, 2, … called `e1`, `e2`, …; addresses likewise are the names 101, 102, … called `s3://b/1`, ….
    private static func archive<Result>(
        executions: Int = 4, addresses: Int = 3, _ rows: String, _ body: (Archive) throws -> Result
    ) throws -> Result {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            try SQLiteFile.run(
                path,
                """
                INSERT INTO source VALUES (1, 'lab', 'https://lab', NULL);
                INSERT INTO scope VALUES (1, 1, 'p', 'd');
                INSERT INTO name (id, value) VALUES (1, 'v'), (2, 'file');
                INSERT INTO name (id, value) SELECT 100 + value, 's3://b/' || value FROM generate_series(1, \(addresses));
                INSERT INTO execution (id, key, scope_id, name, phase, mode, nesting, created_at, is_archived, node_count,
                    attempt_count, retry_count, is_complete, observed_at, digest)
                SELECT value, value, 1, 'e' || value, 'SUCCEEDED', 'MANUAL', 0, value, 0, 0, 0, 0, 1, 1, x''
                FROM generate_series(1, \(executions));
                CREATE TEMP TABLE fact (execution_id, is_write, address, at, level);
                \(rows)
                INSERT INTO lineage (execution_id, number, is_write, name_id, kind_id, address_id, at, level)
                SELECT execution_id, row_number() OVER (PARTITION BY execution_id), is_write, 1, 2, 100 + address, at, level
                FROM fact;
                """)
            return try body(try Archive(path: path, mode: .readOnly))
        }
    }

    private static func walk(
        _ archive: Archive, _ name: String, _ direction: LineageWalk.Direction, depth: Int = 10
    ) throws -> [String] {
        let start = try #require(
            try archive.lineageExecution(ExecutionID(project: "p", domain: "d", name: name), source: "lab"))
        return try LineageWalk(from: .execution(start), [direction], depth: depth, in: archive).steps.map {
            step in
            "\(step.depth) \(step.execution?.id.name ?? "-") "
                + step.links.map { String($0.address.dropFirst("s3://b/".count)) }.joined(separator: ",")
                + (step.stop.map { " \($0.rawValue)" } ?? "")
        }
    }

    /// e1 and e2 both write 1; e3 reads it between, e4 after.
    private static let overwritten = """
        INSERT INTO fact VALUES (1, 1, 1, 10, 0), (3, 0, 1, 15, 0), (2, 1, 1, 20, 0), (4, 0, 1, 25, 0);
        """

    @Test func whatWasReadIsTheLastOnesBefore() throws {
        try Self.archive(Self.overwritten) { (archive: Archive) throws in
            #expect(try Self.walk(archive, "e3", .up) == ["1 e1 1"])
            #expect(try Self.walk(archive, "e4", .up) == ["1 e2 1"])
            #expect(try Self.walk(archive, "e1", .down) == ["1 e3 1"])
            #expect(try Self.walk(archive, "e2", .down) == ["1 e4 1"])
        }
    }

    @Test func whatNobodyWroteBeforeComesFromOutside() throws {
        try Self.archive("INSERT INTO fact VALUES (1, 1, 1, 10, 0), (2, 0, 1, 5, 0), (2, 0, 2, 5, 0);") {
            (archive: Archive) throws in
            #expect(try Self.walk(archive, "e2", .up) == ["1 - 1,2 outside"])
            #expect(try Self.walk(archive, "e1", .down) == [])
        }
    }

    @Test func whatItWroteItselfIsNobodyElses() throws {
        try Self.archive(
            "INSERT INTO fact VALUES (1, 1, 1, 10, 0), (2, 1, 1, 20, 0), (2, 0, 1, 21, 0), (2, 0, 1, 15, 0);"
        ) { (archive: Archive) throws in
            // At 15 it was e1's, at 21 its own.
            #expect(try Self.walk(archive, "e2", .up) == ["1 e1 1"])
            #expect(try Self.walk(archive, "e2", .down) == [])
        }
    }

    @Test func whatAChildDidIsTheChilds() throws {
        let rows = """
            INSERT INTO fact VALUES (1, 1, 1, 12, 2), (2, 1, 1, 10, 0), (1, 1, 1, 13, 1), (3, 0, 1, 20, 0);
            """
        // Where the archive does not have the child, its parent stands for it.
        try Self.archive(rows + "UPDATE execution SET parent = 'e1' WHERE id = 2;") {
            (archive: Archive) throws in
            #expect(try Self.walk(archive, "e3", .up) == ["1 e2 1"])
        }
        try Self.archive(
            "INSERT INTO fact VALUES (1, 1, 1, 12, 2), (1, 1, 1, 13, 1), (3, 0, 1, 20, 0);"
        ) { (archive: Archive) throws in #expect(try Self.walk(archive, "e3", .up) == ["1 e1 1"]) }
    }

    @Test func aCycleIsToldAndEndsThere() throws {
        // e1 and e2 read what the other one wrote before.
        let rows = """
            INSERT INTO fact VALUES (1, 1, 1, 10, 0), (2, 0, 1, 20, 0), (2, 1, 2, 5, 0), (1, 0, 2, 8, 0);
            """
        try Self.archive(rows) { (archive: Archive) throws in
            #expect(try Self.walk(archive, "e1", .up) == ["1 e2 2", "2 e1 1 cycle"])
            #expect(try Self.walk(archive, "e1", .down) == ["1 e2 1", "2 e1 2 cycle"])
        }
    }

    @Test func eachIsFollowedOnceAndDepthIsBounded() throws {
        // A diamond: 1 → 2, 3 → 4.
        let rows = """
            INSERT INTO fact VALUES (1, 1, 1, 1, 0), (2, 0, 1, 2, 0), (3, 0, 1, 2, 0), (2, 1, 2, 3, 0), (3, 1, 3, 3, 0),
                (4, 0, 2, 4, 0), (4, 0, 3, 4, 0);
            """
        try Self.archive(rows) { (archive: Archive) throws in
            #expect(
                try Self.walk(archive, "e4", .up) == ["1 e2 2", "2 e1 1", "1 e3 3", "2 e1 1"])
            #expect(try Self.walk(archive, "e4", .up, depth: 1) == ["1 e2 2 depth", "1 e3 3 depth"])
            #expect(try Self.walk(archive, "e1", .up) == [])
        }
    }

    @Test func anAddressIsAskedForAsAnybodyWritesIt() throws {
        try Self.archive(Self.overwritten) { (archive: Archive) throws in
            #expect(
                try archive.uses(of: "S3A://b/1/", isWrite: true).map { $0.execution?.id.name } == [
                    "e2", "e1",
                ])
            #expect(
                try archive.uses(of: "s3://b/1", isWrite: false).map { $0.execution?.id.name } == [
                    "e4", "e3",
                ])
            #expect(try archive.uses(of: "s3://B/1", isWrite: true).isEmpty)
        }
    }

    /// 5,000 executions, each of which reads a hundred addresses of the one before and writes a hundred: a million rows.
    @Test func aMillionRowsAreNoReasonToWait() throws {
        let rows = """
            INSERT INTO fact SELECT e.value, 1, (e.value - 1) * 100 + a.value, e.value * 10, 0
            FROM generate_series(1, 5000) e, generate_series(1, 100) a;
            INSERT INTO fact SELECT e.value, 0, (e.value - 2) * 100 + a.value, e.value * 10 - 1, 0
            FROM generate_series(2, 5000) e, generate_series(1, 100) a;
            """
        try Self.archive(executions: 5_000, addresses: 500_000, rows) { (archive: Archive) throws in
            let start = try #require(
                try archive.lineageExecution(
                    ExecutionID(project: "p", domain: "d", name: "e5000"), source: "lab"))
            let walk = try LineageWalk(from: .execution(start), [.up], depth: 1_000_000, in: archive)
            #expect(walk.steps.count == LineageWalk.sizeLimit && walk.steps.last?.stop == .size)
            #expect(walk.steps.allSatisfy { $0.links.count == 100 })
        }
    }
}
