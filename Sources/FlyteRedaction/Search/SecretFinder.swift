import Glibc

/// Finds any of many texts within another, in one pass, in whatever form they are written down.
///
/// A tree may hold a secret for each of its nodes: the forms lie in one array after the other, and take little more than
/// their bytes.
struct SecretFinder {
    /// In the order in which they came, each with the index of its rule.
    private(set) var secrets: [(bytes: [UInt8], rule: Int)] = []

    private struct Form {
        var start: UInt32
        var count: Int32
        var secret: Int32
        /// The longest other form that this one begins with; -1 for none.
        var shorter: Int32 = -1

        var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
    }
    private let minimumLength: Int
    private let prefixLength: Int
    private var bytes: [UInt8] = []
    /// In the order of their bytes; no two are equal.
    private var forms: [Form] = []
    /// Which two bytes any form begins with, and a bit for the hash of each form's first bytes: most places of a text are
    /// passed over by these alone.
    private var beginnings = [Bool](repeating: false, count: 65536)
    private var filter: [UInt64] = [0]

    /// - Parameter minimumLength: Of what is looked for, in bytes.
    init(minimumLength: Int) {
        self.minimumLength = minimumLength
        prefixLength = min(8, minimumLength)
    }

    /// Adds secrets with the indices of their rules. Of two that share a form, the one that came before has it; of
    /// those that come together, the longer one.
    mutating func add(_ added: [[UInt8]: Int]) {
        // The order of a dictionary is another each time.
        let sorted = added.sorted {
            $0.key.count != $1.key.count
                ? $0.key.count > $1.key.count : $0.key.lexicographicallyPrecedes($1.key)
        }
        for (secret, rule) in sorted {
            for form in SecretForms.all(of: secret, minimumLength: minimumLength) {
                forms.append(
                    Form(start: UInt32(bytes.count), count: Int32(form.count), secret: Int32(secrets.count)))
                bytes += form
            }
            secrets.append((secret, rule))
        }
        if sorted.isEmpty { return }
        sortForms()
        linkForms()
        fillFilter()
    }

    /// Of equal ones, that of the first secret stays.
    private mutating func sortForms() {
        bytes.withUnsafeBufferPointer { bytes in
            // Those that were there are in order already, which the sort makes use of.
            forms.sort { a, b in
                let order = Self.order(a, b, bytes)
                return order == 0 ? a.secret < b.secret : order < 0
            }
            var count = 0
            for index in forms.indices
            where count == 0 || Self.order(forms[count - 1], forms[index], bytes) != 0 {
                forms[count] = forms[index]
                count += 1
            }
            forms.removeLast(forms.count - count)
        }
    }

    /// Negative, zero or positive as the first comes before the second, by their bytes.
    private static func order(_ a: Form, _ b: Form, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let common = order(bytes[a.range], bytes[b.range], upTo: Int(min(a.count, b.count)))
        return common != 0 ? common : Int(a.count) - Int(b.count)
    }

    private static func order(
        _ a: Slice<UnsafeBufferPointer<UInt8>>, _ b: Slice<UnsafeBufferPointer<UInt8>>, upTo count: Int
    ) -> Int {
        let (a, b) = (UnsafeBufferPointer(rebasing: a), UnsafeBufferPointer(rebasing: b))
        guard count > 0, let first = a.baseAddress, let second = b.baseAddress else { return 0 }
        return Int(memcmp(first, second, count))
    }

    private mutating func linkForms() {
        bytes.withUnsafeBufferPointer { bytes in
            for index in forms.indices {
                var shorter = Int32(index - 1)
                while shorter >= 0, !Self.begins(forms[index], with: forms[Int(shorter)], bytes) {
                    shorter = forms[Int(shorter)].shorter
                }
                forms[index].shorter = shorter
            }
        }
    }

    private static func begins(
        _ form: Form, with other: Form, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        other.count <= form.count
            && order(bytes[form.range], bytes[other.range], upTo: Int(other.count)) == 0
    }

    private mutating func fillFilter() {
        // Sixteen bits or more for each form, so that hardly a place is looked at in vain.
        var words = 1024
        while words * 4 < forms.count { words *= 2 }
        filter = Array(repeating: 0, count: words)
        bytes.withUnsafeBufferPointer { bytes in
            for form in forms {
                let start = Int(form.start)
                beginnings[Int(bytes[start]) << 8 | Int(bytes[start + 1])] = true
                let bit = bit(ofPrefix: bytes, start)
                filter[bit >> 6] |= 1 << UInt64(bit & 63)
            }
        }
    }

    private func bit(ofPrefix bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var prefix: UInt64 = 0
        for offset in 0..<prefixLength { prefix = prefix << 8 | UInt64(bytes[start + offset]) }
        // Multiplied as Fibonacci hashing does: the upper bits depend on all of the lower ones.
        return Int((prefix &* 0x9E37_79B9_7F4A_7C15) >> 24) & (filter.count * 64 - 1)
    }

    /// The longest form that stands at the beginning of a range of a text.
    private func longest(
        in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        func order(_ form: Form) -> Int {
            let count = Int(form.count)
            let common = Self.order(bytes[form.range], text[range], upTo: min(count, range.count))
            return common != 0 ? common : count <= range.count ? 0 : 1
        }
        // The last form that does not come after the text begins with whatever form the text begins with.
        var (low, high) = (0, forms.count)
        while low < high {
            let middle = (low + high) / 2
            if order(forms[middle]) <= 0 { low = middle + 1 } else { high = middle }
        }
        var index = low - 1
        while index >= 0, order(forms[index]) != 0 { index = Int(forms[index].shorter) }
        return index < 0 ? nil : index
    }

    /// What is found, from left to right: at each place the longest.
    func matches(in text: [UInt8], _ range: Range<Int>? = nil, onlyFirst: Bool = false) -> [SecretMatch] {
        guard !forms.isEmpty else { return [] }
        let range = range ?? 0..<text.count
        var found: [SecretMatch] = []
        text.withUnsafeBufferPointer { text in
            bytes.withUnsafeBufferPointer { bytes in
                var position = range.lowerBound
                let last = range.upperBound - prefixLength
                while position <= last {
                    guard beginnings[Int(text[position]) << 8 | Int(text[position + 1])],
                        case let bit = bit(ofPrefix: text, position),
                        filter[bit >> 6] & 1 << UInt64(bit & 63) != 0,
                        let hit = longest(in: text, position..<range.upperBound, bytes)
                    else {
                        position += 1
                        continue
                    }
                    let end = position + Int(forms[hit].count)
                    found.append(SecretMatch(range: position..<end, secret: Int(forms[hit].secret)))
                    if onlyFirst { return }
                    position = end
                }
            }
        }
        return found
    }
}
