extension Message {
    /// Where in a message texts are no UTF-8: the names of the fields that lead there, with points between them. At most so
    /// many, and nothing of what cannot be read at all.
    public static func invalidTexts(in bytes: [UInt8], as name: String, limit: Int = 5) -> [String] {
        var found: [String] = []
        var open: [(reader: WireReader, type: MessageType, path: String)] = [
            (WireReader(bytes), IDL.message(name), "")
        ]
        while let (whole, type, path) = open.popLast(), found.count < limit {
            var reader = whole
            while let tag = try? reader.next() {
                guard tag.kind == .lengthDelimited, let range = try? reader.range() else {
                    guard tag.kind != .lengthDelimited, (try? reader.skip(tag)) != nil else { break }
                    continue
                }
                guard let index = type.index(number: tag.number) else { continue }
                let field = type.fields[index]
                let own = path.isEmpty ? field.name : "\(path).\(field.name)"
                for (kind, range) in parts(of: field, bytes, range) {
                    switch kind {
                    case .string where String(utf8: bytes[range]) == nil:
                        if !found.contains(own) { found.append(own) }
                    case .message(let inner): open.append((WireReader(bytes, in: range), inner, own))
                    default: break
                    }
                }
            }
        }
        return Array(found.prefix(limit))
    }

    /// A field's value; of a map's entry the key and the value.
    private static func parts(
        of field: Field, _ bytes: [UInt8], _ range: Range<Int>
    ) -> [(Field.Kind, Range<Int>)] {
        guard case .map = field.cardinality else { return [(field.kind, range)] }
        var parts: [(Field.Kind, Range<Int>)] = []
        var entry = WireReader(bytes, in: range)
        while let tag = try? entry.next() {
            guard tag.kind == .lengthDelimited, let range = try? entry.range() else {
                guard tag.kind != .lengthDelimited, (try? entry.skip(tag)) != nil else { break }
                continue
            }
            if tag.number == Field.mapKeyNumber { parts.append((.string, range)) }
            if tag.number == Field.mapValueNumber { parts.append((field.kind, range)) }
        }
        return parts
    }
}
