/// How many columns of a terminal a text takes.
///
/// Terminals do not agree on what is drawn of several code points, such as a family of emoji: some draw one picture, most
/// draw each. What is told here is the most that any of them takes, the sum of its code points, so that a line that fits by
/// it fits everywhere. Controls have no width of their own: ``TerminalFormat/visible(_:)-(String)`` goes first.
public enum DisplayWidth {
    public static func of(_ text: some StringProtocol) -> Int {
        isPlain(text) ? text.utf8.count : sum(text.unicodeScalars, upTo: .max)
    }

    static func of(_ character: Character) -> Int { sum(character.unicodeScalars, upTo: .max) }

    /// Whether it takes more columns than that; does not look at what lies beyond.
    static func exceeds(_ text: some StringProtocol, _ width: Int) -> Bool {
        text.utf8.count > width && sum(text.unicodeScalars, upTo: width) > width
    }

    /// Stops once it is more than the limit.
    private static func sum(_ scalars: some Sequence<Unicode.Scalar>, upTo limit: Int) -> Int {
        var sum = 0
        var before: Unicode.Scalar?
        for scalar in scalars {
            sum += width(scalar, after: before)
            if sum > limit { break }
            before = scalar
        }
        return sum
    }

    /// Printable ASCII, which most texts are.
    private static func isPlain(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    static func width(_ scalar: Unicode.Scalar, after before: Unicode.Scalar?) -> Int {
        switch scalar.value {
        case 0..<0x300: return 1
        // Asks for a picture where the letter alone would be narrow.
        case 0xFE0F: return before.map { !isWide($0) && $0.properties.isEmoji } == true ? 1 : 0
        // Vowels and finals of Korean syllables, drawn in the column of their initial.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
        // Signs before Arabic and Syriac numbers are format characters, and are drawn.
        case 0x600...0x605, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x110BD, 0x110CD: return 1
        default:
            if isWide(scalar) { return 2 }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return 0
            default: return 1
            }
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        guard value >= 0x1100 else { return false }
        var (low, high) = (0, wide.count)
        while low < high {
            let middle = (low + high) / 2
            if wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < wide.count && wide[low].contains(value)
    }

    /// East_Asian_Width W and F, with what is not assigned yet between and behind such in the blocks that have them:
    /// https://www.unicode.org/Public/UCD/latest/ucd/EastAsianWidth.txt
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
        0x25FD...0x25FE, 0x2614...0x2615, 0x2630...0x2637, 0x2648...0x2653, 0x267F...0x267F, 0x268A...0x268F,
        0x2693...0x2693, 0x26A1...0x26A1, 0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE,
        0x26D4...0x26D4, 0x26EA...0x26EA, 0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD,
        0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755,
        0x2757...0x2757, 0x2795...0x2797, 0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50,
        0x2B55...0x2B55, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE10...0xFE1F, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x1B2FF,
        0x1D300...0x1D376, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A,
        0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C, 0x1F37E...0x1F393, 0x1F3A0...0x1F3CA,
        0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E, 0x1F440...0x1F440,
        0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E, 0x1F550...0x1F567, 0x1F57A...0x1F57A,
        0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC,
        0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6DF, 0x1F6EB...0x1F6EF, 0x1F6F4...0x1F6FF, 0x1F7E0...0x1F7FF,
        0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
    ]
}
