import Foundation
import TestSupport
import Testing

/// Both ledgers of time, made again from the rows by `Tests/paths/ledgers`.
struct LedgerTests {
    @Test func bothLedgersOfTheSampleAreThoseOfAnotherImplementation() throws {
        let said = String(
            decoding: try SecondImplementation.run("ledgers", [SharedArchive.path]), as: UTF8.self)
        #expect(said.hasSuffix(" 0 findings\n"), "\(said)")
        #expect(said.wholeMatch(of: #/\d{3} executions, \d{4} attempts, 0 findings\n/#) != nil, "\(said)")
    }
}
