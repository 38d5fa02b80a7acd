import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// A harvested archive taken apart and put together again.
struct MergedSampleTests {
    private static let now = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    @Test func theExtractsOfAHarvestMergeInAnyOrderToWhatWasHarvested() async throws {
        let path = try await ProofTests.sample.value
        try TemporaryFolder.with { folder in
            let original = try Archive(path: path, mode: .readOnly)
            var random = SeededRandom(seed: 11)
            var parts: [[ExtractChoice.Named]] = [[], [], []]
            for row in try original.query("SELECT source, project, domain, name FROM v_execution").rows {
                let texts = row.map { $0.text ?? "" }
                parts[Int.random(in: 0..<parts.count, using: &random)].append(
                    ExtractChoice.Named(
                        source: texts[0],
                        id: ExecutionID(project: texts[1], domain: texts[2], name: texts[3])))
            }
            for (index, part) in parts.enumerated() {
                let extracted = try original.extract(
                    .named(part), withChildren: false, to: "\(folder)/\(index).db", at: Self.now)
                #expect(extracted.new == part.count && extracted.damaged.isEmpty)
            }
            let expected = try ViewDump.lines(of: original)
            for order in [[2, 0, 1], [1, 2, 1, 0]] {
                let name = folder + "/merged" + order.map(String.init).joined() + ".db"
                let merged = try Archive(path: name, mode: .readWrite)
                for part in order {
                    _ = try merged.merge(
                        try Archive(path: "\(folder)/\(part).db", mode: .readOnly), at: Self.now)
                }
                let lines = try ViewDump.lines(of: merged)
                #expect(lines.count == expected.count)
                let different = Set(lines).symmetricDifference(expected)
                #expect(different.sorted().prefix(5).map { String($0.prefix(300)) } == [])
            }
        }
    }
}
