import Markup
import Testing

struct TerminalEscapesTests {
    @Test(arguments: [
        ("plain é 例 \u{0} \n", "plain é 例 \u{0} \n"), ("\u{1B}[31mred\u{1B}[0m", "red"),
        ("\u{1B}[38;2;1;2;3mx\u{1B}[K", "x"), ("\u{1B}]0;title\u{7}after", "after"),
        ("\u{1B}]8;;https://h\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"), ("a\u{1B}Pq#0\u{9C}b", "ab"),
        ("\u{9B}1mbold\u{9B}0m", "bold"), ("\u{1B}(Btext\u{1B}c", "text"), ("\u{1B}[?25l.", "."),
        // Begun and not ended: the text after it stays.
        ("\u{1B}]0;the rest\nof it", "0;the rest\nof it"), ("end\u{1B}", "end"), ("end\u{1B}[", "end"),
        ("\u{1B}[1é", "é"), ("next\u{85}line", "next\u{85}line"),
    ]) func areTakenOut(_ text: String, _ expected: String) {
        #expect(TerminalEscapes.removed(from: text) == expected)
        #expect(TerminalEscapes.removed(from: Array(text.utf8)) == Array(expected.utf8))
    }

    @Test func bytesThatAreNoTextStay() {
        #expect(TerminalEscapes.removed(from: [0xFF, 0xC2, 0x41, 0xC2]) == [0xFF, 0xC2, 0x41, 0xC2])
    }

    @Test(arguments: UInt64(0)..<100)
    func whatIsTakenOutIsTakenOutAtOnce(seed: UInt64) {
        var state = seed &* 2_654_435_761 &+ 1
        let pieces: [[UInt8]] = [
            [0x1B], [0x5B], [0x31, 0x6D], [0x5D], [0x07], [0xC2], [0x9B], [0x5C], [0x41], [0x20], [0x0A],
            [0x9C],
        ]
        var bytes: [UInt8] = []
        for _ in 0..<40 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes += pieces[Int(state >> 33) % pieces.count]
        }
        #expect(!TerminalEscapes.removed(from: bytes).contains(0x1B))
    }
}
