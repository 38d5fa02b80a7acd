import FlyteIDL
import FlyteModel

/// Finds the literals of a map that the engine keeps apart.
enum OffloadedLiterals {
    /// Their URIs, at any depth, in the order of the map. What cannot be read has none.
    static func uris(inMap map: WireReader) -> [String] { uris(in: map, .map) }

    /// The same of a map or a literal that may be too large for memory. Throws where it is none as far as it is large.
    static func uris(in content: MessageContent, isMap: Bool) throws -> [String] {
        var uris: [String] = []
        // What is still to be read, the next of it last: depth costs no stack.
        var open: [(range: Range<Int>, kind: Scanned)] = [(0..<content.count, isMap ? .map : .literal)]
        while let (range, kind) = open.popLast() {
            if range.count <= LiteralMap.scanLimit, kind == .map || kind == .literal {
                uris += Self.uris(in: WireReader(try content.bytes(in: range)), kind)
                continue
            }
            var reader = ContentReader(content, in: range)
            var inside: [(Range<Int>, Scanned)] = []
            while let tag = try reader.next() {
                guard tag.kind == .lengthDelimited else {
                    try reader.skip(tag)
                    continue
                }
                let value = try reader.range()
                if let inner = kind.inside(tag.number) { inside.append((value, inner)) }
            }
            open += inside.reversed()
        }
        return uris
    }

    /// What can hold offloaded literals, and where they are.
    private enum Scanned {
        case map, entry, literal, list, offloaded

        /// What a field of this number is; nil for what holds none.
        func inside(_ number: Int) -> Scanned? {
            switch (self, number) {
            case (.map, 1): .entry
            case (.entry, 2), (.list, 1): .literal
            case (.literal, 2): .list
            case (.literal, 3): .map
            case (.literal, 8): .offloaded
            default: nil
            }
        }
    }

    private static func uris(in whole: WireReader, _ kind: Scanned) -> [String] {
        var uris: [String] = []
        var open: [(reader: WireReader, kind: Scanned)] = [(whole, kind)]
        while let (part, kind) = open.popLast() {
            var reader = part
            var inside: [(WireReader, Scanned)] = []
            while let tag = try? reader.next() {
                if kind == .offloaded, tag == WireTag(number: 1, kind: .lengthDelimited) {
                    guard let uri = try? reader.text() else { break }
                    uris.append(uri)
                } else if tag.kind == .lengthDelimited, let inner = kind.inside(tag.number) {
                    guard let value = try? reader.message() else { break }
                    inside.append((value, inner))
                } else if (try? reader.skip(tag)) == nil {
                    break
                }
            }
            open += inside.reversed()
        }
        return uris
    }
}
