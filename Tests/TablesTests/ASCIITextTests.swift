import Tables
import Testing

struct ASCIITextTests {
    @Test(arguments: [
        ("train_a1…z9 · 4 %", "train_a1~z9 . 4 %"), ("├─ n0 ██░", "+- n0 ##."),
        ("größer 数据 e\u{301}", "gr??er ???? e"),
        ("plain\n\u{1B}[1mbold", "plain\n\u{1B}[1mbold"), ("", ""),
    ])
    func eachColumnStaysAColumn(text: String, ascii: String) {
        #expect(ASCIIText.of(text) == ascii)
        #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
        let lines = (text.split(separator: "\n"), ascii.split(separator: "\n"))
        for (line, plain) in zip(lines.0, lines.1) {
            #expect(DisplayWidth.of(line) == DisplayWidth.of(plain))
        }
    }

    private final class Kept: ByteSink {
        var bytes: [UInt8] = []
        var isFinished = false
        func write(_ more: [UInt8]) { bytes += more }
        func finish() { isFinished = true }
    }

    @Test(arguments: 1...5) func charactersThatComeInPartsAreWhole(part: Int) throws {
        let text = "a…ß数😀\u{FFFD}z"
        let kept = Kept()
        let output = ASCIIOutput(kept)
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: part) {
            try output.write(Array(bytes[start..<min(start + part, bytes.count)]))
        }
        try output.finish()
        #expect(String(decoding: kept.bytes, as: UTF8.self) == ASCIIText.of(text))
        #expect(kept.isFinished)
    }

    @Test func whatIsCutOffIsNotLost() throws {
        let kept = Kept()
        let output = ASCIIOutput(kept)
        try output.write([0x61, 0xE2, 0x80])
        try output.finish()
        #expect(String(decoding: kept.bytes, as: UTF8.self) == "a?")
    }
}
