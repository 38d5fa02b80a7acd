import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

struct MergingTests {
    private static let now = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    @Test(arguments: [true, false]) func extractsOfAPartitionMergeToTheOriginal(withChildren: Bool) throws {
        try TemporaryFolder.with { folder in
            // Without the definitions that the recording has and no execution of it needs.
            _ = try RecordedArchive.make(folder + "/recorded.db", try RecordedArchive.captures()).extract(
                .fitting(.init()), withChildren: withChildren, to: folder + "/original.db", at: Self.now)
            let original = try Archive(path: folder + "/original.db", mode: .readOnly)
            var random = SeededRandom(seed: withChildren ? 1 : 2)
            var parts: [[ExtractChoice.Named]] = [[], []]
            for capture in try RecordedArchive.captures() {
                parts[Int.random(in: 0...1, using: &random)].append(
                    ExtractChoice.Named(source: "s", id: capture.id))
            }
            let merged = try Archive(path: folder + "/merged.db", mode: .readWrite)
            for (index, part) in parts.enumerated() {
                let path = folder + "/part\(index).db"
                let extracted = try original.extract(
                    .named(part), withChildren: withChildren, to: path, at: Self.now)
                #expect(withChildren ? extracted.new >= part.count : extracted.new == part.count)
                let summary = try merged.merge(try Archive(path: path, mode: .readOnly), at: Self.now)
                #expect(summary.new > 0 && summary.damaged.isEmpty)
            }
            let (expected, actual) = (try RecordedArchive.dump(original), try RecordedArchive.dump(merged))
            #expect(Set(expected).symmetricDifference(actual).prefix(5).map { String($0.prefix(300)) } == [])
            #expect(expected.count == actual.count)
            for capture in try RecordedArchive.captures() {
                #expect(
                    try merged.capture(of: capture.id, source: try merged.sources()[0])?.messages
                        == capture.messages)
            }
        }
    }

    @Test func theLaterObservationWinsWhateverTheOrder() throws {
        let all = try RecordedArchive.captures()
        let id = try #require(all.first { $0.messages.count > 5 }?.id)
        let whole = try #require(all.first { $0.id == id })
        var early = whole
        early.messages = whole.messages.filter { $0.kind != .data }
        try TemporaryFolder.with { folder in
            let old = try RecordedArchive.make(
                folder + "/old.db", [early] + all.prefix(5).filter { $0.id != id }, at: 1000)
            let new = try RecordedArchive.make(
                folder + "/new.db", [whole] + all.suffix(5).filter { $0.id != id }, at: 2000)
            var dumps: [[String]] = []
            for (index, order) in [[old, new], [new, old], [old, new, old, new]].enumerated() {
                let merged = try Archive(path: folder + "/merged\(index).db", mode: .readWrite)
                for part in order { _ = try merged.merge(part, at: Self.now) }
                let source = try merged.sources()[0]
                #expect(try merged.capture(of: id, source: source)?.messages == whole.messages)
                dumps.append(try RecordedArchive.dump(merged))
            }
            #expect(dumps[0] == dumps[1])
            #expect(dumps[0] == dumps[2])
        }
    }

    @Test func mergingAgainChangesNothingAndSaysSo() throws {
        try TemporaryFolder.with { folder in
            let other = try RecordedArchive.make(
                folder + "/other.db", Array(try RecordedArchive.captures().prefix(20)))
            let source = try other.sources()[0]
            for (time, name) in [(5, "gone"), (6, "gone"), (9, nil)] as [(Int64, String?)] {
                try other.recordProblem(
                    source: source, project: "p", domain: "d", execution: name, route: "GET /", status: 500,
                    message: "no", at: Timestamp(nanoseconds: time))
            }
            let merged = try Archive(path: folder + "/merged.db", mode: .readWrite)
            let first = try merged.merge(other, at: Self.now)
            #expect(first.new == 20 && !first.changedNothing)
            let before = try RecordedArchive.dump(merged)
            let second = try merged.merge(other, at: Self.now)
            #expect(second.changedNothing && second.unchanged == 20)
            #expect(try RecordedArchive.dump(merged) == before)
            #expect(
                try merged.query("SELECT execution, tries FROM v_problem ORDER BY 1").rows
                    == [[.null, .integer(1)], [.text("gone"), .integer(2)]])
        }
    }

    /// A watermark says that all before it is here: true of the union for the later one, and of no extract.
    @Test func theLaterWatermarkHoldsUnlessSomethingStayedBehind() throws {
        func watermark(_ archive: Archive) throws -> Int64? {
            guard let source = try archive.sources().first else { return nil }
            return try archive.watermark(source: source, project: "p", domain: "d")?.nanoseconds
        }
        try TemporaryFolder.with { folder in
            let all = try RecordedArchive.captures()
            var marked: [Archive] = []
            for (index, time) in ([30, 20] as [Int64]).enumerated() {
                let part = try RecordedArchive.make(folder + "/\(index).db", [all[index]])
                try part.setWatermark(
                    Timestamp(nanoseconds: time), source: try part.sources()[0], project: "p", domain: "d")
                marked.append(part)
            }
            let merged = try Archive(path: folder + "/merged.db", mode: .readWrite)
            _ = try merged.merge(marked[1], at: Self.now)
            #expect(try watermark(merged) == 20)
            _ = try merged.merge(marked[0], at: Self.now)
            #expect(try watermark(merged) == 30)
            _ = try merged.merge(marked[1], at: Self.now)
            #expect(try watermark(merged) == 30)
            _ = try marked[0].extract(
                .named([.init(source: "s", id: all[0].id)]), withChildren: true, to: folder + "/extract.db",
                at: Self.now)
            #expect(try watermark(try Archive(path: folder + "/extract.db", mode: .readOnly)) == nil)
        }
    }

    /// What is damaged stays behind; everything else comes along, and the scope counts as not harvested.
    @Test func aDamagedExecutionStaysBehindAndTheRestComesAlong() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/other.db"
            let few = Array(try RecordedArchive.captures().prefix(6))
            do {
                let other = try RecordedArchive.make(path, few)
                let source = try other.sources()[0]
                for place in Set(few.map { [$0.id.project, $0.id.domain] }) {
                    try other.setWatermark(
                        Timestamp(nanoseconds: 9), source: source, project: place[0], domain: place[1])
                }
                try other.settle()
            }
            try SQLiteFile.run(
                path,
                "UPDATE pack SET data = zeroblob(20) WHERE id = (SELECT pack_id FROM message WHERE execution_id = 3 LIMIT 1)"
            )
            let merged = try Archive(path: folder + "/merged.db", mode: .readWrite)
            let summary = try merged.merge(try Archive(path: path, mode: .readOnly), at: Self.now)
            #expect(summary.new == 5)
            #expect(summary.damaged.map(\.kind) == [.damaged])
            #expect(
                try merged.watermark(
                    source: try merged.sources()[0], project: few[2].id.project, domain: few[2].id.domain)
                    == nil)
        }
    }

    @Test func installationsOfDifferentNamesStayApart() throws {
        try TemporaryFolder.with { folder in
            let few = Array(try RecordedArchive.captures().prefix(3))
            let merged = try RecordedArchive.make(folder + "/merged.db", few, source: "east")
            _ = try merged.merge(
                try RecordedArchive.make(folder + "/west.db", few, source: "west"), at: Self.now)
            #expect(
                try merged.query("SELECT source, count(*) FROM v_execution GROUP BY 1").rows
                    == [[.text("east"), .integer(3)], [.text("west"), .integer(3)]])
        }
    }

    @Test func anArchiveOfAnOlderVersionIsMergedAsItIs() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/old.db"
            try Fixtures.unpackArchive(version: 1, to: path)
            let old = try Archive(path: path, mode: .readOnly)
            let merged = try Archive(path: folder + "/merged.db", mode: .readWrite)
            let summary = try merged.merge(old, at: Self.now)
            #expect(summary.new == 30)
            // Since version 4 operations within an attempt carry its number, and an attempt whose reasons show that it
            // never had a container is no user code.
            let mended: Set = ["v_span.attempt", "v_critical_path.class"]
            #expect(
                try Self.withoutFingerprints(ViewDump.lines(of: merged, inViewsOf: old, without: mended))
                    == Self.withoutFingerprints(ViewDump.lines(of: old, without: mended)))
            // They are made anew, by the rule of today.
            func count(_ archive: Archive, _ rule: Int) throws -> Int64? {
                try archive.query(
                    "SELECT count(*) FROM v_task_execution WHERE fingerprint LIKE '\(rule):%'"
                ).rows[0][0].integer
            }
            let failed = try #require(try count(old, 1))
            #expect(failed > 0)
            #expect(try [count(old, 2), count(merged, 1), count(merged, 2)] == [0, 0, failed])
        }
    }

    private static func withoutFingerprints(_ lines: [String]) -> [String] {
        lines.map { $0.replacing(/"\d+:[0-9a-f]{16}"/, with: "fingerprint") }.sorted()
    }

    @Test func anArchiveIsNotMergedIntoItself() throws {
        try TemporaryFolder.with { folder in
            let own = try RecordedArchive.make(
                folder + "/a.db", Array(try RecordedArchive.captures().prefix(1)))
            #expect(throws: ArchiveError.self) {
                try own.merge(try Archive(path: folder + "/./a.db", mode: .readOnly), at: Self.now)
            }
        }
    }

    @Test func anExtractTakesNoPlaceOfAnother() throws {
        try TemporaryFolder.with { folder in
            let own = try RecordedArchive.make(
                folder + "/a.db", Array(try RecordedArchive.captures().prefix(1)))
            try Data("mine".utf8).write(to: URL(filePath: folder + "/b.db"))
            do {
                _ = try own.extract(.fitting(.init()), withChildren: true, to: folder + "/b.db", at: Self.now)
                Issue.record("wrote over a file")
            } catch let error as ArchiveError {
                #expect(error.kind == .exists)
            }
            var window = ExtractChoice.Window()
            window.project = "nobody's"
            #expect(
                try own.extract(.fitting(window), withChildren: true, to: folder + "/c.db", at: Self.now).new
                    == 0)
            #expect(!FileManager.default.fileExists(atPath: folder + "/c.db"))
        }
    }
}
