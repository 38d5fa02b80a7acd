import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// Single bits of an archive turned over: `verify` says so, or no byte that carries data was touched.
@Suite struct FlipTests {
    /// `FLIPS` and `SEED` make more of it, and other ones: `make check-flips`.
    private static func setting(_ name: String, _ fallback: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init) ?? fallback
    }

    private enum Fate: String {
        case refused = "not opened, with a sentence"
        case found = "found by verify, with its place"
        case unused = "no data: all rows and messages are the same"
        case unusedDictionary = "no data: a part of the dictionary that no message needs"
        case missed = "missed"
    }

    @Test func eachFlippedBitIsFoundOrCarriesNothing() throws {
        let count = Self.setting("FLIPS", 60)
        let seed = Self.setting("SEED", 1)
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let captures = try SmallArchive.copy(to: path)
            let pristine = [UInt8](try Data(contentsOf: URL(filePath: path)))
            let dump = try Self.dump(path, without: [])
            #expect(dump.contains { $0.hasPrefix("dictionary:") })
            let before = try ProofTests.findings(path)
            try #require(before == [], "\(before)")
            var random = SeededRandom(seed: seed)
            var fates: [Fate: Int] = [:]
            let file = try FileHandle(forUpdating: URL(filePath: path))
            func put(_ byte: UInt8, at offset: Int) throws {
                try file.seek(toOffset: UInt64(offset))
                try file.write(contentsOf: Data([byte]))
            }
            for _ in 0..<count {
                let offset = Int.random(in: 0..<pristine.count, using: &random)
                let flipped = pristine[offset] ^ (1 << UInt8.random(in: 0..<8, using: &random))
                try put(flipped, at: offset)
                let fate = Self.fate(path, dump)
                fates[fate, default: 0] += 1
                #expect(fate != .missed, "offset \(offset): \(pristine[offset]) became \(flipped)")
                try Self.expectNoWrongMessage(path, captures, offset)
                try put(pristine[offset], at: offset)
                // What a reader of a flipped header may have left.
                for ending in ["-wal", "-shm", "-journal"] {
                    try? FileManager.default.removeItem(atPath: path + ending)
                }
            }
            #expect(try [UInt8](Data(contentsOf: URL(filePath: path))) == pristine)
            for (fate, number) in fates.sorted(by: { $0.value > $1.value }) {
                print("\(number) \(fate.rawValue)")
            }
            // Most tables of so small an archive are a page that is nearly empty.
            #expect(fates[.found] ?? 0 > Int(count) / 10)
        }
    }

    private static func fate(_ path: String, _ dump: [String]) -> Fate {
        do {
            let findings = try ProofTests.findings(path)
            if !findings.isEmpty { return findings.allSatisfy { !$0.place.isEmpty } ? .found : .missed }
        } catch {
            return error is ArchiveError && !"\(error)".isEmpty ? .refused : .missed
        }
        if (try? Self.dump(path, without: [])) == dump { return .unused }
        let rest = dump.filter { !$0.hasPrefix("dictionary:") }
        // Every message was decoded and hashed by verify.
        return (try? Self.dump(path, without: ["dictionary"])) == rest ? .unusedDictionary : .missed
    }

    private static func dump(_ path: String, without tables: Set<String>) throws -> [String] {
        let archive = try Archive(path: path, mode: .readOnly)
        let schema = try archive.query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")
            .rows
        // The full-text index by what it finds.
        let words = try archive.query(
            "SELECT rowid FROM error_search WHERE error_search MATCH 'error OR user OR the OR task' ORDER BY rank, rowid"
        ).rows
        return try TableDump.lines(of: archive, without: tables) + schema.map { "\($0)" }
            + words.map { "\($0)" }
    }

    /// A message is as it was, or is not given at all.
    private static func expectNoWrongMessage(
        _ path: String, _ captures: [ExecutionCapture], _ offset: Int
    ) throws {
        guard let archive = try? Archive(path: path, mode: .readOnly),
            let source = try? archive.sources().first
        else { return }
        for capture in captures {
            guard let read = try? archive.capture(of: capture.id, source: source) else { continue }
            #expect(
                read.messages.map(\.bytes).allSatisfy(Set(capture.messages.map(\.bytes)).contains),
                "offset \(offset)")
        }
    }
}
