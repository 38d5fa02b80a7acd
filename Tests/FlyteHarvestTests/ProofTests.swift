import FlyteArchive
import FlyteHarvest
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

/// What `verify` finds and `rebuild` mends, on archives that were harvested.
@Suite struct ProofTests {
    /// The sample installation, harvested once; nobody writes it.
    static let sample = Task {
        let path = TemporaryFolder.shared + "/proof.db"
        let server = try AdminServer(SampleHarvest.sample.installation)
        defer { server.stop() }
        _ = try await SampleHarvest.run(server, into: path)
        return path
    }

    static func findings(_ path: String, _ extent: Verification.Extent = .everything) throws -> [Finding] {
        var findings: [Finding] = []
        _ = try Archive(path: path, mode: .readOnly).verify(extent) { findings.append($0) }
        return findings
    }

    /// A copy of the sample to do things to.
    static func withCopy(_ body: (String) throws -> Void) async throws {
        let sample = try await sample.value
        try TemporaryFolder.with { folder in
            try FileManager.default.copyItem(atPath: sample, toPath: folder + "/a.db")
            try body(folder + "/a.db")
        }
    }

    static func withSmallCopy(_ body: (String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            try SmallArchive.copy(to: folder + "/a.db")
            try body(folder + "/a.db")
        }
    }

    static func rebuild(_ path: String) throws -> RebuildSummary {
        let archive = try Archive(path: path, mode: .readWrite)
        let summary = try archive.rebuild()
        try archive.settle()
        return summary
    }

    static func dump(_ path: String) throws -> [String] {
        try TableDump.lines(of: try Archive(path: path, mode: .readOnly))
    }

    @Test func theSampleIsWholeAndARebuildChangesNothing() async throws {
        try await Self.withCopy { path in
            #expect(try Self.findings(path) == [])
            #expect(try Self.findings(path, .quick) == [])
            let before = try Self.dump(path)
            #expect(before.count > 50_000)
            let summary = try Self.rebuild(path)
            #expect(summary.changedNothing && summary.damaged.isEmpty)
            #expect(summary.executions > 400)
            #expect(try Self.dump(path) == before)
        }
    }

    @Test func theSampleServersSpansAreTheRecomputedOnes() async throws {
        let path = try await Self.sample.value
        var findings: [Finding] = []
        let archive = try Archive(path: path, mode: .readOnly)
        let server = try archive.query("SELECT count(*) FROM v_span WHERE origin = 'server'").rows[0][0]
            .integer
        #expect(server ?? 0 > 1000)
        let result = try archive.verify(.only(spans: true, paths: true)) { findings.append($0) }
        #expect(findings == [])
        #expect(result.executions > 400)
    }

    @Test(arguments: [
        [RecordedExchange.Set.propellerCases], [.scriptedLocal, .scriptedLater],
    ])
    func recordedHarvestsAreWholeAndARebuildChangesNothing(sets: [RecordedExchange.Set]) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            for set in sets { _ = try await RecordedHarvestTests.harvest(set, into: path) }
            #expect(try Self.findings(path) == [])
            let before = try Self.dump(path)
            #expect(try Self.rebuild(path).changedNothing)
            #expect(try Self.dump(path) == before)
        }
    }

    @Test func aRebuildMendsEveryTableThatFollowsFromTheMessages() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            _ = try await RecordedHarvestTests.harvest(.propellerCases, into: path)
            let before = try Self.dump(path)
            try SQLiteFile.run(
                path,
                """
                UPDATE execution SET phase = 'RUNNING', started_at = 1, cause_id = NULL, parent = NULL, nesting = 0,
                    is_complete = 0, node_count = 99, input_map = NULL WHERE id % 3 = 0;
                DELETE FROM execution_tag WHERE execution_id % 2 = 0;
                DELETE FROM literal_map WHERE execution_id = 4;
                UPDATE literal SET number = 7, text = 'no' WHERE execution_id % 5 = 0;
                UPDATE node SET kind = 'task', child = 'other', ended_at = 0 WHERE execution_id % 4 = 1;
                DELETE FROM attempt WHERE execution_id % 7 = 0;
                DELETE FROM subtask; DELETE FROM reason; DELETE FROM log; DELETE FROM signal;
                DELETE FROM dynamic_edge; DELETE FROM edge;
                UPDATE metric_span SET duration_ns = 1 WHERE execution_id % 9 = 0;
                DELETE FROM path_step WHERE execution_id % 2 = 1;
                UPDATE definition SET image = 'other', schedule = 'never', sha256 = sha256, created_at = NULL;
                UPDATE error SET fingerprint = '1:0' WHERE id % 2 = 0;
                INSERT INTO error_search (error_search) VALUES ('delete-all');
                """)
            #expect(try Self.dump(path) != before)
            #expect(try !Self.findings(path).isEmpty)
            let summary = try Self.rebuild(path)
            #expect(summary.changed > 100)
            #expect(summary.isSearchNew && summary.damaged.isEmpty)
            #expect(try Self.dump(path) == before)
            #expect(try Self.findings(path) == [])
        }
    }

    @Test func aRebuildMakesErrorsAnewThatWereRewritten() throws {
        try Self.withSmallCopy { path in
            // The errors' ids are the archive's own.
            func said() throws -> [String] {
                try ViewDump.lines(of: try Archive(path: path, mode: .readOnly))
                    .filter { !$0.hasPrefix("v_error:") }
            }
            let before = try said()
            try SQLiteFile.run(path, "UPDATE error SET message = 'all is well', code = ''")
            #expect(try Self.rebuild(path).sharedRows > 0)
            #expect(try said() == before)
            let left = try Self.findings(path)
            #expect(left == [], "\(left)")
        }
    }

    struct Tampering: Sendable {
        var sql: String
        /// What a place among the findings begins or ends with.
        var place: String
        var finding: String
    }

    @Test(arguments: [
        Tampering(
            sql:
                "UPDATE node SET phase = 'X' WHERE execution_id = (SELECT max(id) FROM execution) AND number = 2",
            place: "node 2",
            finding: "differs from the messages"),
        Tampering(
            sql: "DELETE FROM attempt WHERE execution_id = (SELECT max(id) FROM execution) AND number = 1",
            place: "attempt 1",
            finding: "is missing"),
        Tampering(
            sql: "INSERT INTO path_step VALUES ((SELECT max(id) FROM execution), 999, NULL, NULL, 1, 0, 1)",
            place: "path_step 999",
            finding: "is there without reason"),
        Tampering(
            sql:
                "UPDATE path_step SET start_at = start_at + 1 WHERE execution_id = (SELECT max(id) FROM execution) AND step = 1",
            place: "", finding: "path is not sound"),
        Tampering(
            sql:
                "UPDATE message SET sha256 = x'00' WHERE execution_id = (SELECT max(id) FROM execution) AND number = 2",
            place: "",
            finding: "cannot be read"),
        Tampering(
            sql:
                "UPDATE message SET offset = 9223372036854775807 WHERE execution_id = (SELECT max(id) FROM execution) AND number = 2",
            place: "", finding: "cannot be read"),
        Tampering(
            sql:
                "UPDATE message SET attempt = 5 WHERE execution_id = (SELECT max(id) FROM execution) AND number = 1",
            place: "",
            finding: "cannot be read"),
        Tampering(
            sql: "DELETE FROM message WHERE execution_id = (SELECT max(id) FROM execution) AND number = 4",
            place: "",
            finding: "cannot be read"),
        Tampering(
            sql: "UPDATE pack SET data = zeroblob(40) WHERE id = (SELECT max(id) FROM pack)", place: "pack ",
            finding: "differs from its frame"),
        Tampering(
            sql: "INSERT INTO pack SELECT 999999, dictionary_id, raw_bytes, data FROM pack LIMIT 1",
            place: "pack 999999", finding: "is there without reason"),
        Tampering(sql: "DELETE FROM dictionary", place: "pack", finding: "refers to what is not there"),
        Tampering(
            sql: "UPDATE dictionary SET data = zeroblob(length(data))", place: "dictionary",
            finding: "cannot be read"),
        Tampering(
            sql: "UPDATE text SET value = 'x' WHERE id = (SELECT max(id) FROM text)", place: "text ",
            finding: "differs from its digest"),
        Tampering(
            sql: "UPDATE error SET fingerprint = ''", place: "error ",
            finding: "differs from the messages"),
        Tampering(
            sql: "UPDATE definition SET task_type = 'x'", place: "definition ",
            finding: "differs from the messages"),
        Tampering(
            sql: "INSERT INTO error_search (error_search) VALUES ('delete-all')", place: "error_search",
            finding: "differs from table error"),
        Tampering(
            sql: "DROP TRIGGER harvest_sealed_again; UPDATE harvest SET requests = 1", place: "harvest 1",
            finding: "differs from its seal"),
        Tampering(
            sql: "DELETE FROM seal WHERE part = 'watermark'", place: "watermark",
            finding: "differs from its seal"),
        Tampering(sql: "DROP TRIGGER source_sealed", place: "schema", finding: "is missing or changed"),
        Tampering(
            sql: "DROP VIEW v_signal; CREATE VIEW v_signal AS SELECT 1 AS source", place: "schema",
            finding: "is none of flightlog's"),
        Tampering(
            sql: "UPDATE harvest SET outcome = NULL", place: "harvest 1", finding: "contradicts itself"),
        Tampering(
            sql: "UPDATE harvest SET executions_new = 3", place: "source 1", finding: "contradicts itself"),
        Tampering(
            sql:
                "PRAGMA foreign_keys = OFF; DELETE FROM node WHERE execution_id = (SELECT max(id) FROM execution); DELETE FROM execution WHERE id = (SELECT max(id) FROM execution)",
            place: "message", finding: "refers to what is not there"),
    ])
    func eachTamperingIsFoundInItsPlace(tampering: Tampering) throws {
        try Self.withSmallCopy { path in
            try SQLiteFile.run(path, tampering.sql)
            let findings = try Self.findings(path)
            #expect(
                findings.contains {
                    $0.finding == tampering.finding
                        && ($0.place.hasPrefix(tampering.place) || $0.place.hasSuffix(tampering.place))
                }, "\(findings.prefix(5))")
        }
    }

    @Test func aTruncatedFileIsFoundNotACrash() throws {
        try Self.withSmallCopy { path in
            let bytes = try Data(contentsOf: URL(filePath: path))
            for part in [0.9, 0.5, 0.1] {
                try bytes.prefix(Int(Double(bytes.count) * part)).write(to: URL(filePath: path))
                let findings = try? Self.findings(path)
                #expect(findings.map { !$0.isEmpty } ?? true)
            }
        }
    }

    /// A writer that died leaves its log; a reader sees what was committed.
    @Test func anArchiveWithALogBesideItIsReadAsItIs() throws {
        try Self.withSmallCopy { path in
            let writer = try Archive(path: path, mode: .readWrite)
            _ = try writer.source(named: "another", endpoint: "http://another")
            #expect(FileManager.default.fileExists(atPath: path + "-wal"))
            #expect(try Self.findings(path, .quick) == [])
            withExtendedLifetime(writer) {}
        }
    }
}
