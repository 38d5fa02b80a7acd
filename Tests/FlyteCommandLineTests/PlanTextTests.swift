import Tables
import Testing

@testable import FlyteCommandLine

/// No text of a server's is ever code: whatever follows a delimiter, it delimits.
struct PlanTextTests {
    /// All there are.
    private static var scalars: some Sequence<Unicode.Scalar> {
        (0...0x10FFFF as ClosedRange<UInt32>).lazy.compactMap { Unicode.Scalar($0) }
    }

    @Test func everyScalarBehindEveryDelimiterStaysInItsPlace() {
        var wrong: [UInt32] = []
        for scalar in Self.scalars {
            let text = "a'\(scalar)b\"\(scalar)c\\\(scalar)"
            // As a reader of bytes takes them back.
            let sql = text.quoted(by: 0x27)
            let csv = text.quoted(by: 0x22)
            let isWhole =
                Self.unquoted(sql, 0x27) == Array(text.utf8) && Self.unquoted(csv, 0x22) == Array(text.utf8)
            let value = PruneText.value(text)
            let isValue =
                value.utf8.allSatisfy { $0 < 0x80 } && value.utf8.filter { $0 == 0x27 }.count == 6
                && !value.utf8.contains(0x5C)
            if !isWhole || !isValue { wrong.append(scalar.value) }
        }
        #expect(wrong == [])
    }

    /// What stands between quotes, of which two are one; nil where it ends before the end.
    private static func unquoted(_ text: String, _ quote: UInt8) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.count > 1, bytes.first == quote, bytes.last == quote else { return nil }
        var result: [UInt8] = []
        var place = 1
        while place < bytes.count - 1 {
            if bytes[place] == quote {
                guard place + 1 < bytes.count - 1, bytes[place + 1] == quote else { return nil }
                place += 1
            }
            result.append(bytes[place])
            place += 1
        }
        return result
    }

    @Test func namesByFlytesRulesAreReadable() {
        #expect(PruneText.value("a8s7-d6.f_5") == "'a8s7-d6.f_5'")
        #expect(PruneText.value("o'b") == "convert_from(decode('6f2762', 'hex'), 'UTF8')")
    }
}
