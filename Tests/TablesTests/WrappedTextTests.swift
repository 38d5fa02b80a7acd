import Tables
import TestSupport
import Testing

/// Lines that are broken to fit, of which nothing is lost.
struct WrappedTextTests {
    @Test(
        arguments: [
            ("one two three", 7, "", "", ["one two", "three"]),
            ("one two three", nil, "", "", ["one two three"]),
            ("one two three", 13, "", "", ["one two three"]),
            ("image registry", 9, "  ", "    ", ["  image", "    regis", "    try"]),
            ("abcdefghij", 4, "", "", ["abcd", "efgh", "ij"]),
            ("a  b", 80, "", "", ["a  b"]),
            // A margin that would leave less than half of the line is none.
            ("one two", 6, "", "      ", ["one", "two"]),
            // Two columns each.
            ("\u{65E5}\u{672C}\u{8A9E}", 5, "", "", ["\u{65E5}\u{672C}", "\u{8A9E}"]),
            ("", 10, "> ", "", [">"]),
        ] as [(String, Int?, String, String, [String])])
    func breaksAtSpaces(text: String, width: Int?, head: String, margin: String, lines: [String]) {
        #expect(WrappedText.lines(of: text, width: width, head: head, margin: margin) == lines)
    }

    @Test func noLineIsTooLongAndNothingIsLost() {
        var random = SeededRandom(seed: 17)
        let pieces = [
            "a", "bb", " ", " ", "\u{65E5}", "e\u{301}", "long-word-without-spaces", "\u{1F600}", "/",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            let width = Int.random(in: 4...40, using: &random)
            let indent = String(repeating: " ", count: Int.random(in: 0...6, using: &random))
            let lines = WrappedText.lines(of: text, width: width, head: indent, margin: indent)
            for line in lines {
                #expect(DisplayWidth.of(line) <= width, "\(text.debugDescription) at \(width)")
            }
            #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
        }
    }
}
