import Glibc
import Testing

@testable import Tables

/// How wide texts are on a terminal, and how they are cut to fit one.
struct DisplayWidthTests {
    @Test(
        arguments: [
            ("", 0), ("plain", 5), ("e\u{301}", 1), ("日本", 4), ("ｗ", 2), ("ﾊ", 1), ("한", 2),
            // The same syllable as initial, vowel and final.
            ("\u{1112}\u{1161}\u{11AB}", 2), ("…", 1), ("─", 1), ("⏎", 1), ("🚀", 2), ("❤", 1),
            ("❤\u{FE0F}", 2), ("🇩🇪", 2),
            // Most terminals draw each of them.
            ("👨\u{200D}👩\u{200D}👧", 6), ("👍🏽", 4), ("नमस्ते", 4), ("\u{AD}", 1), ("\u{600}1", 2),
        ])
    func knownWidths(text: String, width: Int) { #expect(DisplayWidth.of(text) == width) }

    /// The C library of this system says no code point to be wider, and few to be narrower.
    @Test func noCodePointIsWiderThanTheSystemSays() throws {
        // The headers that Swift sees do not declare it.
        let symbol = try #require(dlsym(nil, "wcwidth"))
        let wcwidth = unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> Int32).self)
        let locale = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
        defer { freelocale(locale) }
        let before = uselocale(locale)
        defer { uselocale(before) }
        var wider: [String] = []
        var narrower = 0
        for scalar in (0x20...0x10FFFF).compactMap({ Unicode.Scalar(UInt32($0)) }) {
            let system = Int(wcwidth(wchar_t(scalar.value)))
            let ours = DisplayWidth.width(scalar, after: nil)
            guard system >= 0 else { continue }
            if system > ours { wider.append(String(scalar.value, radix: 16)) }
            if system < ours { narrower += 1 }
        }
        #expect(wider == [])
        #expect(narrower < 300)
    }

    /// What Unicode wants to be drawn as a picture is two columns wide, in the tables of another implementation.
    @Test func picturesAreWide() {
        let narrow = (0x1100...0x1FFFF).compactMap { Unicode.Scalar(UInt32($0)) }.filter {
            $0.properties.isEmojiPresentation && !(0x1F1E6...0x1F1FF).contains($0.value)
                && DisplayWidth.width($0, after: nil) != 2
        }
        #expect(narrow == [])
    }

    @Test(
        arguments: [
            ("short", 5, "short", "short"), ("longer", 5, "long…", "lo…er"), ("longer", 2, "l…", "l…"),
            ("longer", 1, "…", "…"), ("longer", 0, "", ""), ("", 0, "", ""), ("日本語", 5, "日本…", "日…語"),
            ("日本語", 4, "日…", "日…"), ("日本語日", 6, "日本…", "日…日"), ("日本", 1, "…", "…"),
            ("e\u{301}e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}…", "e\u{301}…e\u{301}"),
            ("a👨\u{200D}👩\u{200D}👧b", 4, "a…", "a…b"),
        ] as [(String, Int, String, String)])
    func cuts(text: String, width: Int, beginning: String, ends: String) {
        #expect(ShortenedText.beginning(of: text, width: width) == beginning)
        #expect(ShortenedText.ends(of: text, width: width) == ends)
    }

    @Test(arguments: UInt64(0)..<50) func aCutTextFitsAndSplitsNothing(seed: UInt64) {
        let pieces = [
            "a", "B", "-", ".", "日", "🚀", "e\u{301}", "👨\u{200D}👩", "🇩🇪", "❤\u{FE0F}", "\u{301}", "\u{200D}",
            "한",
            "\u{1112}\u{1161}", "\u{FE0F}", "ß",
        ]
        var state = seed &* 6_364_136_223_846_793_005 &+ 1
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<200 {
            let text = (0..<next(40)).map { _ in pieces[next(pieces.count)] }.joined()
            let width = next(50)
            for cut in [
                ShortenedText.beginning(of: text, width: width), ShortenedText.ends(of: text, width: width),
            ] {
                #expect(DisplayWidth.of(cut) <= width, "\(text) to \(width)")
                let parts = cut.split(separator: "…", omittingEmptySubsequences: false)
                let isWhole = parts.count == 1 ? cut == text || width == 0 : parts.count == 2
                #expect(isWhole, "\(text) to \(width)")
                if DisplayWidth.of(text) <= width { #expect(cut == text) }
                guard parts.count == 2 else { continue }
                #expect(text.hasPrefix(parts[0]) && text.hasSuffix(parts[1]), "\(text) to \(width)")
            }
        }
    }

    @Test func colorsAreWantedOrNot() {
        func isOn(_ choice: ColorChoice, _ isTerminal: Bool, _ environment: [String: String] = [:]) -> Bool {
            choice.colors(isTerminal: isTerminal) { environment[$0] }.isOn
        }
        #expect(isOn(.auto, true) && !isOn(.auto, false))
        #expect(!isOn(.auto, true, ["NO_COLOR": "1"]) && isOn(.auto, true, ["NO_COLOR": ""]))
        #expect(!isOn(.auto, true, ["TERM": "dumb"]) && isOn(.auto, true, ["TERM": "xterm"]))
        #expect(isOn(.always, false, ["NO_COLOR": "1"]) && !isOn(.never, true))
    }

    @Test func aStyleIsPutAroundATextOrLeftOut() {
        #expect(TerminalColors(isOn: true)("FAILED", .bad) == "\u{1B}[1;31mFAILED\u{1B}[0m")
        #expect(TerminalColors(isOn: false)("FAILED", .bad) == "FAILED")
        #expect(TerminalColors(isOn: true)("x", nil) == "x" && TerminalColors(isOn: true)("", .bad) == "")
    }
}
