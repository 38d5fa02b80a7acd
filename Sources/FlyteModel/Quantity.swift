/// A Kubernetes resource quantity, such as `500m`, `2`, `1.5Gi` or `1e3`.
///
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
public struct Quantity: Hashable, Sendable {
    /// In the resource's unit: cores, bytes, or a count.
    public let value: Double

    /// nil when the text is no quantity.
    public init?(_ text: String) {
        var digits = text[...]
        var scale = 1.0
        for (suffix, factor) in Self.suffixes where text.hasSuffix(suffix) {
            digits = text.dropLast(suffix.count)
            scale = factor
            break
        }
        guard let first = digits.utf8.first, (0x30...0x39).contains(first) || ".+-".utf8.contains(first),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || ".+-eE".utf8.contains($0) }),
            let number = Double(digits), (number * scale).isFinite
        else { return nil }
        value = number * scale
    }

    /// Whole units, rounded up as Kubernetes does; nil beyond `Int64`.
    public var units: Int64? { Int64(exactly: value.rounded(.up)) }

    // Longer ones first: `Mi` is not `M` with a stray letter. `E` alone is exa, `e3` an exponent.
    private static let suffixes: [(String, Double)] = [
        ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776),
        ("Pi", 1_125_899_906_842_624), ("Ei", 1_152_921_504_606_846_976),
        ("n", 1e-9), ("u", 1e-6), ("m", 1e-3), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
        ("E", 1e18),
    ]
}
