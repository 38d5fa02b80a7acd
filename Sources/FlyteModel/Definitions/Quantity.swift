/// A Kubernetes resource quantity, such as `500m`, `2`, `1.5Gi` or `1e3`.
///
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
public struct Quantity: Hashable, Sendable {
    /// In the resource's unit: cores, bytes, or a count. The double nearest to what is written.
    public let value: Double
    /// Whole units, rounded up as Kubernetes does, and exact; nil beyond `Int64`.
    public let units: Int64?

    /// nil when the text is no quantity.
    public init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        var sign = ""
        if let first = rest.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            sign = first == UInt8(ascii: "-") ? "-" : ""
            rest = rest.dropFirst()
        }
        func digits() -> ArraySlice<UInt8> {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            return digits
        }
        var mantissa = digits()
        var exponent = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let fraction = digits()
            mantissa += fraction
            exponent = -fraction.count
        }
        guard !mantissa.isEmpty else { return nil }
        var shift = 0
        let suffix = String(decoding: rest, as: UTF8.self)
        if let power = Self.binarySuffixes[suffix] {
            shift = power
        } else if let power = Self.decimalSuffixes[suffix] {
            exponent += power
        } else {
            // `E` alone is exa, `E3` and `e3` are exponents.
            guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E"),
                let power = Int(suffix.dropFirst()), power.magnitude < 1000
            else { return nil }
            exponent += power
        }
        var significand = String(decoding: mantissa, as: UTF8.self)
        // Kubernetes keeps nothing below a billionth, and rounds away from zero.
        if shift == 0, exponent < -9, let digits = Int128(significand) {
            var (number, isCut) = (digits, false)
            for _ in 0..<min(40, -9 - exponent) where number != 0 {
                isCut = isCut || number % 10 != 0
                number /= 10
            }
            significand = "\(number + (isCut ? 1 : 0))"
            exponent = -9
        }
        guard let decimal = Double("\(sign)\(significand)e\(exponent)") else { return nil }
        let value = decimal * Double(sign: .plus, exponent: shift, significand: 1)
        guard value.isFinite else { return nil }
        self.value = value
        units = Self.units(sign + significand, exponent: exponent, shift: shift)
    }

    private static func units(_ significand: String, exponent: Int, shift: Int) -> Int64? {
        guard var number = Int128(significand) else { return nil }
        let scaled = number.multipliedReportingOverflow(by: Int128(1) << Int128(shift))
        if scaled.overflow { return nil }
        number = scaled.partialValue
        let isPositive = number > 0
        var isRounded = false
        for _ in 0..<exponent.magnitude where number != 0 {
            if exponent > 0 {
                let next = number.multipliedReportingOverflow(by: 10)
                if next.overflow { return nil }
                number = next.partialValue
            } else {
                isRounded = isRounded || number % 10 != 0
                number /= 10
            }
        }
        if isRounded && isPositive { number += 1 }
        return Int64(exactly: number)
    }

    private static let binarySuffixes = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]
    private static let decimalSuffixes = [
        "": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
    ]
}
