/// Finds any of many texts within another, in one pass.
struct SecretFinder {
    struct Match {
        var range: Range<Int>
        /// An index into the secrets.
        var secret: Int
    }

    private var forms: [(bytes: [UInt8], secret: Int)] = []
    /// The forms by their first bytes, the longest first.
    private var byPrefix: [UInt64: [Int]] = [:]
    private var prefixLength = 8
    /// Which two bytes any form begins with: most places of a text are passed over by this alone.
    private var beginnings = [Bool](repeating: false, count: 65536)

    var isEmpty: Bool { forms.isEmpty }

    /// - Parameter secrets: Of two that share a form, the first has it.
    init(_ secrets: [[UInt8]], minimumLength: Int) {
        var seen: Set<[UInt8]> = []
        for (index, secret) in secrets.enumerated() {
            for form in SecretForms.all(of: secret, minimumLength: minimumLength)
            where seen.insert(form).inserted {
                forms.append((form, index))
            }
        }
        prefixLength = min(8, forms.lazy.map(\.bytes.count).min() ?? 8)
        for (index, form) in forms.enumerated() {
            byPrefix[Self.prefix(form.bytes, 0, prefixLength), default: []].append(index)
            beginnings[Int(form.bytes[0]) << 8 | Int(form.bytes[1])] = true
        }
        for key in byPrefix.keys {
            byPrefix[key]?.sort { forms[$0].bytes.count > forms[$1].bytes.count }
        }
    }

    private static func prefix(_ bytes: some RandomAccessCollection<UInt8>, _ start: Int, _ count: Int)
        -> UInt64
    {
        var key: UInt64 = 0
        for offset in 0..<count {
            key = key << 8 | UInt64(bytes[bytes.index(bytes.startIndex, offsetBy: start + offset)])
        }
        return key
    }

    /// What is found, from left to right: at each place the longest.
    func matches(in text: [UInt8], _ range: Range<Int>? = nil, onlyFirst: Bool = false) -> [Match] {
        guard !forms.isEmpty else { return [] }
        let range = range ?? 0..<text.count
        var found: [Match] = []
        text.withUnsafeBufferPointer { bytes in
            var position = range.lowerBound
            let last = range.upperBound - prefixLength
            while position <= last {
                guard beginnings[Int(bytes[position]) << 8 | Int(bytes[position + 1])],
                    let candidates = byPrefix[Self.prefix(bytes, position, prefixLength)],
                    let hit = candidates.first(where: { index in
                        let form = forms[index].bytes
                        return form.count <= range.upperBound - position
                            && form.elementsEqual(bytes[position..<position + form.count])
                    })
                else {
                    position += 1
                    continue
                }
                let end = position + forms[hit].bytes.count
                found.append(Match(range: position..<end, secret: forms[hit].secret))
                if onlyFirst { return }
                position = end
            }
        }
        return found
    }
}
