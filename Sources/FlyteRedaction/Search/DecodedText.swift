/// What a text says once an encoding is undone, byte by byte.
struct DecodedText {
    private(set) var bytes: [UInt8] = []
    /// Of each byte, from where to where in the text that was decoded what it stands for lies; empty when nobody asked.
    private var places: [(start: Int32, end: Int32)] = []
    private let keepsPlaces: Bool
    /// Whether anything reads otherwise than it stands.
    var isOther = false

    init(keepsPlaces: Bool) { self.keepsPlaces = keepsPlaces }

    mutating func append(_ byte: UInt8, from start: Int, to end: Int) {
        bytes.append(byte)
        if keepsPlaces { places.append((Int32(clamping: start), Int32(clamping: end))) }
    }

    mutating func removeLast(_ count: Int) {
        bytes.removeLast(count)
        if keepsPlaces { places.removeLast(count) }
    }

    /// A character's bytes, which lie where the character does.
    mutating func append(_ scalar: Unicode.Scalar, from start: Int, to end: Int) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            append(byte, from: start, to: end)
        }
    }

    /// Where in the text that was decoded all that these bytes stand for lies.
    func place(of range: Range<Int>) -> Range<Int> {
        Int(places[range.lowerBound].start)..<Int(places[range.upperBound - 1].end)
    }
}
