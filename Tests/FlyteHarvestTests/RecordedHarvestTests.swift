import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

struct RecordedHarvestTests {
    /// - Parameter now: When it is harvested, in nanoseconds.
    static func harvest(
        _ set: RecordedExchange.Set, into path: String, at now: Int64 = 1_764_000_000_000_000_000
    ) async throws -> HarvestSummary {
        let archive = try Archive(path: path, mode: .readWrite)
        var options = AdminClient.Options()
        options.retry.firstDelay = 0.001
        let client = AdminClient(
            base: "http://flyte.test", transport: try RecordedTransport(set), options: options)
        return try await Harvester(
            try await HarvestPlan(HarvestOptions(), client: client), client: client, archive: archive,
            source: "recorded", toolVersion: "test",
            now: { Timestamp(nanoseconds: now) }
        ).run()
    }

    @Test(arguments: [
        (RecordedExchange.Set.propellerCases, 126), (.propellerBulk, 220), (.scriptedLocal, 168),
        (.scriptedLater, 143),
    ])
    func everyExecutionIsArchivedWithoutAProblem(set: RecordedExchange.Set, executions: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "runs.db").path
        let summary = try await Self.harvest(set, into: path)
        #expect(summary.new == executions)
        #expect(summary.problems == 0)
        let archive = try Archive(path: path, mode: .readOnly)
        #expect(try archive.query("SELECT count(*) FROM v_execution").rows == [[.integer(Int64(executions))]])
        #expect(try archive.query("SELECT * FROM v_problem").rows == [])
        // What is missing was withheld by the server, and each with a reason that will not pass.
        let gaps = try archive.query("SELECT DISTINCT state, detail FROM v_capture").rows
        #expect(
            gaps.allSatisfy {
                [
                    .text("missing"), .text("unreadable"), .text("too_large"), .text("never_written"),
                    .text("lost"),
                ]
                .contains($0[0])
            })
        #expect(gaps.allSatisfy { !($0[1].text ?? "").isEmpty })
        // Twice is once.
        let again = try await Self.harvest(set, into: path)
        #expect(again.wroteNothing && again.problems == 0)
    }

    /// The same installation an hour on, harvested over the earlier archive and into a new one.
    @Test func aLaterHarvestSaysWhatAFirstOneWould() async throws {
        try await TemporaryFolder.with { folder in
            let (grown, fresh) = (folder + "/grown.db", folder + "/fresh.db")
            _ = try await Self.harvest(.scriptedLocal, into: grown)
            let earlier = try Self.rows(of: grown)
            let summary = try await Self.harvest(.scriptedLater, into: grown)
            #expect(summary.problems == 0 && summary.new > 0 && summary.updated > 0)
            _ = try await Self.harvest(.scriptedLater, into: fresh)
            let (all, expected) = (try Self.rows(of: grown), try Self.rows(of: fresh))
            for (view, rows) in expected {
                let missing = rows.subtracting(all[view] ?? [])
                #expect(missing.isEmpty, "\(view): \(missing.prefix(3))")
                // What more there is was there before.
                let more = (all[view] ?? []).subtracting(rows).subtracting(earlier[view] ?? [])
                #expect(more.isEmpty, "\(view): \(more.prefix(3))")
            }
            // And none of it belongs to an execution that the later harvest has seen.
            let seen = Set((expected["v_execution"] ?? []).map { Array($0[0...3]) })
            for (view, rows) in all where view == "v_execution" || view == "v_node_execution" {
                let stale = rows.subtracting(expected[view] ?? []).filter { seen.contains(Array($0[0...3])) }
                #expect(stale.isEmpty, "\(view): \(stale.prefix(3))")
            }
        }
    }

    /// When something was seen, an archive's own numbers, and what signed URLs make another at each look.
    private static let observed: Set = ["seen_at", "error_id", "length", "sha256"]

    /// The rows of each view, without the numbers of maps and what the observer alone knows.
    private static func rows(of path: String) throws -> [String: Set<[Cell]>] {
        let archive = try Archive(path: path, mode: .readOnly)
        let views = try archive.query(
            """
            SELECT name FROM sqlite_schema
            WHERE type = 'view' AND name GLOB 'v_*' AND name NOT IN ('v_harvest', 'v_problem')
            """
        ).rows.compactMap { $0[0].text }
        var rows: [String: Set<[Cell]>] = [:]
        for view in views {
            let columns = try archive.query("SELECT * FROM \(view) LIMIT 0").columns.map(\.name)
                .filter { !observed.contains($0) && !$0.hasSuffix("_map_id") }
            let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
            rows[view] = Set(try archive.query("SELECT \(list) FROM \(view)").rows)
        }
        return rows
    }
}
