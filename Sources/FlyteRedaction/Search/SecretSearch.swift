/// Finds secrets in a text however they are written down: also where one encoding lies within another.
///
/// A `SecretFinder` knows the usual forms of a secret in one pass. For all others the text is decoded by each known
/// encoding that occurs in it and looked at again, so many times one within another, and with an end to the work.
package struct SecretSearch: Sendable {
    /// A text in which there is too much to decode.
    package struct TooMuch: Error {}

    /// So many encodings are undone one within another, besides the usual form of the secret inside: in base64 in
    /// base64 in JSON, say, a secret with quotes.
    private static let depth = 3
    /// So many times the text's own bytes are decoded at most, besides 64 KiB. Of texts as people write them it is a few
    /// times.
    private static let effort = 16

    var finder: SecretFinder
    private let minimumLength: Int

    /// - Parameter minimumLength: Of what is looked for, in bytes.
    package init(minimumLength: Int) {
        finder = SecretFinder(minimumLength: minimumLength)
        self.minimumLength = minimumLength
    }

    /// Adds secrets with the indices of their rules.
    package mutating func add(_ secrets: [[UInt8]: Int]) { finder.add(secrets) }

    /// What is found, from left to right, none within another.
    package func matches(in text: [UInt8], _ range: Range<Int>? = nil) throws(TooMuch) -> [SecretMatch] {
        if finder.secrets.isEmpty { return [] }
        var work = Work(text.count, minimumLength: minimumLength)
        return try matches(
            in: text, range ?? 0..<text.count, TextDecoding.first, Self.depth, &work, onlyFirst: false)
    }

    /// Whether any secret stands in the text.
    package func isFound(in text: [UInt8], _ range: Range<Int>? = nil) throws(TooMuch) -> Bool {
        if finder.secrets.isEmpty { return false }
        var work = Work(text.count, minimumLength: minimumLength)
        return try !matches(
            in: text, range ?? 0..<text.count, TextDecoding.first, Self.depth, &work, onlyFirst: true
        ).isEmpty
    }

    /// The usual forms of secrets in a text, from left to right.
    package func plainMatches(in text: [UInt8]) -> [SecretMatch] {
        finder.matches(in: text)
    }

    /// Whether a usual form of any secret stands in the bytes.
    package func isFoundPlainly(in bytes: [UInt8]) -> Bool {
        !finder.matches(in: bytes, onlyFirst: true).isEmpty
    }

    private func matches(
        in text: [UInt8], _ range: Range<Int>, _ decodings: [TextDecoding], _ depth: Int, _ work: inout Work,
        onlyFirst: Bool
    ) throws(TooMuch) -> [SecretMatch] {
        var found = finder.matches(in: text, range, onlyFirst: onlyFirst)
        if depth == 0 || onlyFirst && !found.isEmpty { return found }
        for decoding in decodings {
            guard let decoded = try work.decoded(decoding, text, range) else { continue }
            func place(_ inner: [SecretMatch], onlyTexts: Bool = false) {
                if inner.isEmpty { return }
                let placed = decoding.decoded(
                    text, range, minimumLength: minimumLength, keepsPlaces: true, onlyTexts: onlyTexts)
                found += inner.compactMap { match in
                    placed.map { SecretMatch(range: $0.place(of: match.range), secret: match.secret) }
                }
            }
            // A secret may stand in noise, as in the base64 of something binary, and nothing encoded again.
            place(
                try matches(
                    in: decoded.bytes, 0..<decoded.bytes.count, decoding.next,
                    decoding.isOfRuns ? 0 : depth - 1, &work, onlyFirst: onlyFirst))
            if decoding.isOfRuns, depth > 1,
                let texts = try work.decoded(decoding, text, range, onlyTexts: true)
            {
                place(
                    try matches(
                        in: texts.bytes, 0..<texts.bytes.count, decoding.next, depth - 1, &work,
                        onlyFirst: onlyFirst), onlyTexts: true)
            }
            if onlyFirst && !found.isEmpty { return found }
        }
        return Self.joined(found)
    }

    /// Of those that overlap, one over all of them, with the secret that begins first.
    private static func joined(_ matches: [SecretMatch]) -> [SecretMatch] {
        var joined: [SecretMatch] = []
        for match in matches.sorted(by: {
            ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
        }) {
            if let last = joined.last, match.range.lowerBound < last.range.upperBound {
                joined[joined.count - 1].range =
                    last.range.lowerBound..<max(last.range.upperBound, match.range.upperBound)
            } else {
                joined.append(match)
            }
        }
        return joined
    }

    /// Visits what a text says once its encodings are undone, where that is a text again.
    static func visitTexts(
        in text: [UInt8], minimumLength: Int, _ visit: ([UInt8]) -> Void
    ) throws(TooMuch) {
        var work = Work(text.count, minimumLength: minimumLength)
        try visitTexts(in: text, TextDecoding.first, depth, &work, visit)
    }

    private static func visitTexts(
        in text: [UInt8], _ decodings: [TextDecoding], _ depth: Int, _ work: inout Work,
        _ visit: ([UInt8]) -> Void
    ) throws(TooMuch) {
        guard depth > 0 else { return }
        for decoding in decodings {
            guard
                let decoded = try work.decoded(decoding, text, 0..<text.count, onlyTexts: true)?.bytes
            else { continue }
            var start = 0
            while start < decoded.count {
                let end = decoded[start...].firstIndex(of: 0) ?? decoded.count
                defer { start = end + 1 }
                guard end - start >= work.minimumLength else { continue }
                let part = Array(decoded[start..<end])
                // Runs that are no base64 decode to noise.
                guard String(validating: part, as: UTF8.self) != nil else { continue }
                visit(part)
                try visitTexts(in: part, decoding.next, depth - 1, &work, visit)
            }
        }
    }

    /// What may still be decoded of one text.
    private struct Work {
        private var left: Int
        let minimumLength: Int

        init(_ size: Int, minimumLength: Int) {
            left = SecretSearch.effort * size + 64 << 10
            self.minimumLength = minimumLength
        }

        mutating func decoded(
            _ decoding: TextDecoding, _ text: [UInt8], _ range: Range<Int>, onlyTexts: Bool = false
        ) throws(TooMuch) -> DecodedText? {
            let decoded = decoding.decoded(
                text, range, minimumLength: minimumLength, onlyTexts: onlyTexts)
            left -= decoded?.bytes.count ?? 0
            guard left >= 0 else { throw TooMuch() }
            return decoded
        }
    }
}
