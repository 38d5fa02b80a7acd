import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

struct MigrationTests {
    private static func bytes(of path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    /// What later versions tell otherwise: operations within an attempt once had no attempt.
    private static let mended: Set = ["v_span.attempt"]

    /// The versions to come are tested with what this one wrote. With RECORD=1 it is made where there is none, of the one
    /// before: one that was released is never made anew.
    @Test func theNewestVersionHasItsArchiveAmongTheFixtures() throws {
        let file = Fixtures.path("archives/version-\(Migration.newest).db.zst")
        try TemporaryFolder.with { folder in
            let path = folder + "/newest.db"
            let archive = try Archive(path: path, mode: .readWrite)
            let isThere = FileManager.default.fileExists(atPath: file)
            if !isThere, ProcessInfo.processInfo.environment["RECORD"] == "1" {
                try Fixtures.unpackArchive(version: Migration.newest - 1, to: folder + "/old.db")
                _ = try archive.merge(
                    Archive(path: folder + "/old.db", mode: .readOnly), at: Timestamp(nanoseconds: 1))
                try archive.settle()
                let zstd = try Process.run(
                    URL(filePath: "/usr/bin/env"), arguments: ["zstd", "-19", "-q", path, "-o", file])
                zstd.waitUntilExit()
                Issue.record("\(file) was written; run again without RECORD.")
                return
            }
            try #require(isThere, "there is no \(file); 'make record' makes it")
            try Fixtures.unpackArchive(version: Migration.newest, to: folder + "/kept.db")
            let kept = try Archive(path: folder + "/kept.db", mode: .readOnly)
            let schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY name, type"
            let isTheSame = try kept.query(schema).rows == archive.query(schema).rows
            #expect(
                isTheSame,
                "the steps make another schema; unless it was released, remove \(file) and record it anew")
        }
    }

    /// All that the older version said stays word for word.
    @Test(arguments: 1..<Migration.newest) func anArchiveOfEachVersionIsBroughtUpToDate(version: Int) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/old.db"
            try Fixtures.unpackArchive(version: version, to: path)
            let original = try Self.bytes(of: path)
            let before: [String]
            let same: [String]
            do {
                let archive = try Archive(path: path, mode: .readOnly)
                #expect(try archive.query("PRAGMA user_version").rows == [[.integer(Int64(version))]])
                #expect(archive.missingSteps.map(\.version) == Array(version + 1...Migration.newest))
                before = try ViewDump.lines(of: archive)
                same = try ViewDump.lines(of: archive, without: Self.mended)
                #expect(before.count > 1000)
            }
            #expect(try Self.bytes(of: path) == original)
            let copy = path + ".before-v\(Migration.newest)"
            do {
                let archive = try Archive(path: path, mode: .readWrite)
                let migration = try #require(archive.migration)
                #expect(migration.from == version)
                #expect(migration.to == Migration.newest)
                #expect(migration.copy == copy)
                #expect(
                    try archive.query("PRAGMA user_version").rows == [[.integer(Int64(Migration.newest))]])
            }
            let archive = try Archive(path: path, mode: .readOnly)
            let old = try Archive(path: copy, mode: .readOnly)
            #expect(
                try ViewDump.lines(of: archive, inViewsOf: old, without: Self.mended) == same)
            #expect(try archive.query("PRAGMA integrity_check").rows == [[.text("ok")]])
            #expect(try ViewDump.lines(of: old) == before)
            #expect(try Archive(path: path, mode: .readWrite).migration == nil)
        }
    }

    /// What the server told otherwise, and what it told and nobody here computed.
    @Test func spansThatDifferAreKeptOfBoth() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/old.db"
            try Fixtures.unpackArchive(version: 2, to: path)
            let told =
                "SELECT execution_id FROM span WHERE is_server GROUP BY 1 HAVING count(*) > 3 ORDER BY 1"
            try SQLiteFile.run(
                path,
                """
                UPDATE span SET duration_ns = duration_ns + 1
                WHERE is_server AND number = 3 AND execution_id = (\(told) LIMIT 1);
                DELETE FROM span WHERE is_server AND number = 2 AND execution_id = (\(told) LIMIT 1 OFFSET 1);
                DELETE FROM span WHERE NOT is_server AND execution_id = (\(told) LIMIT 1 OFFSET 2);
                """)
            let before = try ViewDump.lines(of: Archive(path: path, mode: .readOnly), without: Self.mended)
            let archive = try Archive(path: path, mode: .readWrite)
            let old = try Archive(path: path + ".before-v\(Migration.newest)", mode: .readOnly)
            #expect(
                try ViewDump.lines(of: archive, inViewsOf: old, without: Self.mended) == before)
            let counts = try archive.query(
                """
                SELECT count(DISTINCT execution_id), sum(origin = 0) FROM metric_span
                WHERE execution_id IN (SELECT execution_id FROM metric_span WHERE origin = 2)
                UNION ALL
                SELECT count(DISTINCT execution_id) > 20, count(*) > 600 FROM metric_span WHERE origin = 0
                """)
            #expect(counts.rows == [[3, 0], [1, 1]].map { $0.map { .integer($0) } })
        }
    }

    /// Somebody's own table, and a page of zeros.
    @Test(arguments: ["a table in the way", "a damaged page"])
    func aStepThatCannotBeDoneLeavesTheFileAsItWas(harm: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/old.db"
            try Fixtures.unpackArchive(version: 1, to: path)
            if harm == "a table in the way" {
                try SQLiteFile.run(path, "CREATE TABLE tombstone (x)")
            } else {
                var bytes = try Self.bytes(of: path)
                bytes.replaceSubrange(20 * 8192..<21 * 8192, with: Data(count: 8192))
                try bytes.write(to: URL(filePath: path))
            }
            let before = try Self.bytes(of: path)
            #expect(throws: ArchiveError.self) { try Archive(path: path, mode: .readWrite) }
            #expect(try Self.bytes(of: path) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["old.db"])
            #expect(try Archive(path: path, mode: .readOnly).missingSteps.count == Migration.newest - 1)
        }
    }

    @Test func anOldArchiveSaysHowToGetWhatItLacks() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/old.db"
            try Fixtures.unpackArchive(version: 1, to: path)
            do {
                _ = try Archive(path: path, mode: .readOnly).userQuery("SELECT * FROM v_vanished")
                Issue.record("found what is not there")
            } catch let error as ArchiveError {
                #expect(error.kind == .tooOld(found: 1, newest: Migration.newest))
                #expect(error.description.contains("'flightlog migrate \(path)'"))
            }
        }
    }

    @Test func everyStepSaysWhatItIsFor() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/old.db"
            try Fixtures.unpackArchive(version: 1, to: path)
            for step in try Archive(path: path, mode: .readOnly).missingSteps {
                #expect(step.purpose.hasPrefix("Version \(step.version): ") && step.purpose.hasSuffix("."))
                #expect(!step.makes.isEmpty)
            }
        }
    }
}
