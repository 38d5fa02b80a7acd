import FlyteArchive
import FlyteModel

/// A price book as people write it, in YAML.
struct PriceBook: Sendable {
    private(set) var entries: [PriceEntry] = []

    private static let keys = ["currency", "prices"]
    private static let entryKeys = [
        "from", "until", "source", "cluster", "project", "domain", "currency", "core-hour", "gib-hour",
        "gpu-hour",
    ]

    /// Throws a `Failure` that says what is wrong, and where in the file.
    init(file path: String) throws {
        guard let value = try SettingsValue(file: path) else {
            throw Failure("There is no price book '\(path)'.")
        }
        let members = try value.members(of: "a price book", Self.keys)
        let currency = try members["currency"]?.text("'currency'")
        guard let prices = members["prices"] else { throw value.failure("A price book needs 'prices'.") }
        entries = try prices.elements(of: "'prices'").map { try Self.entry($0, currency) }
    }

    private static func entry(_ value: SettingsValue, _ common: String?) throws -> PriceEntry {
        let members = try value.members(of: "a price", entryKeys)
        func text(_ key: String) throws -> String? { try members[key]?.text("'\(key)'") }
        func price(_ key: String) throws -> Double? { try members[key]?.numberFromZero("'\(key)'") }
        guard let from = try members["from"]?.moment("'from'") else {
            throw value.failure("A price needs a 'from': the day from which it holds.")
        }
        guard let currency = try text("currency") ?? common else {
            throw value.failure("A price needs a 'currency', of its own or the book's.")
        }
        let until = try members["until"]?.moment("'until'")
        if let until, until <= from {
            throw value.failure("'until' is not after 'from': it would never hold.")
        }
        let entry = PriceEntry(
            from: from, until: until, source: try text("source"), cluster: try text("cluster"),
            project: try text("project"), domain: try text("domain"), currency: currency,
            coreHour: try price("core-hour"), gibHour: try price("gib-hour"), gpuHour: try price("gpu-hour"))
        guard entry.coreHour != nil || entry.gibHour != nil || entry.gpuHour != nil else {
            throw value.failure("A price needs one of 'core-hour', 'gib-hour' and 'gpu-hour'; 0 is free.")
        }
        return entry
    }

    /// Pairs of entries, by their places in the book, that hold at once in the same place: the one that begins later
    /// counts, of two that begin together the latter.
    var overlaps: [(first: Int, second: Int)] {
        var found: [(Int, Int)] = []
        for first in entries.indices {
            for second in entries.indices.dropFirst(first + 1) where entries[first].overlaps(entries[second])
            {
                found.append((first + 1, second + 1))
            }
        }
        return found
    }
}
