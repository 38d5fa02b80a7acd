import FlyteIDL
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteArchive

/// Messages that are larger than a pack's frame, and damage in any of the frames.
struct PartTests {
    /// An archive of one execution with a literal map in three frames: a pack's own and two parts. Made once.
    private static let made = Result {
        let path = TemporaryFolder.shared + "/parts.db"
        var random = SeededRandom(seed: 7)
        let block = String(
            decoding: (0..<65_536).map { _ in UInt8.random(in: 97...122, using: &random) }, as: UTF8.self)
        let text = String(repeating: block, count: Packer.partBytes * 9 / 4 / block.utf8.count)
        var capture = try #require(try RecordedArchive.captures().first)
        capture.messages.append(
            CapturedMessage(
                kind: .literalMap, direction: .output,
                bytes: Message(
                    "core.LiteralMap",
                    ["literals": ["large": ["scalar": ["primitive": ["string_value": .string(text)]]]]]
                ).encoded()))
        try RecordedArchive.make(path, [capture]).settle()
        return (path: path, capture: capture)
    }

    private static func withCopy(_ body: (String, ExecutionCapture) throws -> Void) throws {
        let made = try made.get()
        try TemporaryFolder.with { folder in
            try FileManager.default.copyItem(atPath: made.path, toPath: folder + "/a.db")
            try body(folder + "/a.db", made.capture)
        }
    }

    private static func findings(_ path: String) throws -> [Finding] {
        var findings: [Finding] = []
        _ = try Archive(path: path, mode: .readOnly).verify { findings.append($0) }
        return findings
    }

    @Test func aMessageOfManyPartsIsVerified() throws {
        try Self.withCopy { path, capture in
            #expect(capture.messages.last?.content.count ?? 0 > 2 * Packer.partBytes)
            let archive = try Archive(path: path, mode: .readOnly)
            #expect(
                try archive.query("SELECT count(*), count(DISTINCT pack_id) FROM pack_part").rows
                    == [[.integer(2), .integer(1)]])
            var findings: [Finding] = []
            let result = try archive.verify { findings.append($0) }
            #expect(findings == [])
            #expect(result.messages == capture.messages.count)
            #expect(result.bytes == capture.messages.reduce(0) { $0 + Int64($1.content.count) })
        }
    }

    /// The frame's header, its content, and its checksum.
    @Test(arguments: [0, 1, 2], [0.0, 0.6, 1.0])
    func aFlippedBitIsFoundInItsPart(part: Int, depth: Double) throws {
        try Self.withCopy { path, capture in
            let pack = try #require(
                try SQLiteFile.run(path, "SELECT DISTINCT pack_id FROM pack_part").split(separator: "\n")
                    .first)
            let row =
                part == 0
                ? "pack WHERE id = \(pack)" : "pack_part WHERE pack_id = \(pack) AND number = \(part)"
            let table = row.prefix { $0 != " " }
            let size = try #require(
                Int(try SQLiteFile.run(path, "SELECT length(data) FROM \(row)").dropLast()))
            let place = 1 + Int(Double(size - 1) * depth)
            let byte = try #require(
                UInt8(
                    try SQLiteFile.run(path, "SELECT hex(substr(data, \(place), 1)) FROM \(row)").dropLast(),
                    radix: 16))
            let flipped = String(Int(byte ^ 0x10) + 0x100, radix: 16).dropFirst()
            try SQLiteFile.run(
                path,
                """
                UPDATE \(table) SET data = CAST(substr(data, 1, \(place - 1)) || x'\(flipped)'
                    || substr(data, \(place + 1)) AS BLOB) \(row.dropFirst(table.count + 1))
                """)
            #expect(try SQLiteFile.run(path, "SELECT length(data) FROM \(row)") == "\(size)\n")
            let name = part == 0 ? "pack \(pack): " : "part \(part) of pack \(pack): "
            let number = capture.messages.count
            let found = try Self.findings(path).filter { $0.place == "s: \(capture.id)" }
            #expect(found.count == 1)
            #expect(found.first?.finding == "cannot be read")
            #expect(
                found.first?.detail.hasPrefix("message \(number) of \(capture.id): \(name)") == true,
                "\(found)")
        }
    }

    struct Harm: Sendable {
        var sql: String
        var detail: String
    }

    @Test(arguments: [
        Harm(sql: "DELETE FROM pack_part WHERE number = 2", detail: "pack"),
        Harm(sql: "UPDATE pack_part SET number = 3 WHERE number = 2", detail: "part 2 of pack"),
        Harm(sql: "UPDATE pack_part SET raw_bytes = raw_bytes + 1 WHERE number = 2", detail: "pack"),
        // Both frames are sound, and have the same size.
        Harm(
            sql: "UPDATE pack_part SET data = (SELECT data FROM pack WHERE id = pack_id) WHERE number = 1",
            detail: "does not have its hash"),
    ])
    func partsThatAreGoneOrMixedUpAreFound(harm: Harm) throws {
        try Self.withCopy { path, capture in
            try SQLiteFile.run(path, harm.sql)
            let found = try Self.findings(path).filter { $0.place == "s: \(capture.id)" }
            #expect(found.count == 1)
            #expect(found.first?.detail.contains(harm.detail) == true, "\(found)")
        }
    }
}
