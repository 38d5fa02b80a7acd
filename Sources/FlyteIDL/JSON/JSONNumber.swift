/// A number in JSON's notation, taken apart, so that integers are exact however they are written (`1e2`, `100.0`).
struct JSONNumber {
    private let isNegative: Bool
    /// The number without sign, and without zeros at its end, is `digits` times ten to the power of `exponent`.
    private let digits: ArraySlice<UInt8>
    private let exponent: Int

    /// nil when the text is not a number by RFC 8259.
    init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ text: ArraySlice<UInt8>) {
        guard let end = Self.end(text), end == text.endIndex else { return nil }
        var rest = text
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        var digits: [UInt8] = []
        var exponent = 0
        if let e = rest.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            // Beyond Int it is beyond everything else as well.
            var written = 0
            let isSmall = rest[rest.index(after: e)] == UInt8(ascii: "-")
            for byte in rest[rest.index(after: e)...] where byte >= UInt8(ascii: "0") {
                written = min(written * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000)
            }
            exponent = isSmall ? -written : written
            rest = rest[..<e]
        }
        if let point = rest.firstIndex(of: UInt8(ascii: ".")) {
            digits = Array(rest[..<point]) + rest[rest.index(after: point)...]
            exponent -= rest.endIndex - point - 1
        } else {
            digits = Array(rest)
        }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        self.digits = digits.drop { $0 == UInt8(ascii: "0") }
        self.exponent = exponent
    }

    /// Without sign; nil when it has a fraction or does not fit.
    private var magnitude: UInt64? {
        if digits.isEmpty { return 0 }
        guard exponent >= 0, digits.count + exponent <= 20 else { return nil }
        var value: UInt64 = 0
        for byte in digits.map({ $0 - UInt8(ascii: "0") }) + repeatElement(0, count: exponent) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(UInt64(byte))
            if overflow || overflows { return nil }
            value = sum
        }
        return value
    }

    var int64: Int64? {
        guard let magnitude else { return nil }
        if !isNegative { return Int64(exactly: magnitude) }
        return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    var uint64: UInt64? {
        guard let magnitude else { return nil }
        return isNegative && magnitude > 0 ? nil : magnitude
    }

    /// Where the number that the text begins with ends; nil when it begins with none.
    static func end(_ text: ArraySlice<UInt8>) -> Int? {
        var index = text.startIndex
        func digits() -> Bool {
            let start = index
            while index < text.endIndex, text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9") {
                index += 1
            }
            return index > start
        }
        func take(_ byte: UInt8) -> Bool {
            guard index < text.endIndex, text[index] == byte else { return false }
            index += 1
            return true
        }
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard digits() else { return nil } }
        if take(UInt8(ascii: ".")) { guard digits() else { return nil } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() else { return nil }
        }
        return index
    }
}
