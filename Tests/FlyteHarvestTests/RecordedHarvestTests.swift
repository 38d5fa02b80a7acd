import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

struct RecordedHarvestTests {
    static func harvest(_ set: RecordedExchange.Set, into path: String) async throws -> HarvestSummary {
        let archive = try Archive(path: path, mode: .readWrite)
        var options = AdminClient.Options()
        options.retry.firstDelay = 0.001
        let client = AdminClient(
            base: "http://flyte.test", transport: try RecordedTransport(set), options: options)
        return try await Harvester(
            try await HarvestPlan(HarvestOptions(), client: client), client: client, archive: archive,
            source: "recorded", toolVersion: "test",
            now: { Timestamp(nanoseconds: 1_764_000_000_000_000_000) }
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
            gaps.allSatisfy { [.text("missing"), .text("unreadable"), .text("too_large")].contains($0[0]) })
        #expect(gaps.allSatisfy { !($0[1].text ?? "").isEmpty })
        // Twice is once.
        let again = try await Self.harvest(set, into: path)
        #expect(again.wroteNothing && again.problems == 0)
    }
}
