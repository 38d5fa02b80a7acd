import TestSupport
import Testing

@testable import FlyteRedaction

struct SecretFinderTests {
    private static let shortest = 4

    /// What a search for each form at each place finds: the longest, of equal ones the first.
    private static func plainly(_ secrets: [[UInt8]], in text: [UInt8]) -> [(Range<Int>, Int)] {
        var forms: [(bytes: [UInt8], secret: Int)] = []
        for (index, secret) in secrets.enumerated() {
            for form in SecretForms.all(of: secret, minimumLength: shortest)
            where !forms.contains(where: { $0.bytes == form }) {
                forms.append((form, index))
            }
        }
        var found: [(Range<Int>, Int)] = []
        var position = 0
        while position < text.count {
            let here = forms.filter { text[position...].starts(with: $0.bytes) }
            guard let hit = here.max(by: { $0.bytes.count < $1.bytes.count }) else {
                position += 1
                continue
            }
            found.append((position..<position + hit.bytes.count, hit.secret))
            position += hit.bytes.count
        }
        return found
    }

    @Test(arguments: 1...40)
    func findsWhatAPlainSearchFinds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        // Few letters, so that secrets share their beginnings, and one lies within another.
        func letters(_ count: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: count, using: &random)).map { _ in
                Array("aab/\" é".utf8).randomElement(using: &random) ?? 97
            }
        }
        let secrets = (0..<Int.random(in: 1...60, using: &random)).map { _ in letters(4...14) }
        var finder = SecretFinder(minimumLength: Self.shortest)
        for (index, secret) in secrets.enumerated() {
            finder.add([secret: index])
            guard index % 20 == 0 || index == secrets.count - 1 else { continue }
            // Also while it grows.
            let known = Array(secrets.prefix(index + 1))
            for _ in 0..<10 {
                let forms = known.flatMap { SecretForms.all(of: $0, minimumLength: Self.shortest) }
                let text = letters(0...30) + (forms.randomElement(using: &random) ?? []) + letters(0...30)
                let found = finder.matches(in: text)
                let expected = Self.plainly(known, in: text)
                #expect(found.map(\.range) == expected.map(\.0))
                #expect(found.map(\.secret) == expected.map(\.1))
                #expect(
                    finder.matches(in: text, onlyFirst: true).map(\.range)
                        == expected.prefix(1).map(\.0))
            }
        }
    }

    @Test func looksNowhereButInTheRange() {
        var finder = SecretFinder(minimumLength: 4)
        finder.add([Array("secret".utf8): 0])
        let text = Array("a secret, secret".utf8)
        #expect(finder.matches(in: text, 3..<16).map(\.range) == [10..<16])
        #expect(finder.matches(in: text, 2..<7).isEmpty)
        #expect(finder.matches(in: [], nil).isEmpty)
        #expect(finder.matches(in: Array("sec".utf8)).isEmpty)
    }
}
