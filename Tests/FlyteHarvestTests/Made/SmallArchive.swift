import FlyteArchive
import FlyteModel
import Foundation
import TestSupport

/// A small archive with a dictionary, definitions, gaps, a journal, and ten executions, made once.
enum SmallArchive {
    private static let made = Result {
        let path = TemporaryFolder.shared + "/small.db"
        return (path: path, captures: try make(path))
    }

    /// Gives what its executions were written from.
    @discardableResult
    static func copy(to path: String) throws -> [ExecutionCapture] {
        let made = try made.get()
        try FileManager.default.copyItem(atPath: made.path, toPath: path)
        return made.captures
    }

    private static func definitions(of capture: ExecutionCapture) throws -> [DefinitionID] {
        let own = try capture.messages.filter { $0.kind == .execution }.flatMap {
            let execution = try Execution(decoding: $0.bytes)
            return [execution.launchPlan, execution.workflow]
        }
        return (own + capture.messages.map(\.place.task)).compactMap { $0 }
    }

    private static func make(_ path: String) throws -> [ExecutionCapture] {
        let cases = try RecordedCaptures(.propellerCases)
        let bulk = try RecordedCaptures(.propellerBulk)
        let sorted = { (captures: RecordedCaptures) in
            captures.captures.values.sorted { $0.id.description < $1.id.description }
        }
        var kept: [ExecutionCapture] = []
        do {
            let archive = try Archive(path: path, mode: .readWrite)
            let source = try archive.source(named: "recorded", endpoint: "http://flyte.test")
            let time = Timestamp(nanoseconds: 1_764_000_000_123_456_789)
            let harvest = try archive.beginHarvest(of: source, toolVersion: "test", at: time)
            // What the dictionary is trained on, and then goes.
            var written = 0
            for capture in sorted(bulk) + sorted(cases) {
                _ = try archive.write(capture, definitions: [], source: source, grace: 0, at: time)
                written += 1
            }
            let definitions = cases.definitions.map { CapturedDefinition(id: $0.key, bytes: $0.value) }
                .sorted { $0.id.description < $1.id.description }
            let chosen = sorted(cases).filter { $0.messages.count > 4 }.suffix(10)
            // Without its workflow an execution's spans cannot be made again.
            let needed = Set(try chosen.flatMap(Self.definitions))
            for var capture in chosen {
                capture.withheld = [
                    Withheld(
                        place: .execution, field: "outputs", state: .missing, detail: "The server said so.")
                ]
                capture.observedAt = time
                _ = try archive.write(
                    capture, definitions: definitions.filter { needed.contains($0.id) }, source: source,
                    grace: 0, at: time)
                kept.append(capture)
            }
            try archive.recordProblem(
                source: source, project: "p", domain: "d", execution: nil, route: "GET /", status: 500,
                message: "It did not work.", at: time)
            try archive.setWatermark(
                time, source: source, project: kept[0].id.project, domain: kept[0].id.domain)
            try archive.endHarvest(
                harvest, outcome: "problems", requests: 12, bytesIn: 345, new: written, updated: 10,
                problems: 1,
                at: time + 5_000_000_000)
            try archive.settle()
        }
        let names = kept.map { "'\($0.id.name)'" }.joined(separator: ", ")
        try SQLiteFile.run(
            path,
            """
            PRAGMA foreign_keys = ON; DELETE FROM execution WHERE name NOT IN (\(names));
            DELETE FROM pack WHERE id NOT IN (
                SELECT pack_id FROM message UNION SELECT pack_id FROM definition WHERE pack_id IS NOT NULL);
            DELETE FROM error WHERE id NOT IN (SELECT coalesce(error_id, 0) FROM execution
                UNION SELECT coalesce(cause_id, 0) FROM execution UNION SELECT coalesce(error_id, 0) FROM node
                UNION SELECT coalesce(error_id, 0) FROM attempt);
            """)
        // Parents lost children, and the first executions knew no workflows.
        do {
            let archive = try Archive(path: path, mode: .readWrite)
            _ = try archive.rebuild()
            try archive.settle()
        }
        try SQLiteFile.run(path, "VACUUM")
        return kept
    }
}
