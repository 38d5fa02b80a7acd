import FlyteIDL

/// A field of a cron expression: numbers, names, ranges and steps, with commas between them.
struct CronField: Hashable, Sendable {
    private(set) var bits: UInt64 = 0
    /// Whether one of its parts is a star, with no step over 1: such a field restricts nothing.
    private(set) var hasStar = false

    static let months = [
        "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10,
        "nov": 11, "dec": 12,
    ]

    /// - Parameter first: The number of Sunday.
    static func weekdays(from first: Int) -> [String: Int] {
        Dictionary(
            uniqueKeysWithValues: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"].enumerated().map {
                ($1, $0 + first)
            })
    }

    /// nil for what robfig/cron refuses. As there, parts that are empty do not count, and what follows a star before a `/`
    /// neither.
    init?(_ text: String, _ range: ClosedRange<Int>, names: [String: Int] = [:]) {
        for part in text.parts(by: UInt8(ascii: ",")) where !part.isEmpty {
            guard let values = Self.values(part, range, names) else { return nil }
            hasStar = hasStar || values.isStar
            for value in stride(from: values.low, through: values.high, by: values.step) {
                bits |= 1 << UInt64(value)
            }
        }
    }

    /// EventBridge's years; empty for any.
    static func years(_ text: String) -> Set<Int>? {
        var years: Set<Int> = []
        for part in text.parts(by: UInt8(ascii: ",")) where !part.isEmpty {
            guard let values = values(part, 1970...2199, [:]) else { return nil }
            if values.isStar { return [] }
            years.formUnion(stride(from: values.low, through: values.high, by: values.step))
        }
        return years.isEmpty ? nil : years
    }

    private static func values(
        _ part: Substring, _ range: ClosedRange<Int>, _ names: [String: Int]
    ) -> (low: Int, high: Int, step: Int, isStar: Bool)? {
        let halves = part.parts(by: UInt8(ascii: "/"))
        let ends = halves[0].parts(by: UInt8(ascii: "-"))
        guard halves.count <= 2 else { return nil }
        let step = halves.count == 2 ? number(halves[1]) : 1
        guard var step, step > 0 else { return nil }
        // One beyond all ranges, and no sum overflows.
        step = min(step, 10_000)
        if ends[0] == "*" || ends[0] == "?" {
            return (range.lowerBound, range.upperBound, step, step == 1)
        }
        func end(_ text: Substring) -> Int? { names[text.lowercased()] ?? number(text) }
        guard ends.count <= 2, let low = end(ends[0]) else { return nil }
        var high = low
        if ends.count == 2 {
            guard let given = end(ends[1]) else { return nil }
            high = given
        } else if halves.count == 2 {
            high = range.upperBound
        }
        guard range.contains(low), range.contains(high), low <= high else { return nil }
        return (low, high, step, false)
    }

    /// What Go's `strconv.Atoi` takes, but for negative numbers.
    static func number(_ text: Substring) -> Int? { Int(text).flatMap { $0 < 0 ? nil : $0 } }
}
