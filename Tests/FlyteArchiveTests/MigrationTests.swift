import FlyteArchive
import Foundation
import Tables
import TestSupport
import Testing

struct MigrationTests {
    /// All that the views of the older version said stays word for word, and they say nothing more.
    @Test(arguments: [1]) func anArchiveOfEachVersionIsBroughtUpToDate(version: Int) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/old.db"
            try Fixtures.unpackArchive(version: version, to: path)
            let before: [String]
            do {
                let archive = try Archive(path: path, mode: .readOnly)
                #expect(try archive.query("PRAGMA user_version").rows == [[.integer(Int64(version))]])
                before = try ViewDump.lines(of: archive)
                #expect(before.count > 1000)
            }
            do {
                let archive = try Archive(path: path, mode: .readWrite)
                #expect(try archive.query("PRAGMA user_version").rows == [[.integer(2)]])
            }
            let archive = try Archive(path: path, mode: .readOnly)
            let views = Set(before.map { $0.prefix { $0 != ":" } })
            let after = try ViewDump.lines(of: archive).filter { views.contains($0.prefix { $0 != ":" }) }
            #expect(after == before)
            #expect(try archive.query("PRAGMA integrity_check").rows == [[.text("ok")]])
        }
    }
}
