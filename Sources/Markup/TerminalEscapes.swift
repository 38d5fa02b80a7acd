/// The control sequences by which programs colour and move text on a terminal (ECMA-48): noise in a message that
/// people read elsewhere, and on a terminal a way to hide what a message says.
public enum TerminalEscapes {
    /// A text without them.
    public static func removed(from text: String) -> String {
        // All begin with one of these bytes: most texts have neither, and stay as they are.
        guard text.utf8.contains(where: { $0 == escape || $0 == firstOfC1 }) else { return text }
        return String(decoding: removed(from: Array(text.utf8)), as: UTF8.self)
    }

    /// UTF-8 without them; any other bytes stay as they are.
    ///
    /// A sequence that is begun and not ended takes only its beginning with it, never the text after it.
    public static func removed(from bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let first = rest.first {
            if let length = length(ofSequenceAt: rest) {
                rest = rest.dropFirst(length)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    private static let escape: UInt8 = 0x1B
    /// The 8-bit controls U+0080 to U+009F begin with it in UTF-8.
    private static let firstOfC1: UInt8 = 0xC2
    private static let bell: UInt8 = 0x07

    private static func length(ofSequenceAt bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return nil }
        let start = bytes.startIndex
        let second = bytes.dropFirst().first
        // `ESC [` and its like are one byte of the 8-bit controls.
        var control: UInt8
        if first == escape {
            guard let second else { return 1 }
            control = second
        } else if first == firstOfC1, let second, isC1(second) {
            control = second - 0x40
        } else {
            return nil
        }
        switch control {
        case UInt8(ascii: "["):
            // Parameters, then intermediates, then one final byte.
            var end = start + 2
            while end < bytes.endIndex, (0x30...0x3F).contains(bytes[end]) { end += 1 }
            while end < bytes.endIndex, (0x20...0x2F).contains(bytes[end]) { end += 1 }
            if end < bytes.endIndex, (0x40...0x7E).contains(bytes[end]) { end += 1 }
            return end - start
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            return lengthOfString(bytes)
        default:
            guard first == escape else { return 2 }
            var end = start + 1
            while end < bytes.endIndex, (0x20...0x2F).contains(bytes[end]) { end += 1 }
            control = end < bytes.endIndex ? bytes[end] : 0
            return (0x30...0x7E).contains(control) ? end + 1 - start : end - start
        }
    }

    /// Up to its terminator, on one line: a title, a link's address.
    private static func lengthOfString(_ bytes: ArraySlice<UInt8>) -> Int {
        var end = bytes.startIndex + 2
        while end < bytes.endIndex {
            let next = end + 1 < bytes.endIndex ? bytes[end + 1] : 0
            switch (bytes[end], next) {
            case (bell, _): return end + 1 - bytes.startIndex
            case (escape, UInt8(ascii: "\\")), (firstOfC1, 0x9C): return end + 2 - bytes.startIndex
            case (0x0A, _), (0x0D, _): return 2
            default: end += 1
            }
        }
        return 2
    }

    /// Those that begin a sequence: the single shifts, DCS, SOS, CSI, ST, OSC, PM and APC. U+0085 ends a line.
    private static func isC1(_ byte: UInt8) -> Bool {
        [0x8E, 0x8F, 0x90, 0x98, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F].contains(byte)
    }
}
