import FlyteArchive
import FlyteModel
import Tables
import TestSupport

/// Archives of recorded executions.
enum RecordedArchive {
    private static let recorded = Result { try RecordedCaptures(.propellerCases) }

    /// An archive of recorded executions; each is seen at the time that its index gives.
    static func make(
        _ path: String, _ captures: [ExecutionCapture], at seen: Int64 = 1, source name: String = "s"
    ) throws -> Archive {
        let archive = try Archive(path: path, mode: .readWrite)
        let source = try archive.source(named: name, endpoint: "http://\(name)")
        let run = try archive.beginHarvest(
            of: source, toolVersion: "test", at: Timestamp(nanoseconds: seen))
        let definitions = try recorded.get().definitions.map {
            CapturedDefinition(id: $0.key, bytes: $0.value)
        }.sorted { $0.id.description < $1.id.description }
        for (index, capture) in captures.enumerated() {
            var capture = capture
            capture.observedAt = Timestamp(nanoseconds: seen)
            _ = try archive.write(
                capture, definitions: index == 0 ? definitions : [], source: source, grace: 0,
                at: Timestamp(nanoseconds: seen))
        }
        try archive.endHarvest(
            run, outcome: "done", requests: 1, bytesIn: 1, new: captures.count, updated: 0, problems: 0,
            at: Timestamp(nanoseconds: seen + 1))
        return archive
    }

    /// Families of executions, and a few of every other kind.
    static func captures() throws -> [ExecutionCapture] {
        let all = try recorded.get().captures.values.sorted { $0.id.description < $1.id.description }
        return all.enumerated().filter { index, capture in
            index % 4 == 0 || ["child", "nested", "dynamic"].contains { capture.id.name.contains($0) }
        }.map(\.element)
    }

    /// All views whole, with when things were seen; the journal without the rows' numbers.
    static func dump(_ archive: Archive) throws -> [String] {
        let harvests = try archive.query(
            "SELECT source, started_at, ended_at, outcome, executions_new FROM v_harvest ORDER BY 1, 2")
        let gaps = try archive.query("SELECT * FROM v_capture")
        let signals = try archive.query("SELECT * FROM v_signal")
        return try ViewDump.lines(of: archive)
            + (harvests.rows + gaps.rows + signals.rows).map { "\($0)" }.sorted()
    }
}
