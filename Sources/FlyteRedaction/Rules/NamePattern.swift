/// Which names are meant: a glob with `*` and `?` for the whole name, or a ``RegularExpression`` between slashes
/// for any part of it. Case does not count; in a glob `-` and `_` are the same, so that `*api_key*` also means
/// `--api-key`.
public struct NamePattern: Sendable {
    private enum Form {
        case glob([UInt8])
        case expression(RegularExpression)
    }

    private let form: Form

    public init(_ text: String) throws(RegularExpression.Invalid) {
        if text.count > 2, text.hasPrefix("/"), text.hasSuffix("/") {
            form = .expression(
                try RegularExpression(String(text.dropFirst().dropLast()), ignoringCase: true))
        } else {
            form = .glob(Self.folded(text))
        }
    }

    func matches(_ name: String) -> Bool {
        switch form {
        case .glob(let glob): Self.matches(glob, Self.folded(name))
        case .expression(let expression): expression.mayMatch(name)
        }
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    }

    /// Goes back to the last star only, which is enough, so that no name takes more than its length times the
    /// pattern's.
    private static func matches(_ glob: [UInt8], _ name: [UInt8]) -> Bool {
        var (g, n) = (0, 0)
        var star: (glob: Int, name: Int)?
        while n < name.count {
            if g < glob.count, glob[g] == UInt8(ascii: "*") {
                star = (g, n)
                g += 1
            } else if g < glob.count, glob[g] == UInt8(ascii: "?") || glob[g] == name[n] {
                g += 1
                n += 1
            } else if let last = star {
                star = (last.glob, last.name + 1)
                (g, n) = (last.glob + 1, last.name + 1)
            } else {
                return false
            }
        }
        return glob[g...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
