import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

struct CompactingTests {
    @Test func losesNothingAndLeavesOneDictionaryAndNoHoles() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let captures = try RecordedArchive.captures()
            let archive = try RecordedArchive.make(path, captures)
            try archive.settle()
            try SQLiteFile.run(
                path,
                """
                INSERT INTO pack (raw_bytes, data) VALUES (0, x'28b52ffd200001000099e9d851');
                INSERT INTO dictionary (id, data, trained_at) VALUES (7, randomblob(200000), 7);
                """)
            let before = try RecordedArchive.dump(archive)
            let sizes = try archive.compact(at: Timestamp(nanoseconds: 9))
            #expect(sizes.after < sizes.before - 200_000)
            #expect(try RecordedArchive.dump(archive) == before)
            let again = try Archive(path: path, mode: .readOnly)
            let source = try again.sources()[0]
            for capture in captures {
                #expect(try again.capture(of: capture.id, source: source)?.messages == capture.messages)
            }
            #expect(
                try again.query(
                    """
                    SELECT (SELECT count(*) FROM dictionary), (SELECT count(DISTINCT dictionary_id) FROM pack),
                        (SELECT count(*) FROM pack WHERE dictionary_id IS NULL), (SELECT trained_at FROM dictionary),
                        (SELECT count(*) FROM pragma_freelist_count WHERE freelist_count > 0)
                    """
                ).rows == [[.integer(1), .integer(1), .integer(0), .integer(9), .integer(0)]])
        }
    }

    @Test func goesOnWithTheNewDictionary() throws {
        try TemporaryFolder.with { folder in
            let captures = try RecordedArchive.captures()
            let archive = try RecordedArchive.make(folder + "/a.db", Array(captures.dropLast(10)))
            _ = try archive.compact(at: Timestamp(nanoseconds: 9))
            let source = try archive.sources()[0]
            for capture in captures.suffix(10) {
                _ = try archive.write(
                    capture, definitions: [], source: source, grace: 0, at: Timestamp(nanoseconds: 10))
                #expect(try archive.capture(of: capture.id, source: source)?.messages == capture.messages)
            }
            #expect(
                try archive.query("SELECT count(*) FROM pack WHERE dictionary_id IS NULL").rows
                    == [[.integer(0)]])
        }
    }

    @Test(arguments: ["UPDATE dictionary SET data = zeroblob(5000)", "DELETE FROM dictionary"])
    func aMissingOrDamagedDictionaryIsNamedAndNothingIsWritten(harm: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do {
                _ = try RecordedArchive.make(path, try RecordedArchive.captures()).compact(
                    at: Timestamp(nanoseconds: 9))
            }
            try SQLiteFile.run(path, harm)
            let before = try SQLiteFile.run(path, "SELECT count(*), sum(length(data)) FROM pack")
            let archive = try Archive(path: path, mode: .readWrite)
            do {
                _ = try archive.compact(at: Timestamp(nanoseconds: 10))
                Issue.record("packed what cannot be read")
            } catch let error as ArchiveError {
                #expect(error.kind == .damaged)
                #expect(error.description.contains("dictionary"), "\(error)")
            }
            #expect(try SQLiteFile.run(path, "SELECT count(*), sum(length(data)) FROM pack") == before)
        }
    }
}
