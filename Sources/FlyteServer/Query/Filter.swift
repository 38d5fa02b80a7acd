import FlyteIDL
import FlyteModel

/// One condition of a list, such as `eq(phase,FAILED)`.
struct Filter: Hashable {
    enum Function: String, Hashable, CaseIterable {
        case eq, ne, gt, gte, lt, lte, contains
        case notLike = "not_like"
        case valueIn = "value_in"
        case valueNotIn = "value_not_in"

        var sql: String {
            switch self {
            case .eq: "="
            case .ne: "<>"
            case .gt: ">"
            case .gte: ">="
            case .lt: "<"
            case .lte: "<="
            case .contains: "~~"
            case .notLike: "!~~"
            case .valueIn: "="
            case .valueNotIn: "<>"
            }
        }
    }

    var function: Function
    var entity: Entity
    var column: Int
    var values: [ColumnValue]
    /// For `contains` and `not_like`.
    var pattern: KeyBytes

    /// Reads a list's `filters`: conditions joined by `+`.
    static func parse(_ text: String, of list: Entity, now: Timestamp) throws(Refusal) -> [Filter] {
        guard !text.isEmpty else { return [] }
        var expressions: [Expression] = []
        for part in text.parts(by: UInt8(ascii: "+")) {
            expressions.append(try Expression(String(part), list))
        }
        // The database finds operators that do not exist before it reads values.
        for expression in expressions { try expression.checkOperator() }
        var filters: [Filter] = []
        for expression in expressions { filters.append(try expression.filter(now: now)) }
        return filters
    }

    /// Whether the row's value, or NULL, satisfies the condition; NULL satisfies none.
    func accepts(_ value: ColumnValue) -> Bool {
        if value == .null { return false }
        switch function {
        case .contains, .notLike:
            guard case .text(let text) = value else { return false }
            return PostgresText.matches(text, pattern: pattern.text) == (function == .contains)
        case .valueIn: return values.contains { ColumnValue.order(value, $0) == 0 }
        case .valueNotIn: return values.allSatisfy { ColumnValue.order(value, $0).map { $0 != 0 } ?? false }
        default:
            guard let other = values.first, let order = ColumnValue.order(value, other) else { return false }
            switch function {
            case .eq: return order == 0
            case .ne: return order != 0
            case .gt: return order > 0
            case .gte: return order >= 0
            case .lt: return order < 0
            default: return order <= 0
            }
        }
    }

    /// A condition whose names are checked but not yet its value.
    private struct Expression {
        var function: Function
        var entity: Entity
        var column: Int
        var kind: Entity.Column.Kind
        var name: String
        var value: String

        var isList: Bool { value.utf8.contains(UInt8(ascii: ";")) }

        init(_ text: String, _ list: Entity) throws(Refusal) {
            guard let (functionName, field, value) = Self.taken(apart: text) else {
                throw .invalid("invalid value for filters")
            }
            guard let function = Function(rawValue: functionName) else {
                throw .invalid("unrecognized filter function: \(functionName)")
            }
            var entity = list
            var name = field
            let parts = field.parts(by: UInt8(ascii: "."), atMost: 2)
            if parts.count == 2 {
                let (prefix, own) = (String(parts[0]), String(parts[1]))
                if let named = Entity.allCases.first(where: {
                    $0.prefix.map { $0.hasSameBytes(as: prefix) } ?? false
                }) {
                    entity = named
                    name = own
                } else if prefix == "admin_tag" {
                    // Tags used to have a table of their own.
                    entity = .executionTag
                    name = own == "name" ? "key" : own
                }
            }
            if list == .taskExecution, entity == .taskExecution,
                let renamed = ["project", "domain", "name"].first(where: { $0 == name })
            {
                name = "execution_" + renamed
            }
            guard let column = entity.index(of: name) else {
                throw .invalid("'\(entity.alias).\(name)' is invalid filter")
            }
            guard entity == list || list.joined.contains(entity) else {
                throw .invalid("'\(entity.alias)' entity is not allowed in filters")
            }
            self.function = function
            self.entity = entity
            self.column = column
            kind = entity.columns[column].kind
            self.name = name
            self.value = value
        }

        /// Matches `(.+)\((.+),\s*(.+)\)` from anywhere, every part as long as can be.
        private static func taken(apart text: String) -> (String, String, String)? {
            let bytes = Array(text.utf8)
            func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
            guard let close = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
            var open = bytes.count
            while let next = bytes[..<open].lastIndex(of: UInt8(ascii: "(")), next > 0 {
                open = next
                var end = close
                while let comma = bytes[..<end].lastIndex(of: UInt8(ascii: ",")), comma > open + 1 {
                    end = comma
                    guard close > comma + 1 else { continue }
                    var start = comma + 1
                    // Go's \s.
                    while start < close - 1, [0x09, 0x0A, 0x0C, 0x0D, 0x20].contains(bytes[start]) {
                        start += 1
                    }
                    return (part(0..<open), part((open + 1)..<comma), part(start..<close))
                }
            }
            return nil
        }

        func checkOperator() throws(Refusal) {
            if (function == .contains || function == .notLike), kind != .text, kind != .bytea {
                throw .database("operator does not exist: \(kind.rawValue) \(function.sql) unknown")
            }
            if isList, function != .valueIn, function != .valueNotIn {
                throw .database("operator does not exist: \(kind.rawValue) \(function.sql) record")
            }
        }

        func filter(now: Timestamp) throws(Refusal) -> Filter {
            var values: [ColumnValue] = []
            if function != .contains, function != .notLike {
                let isMany = function == .valueIn || function == .valueNotIn
                let texts =
                    isMany ? value.parts(by: UInt8(ascii: ";")) : [value[...]]
                for text in texts {
                    if name == "duration" {
                        values.append(.integer(try Self.duration(String(text))))
                    } else {
                        values.append(try PostgresText.value(String(text), as: kind, now: now))
                    }
                }
            }
            return Filter(
                function: function, entity: entity, column: column, values: values,
                pattern: KeyBytes(function == .contains ? "%\(value)%" : value))
        }

        /// The server reads durations itself: bare seconds or Go's form.
        private static func duration(_ text: String) throws(Refusal) -> Int64 {
            var written = text
            if let seconds = Double(text) {
                // Go prints large and small numbers with an exponent, which it does not read as a duration.
                let magnitude = seconds.magnitude
                let hasExponent = magnitude != 0 && (magnitude >= 1e6 || magnitude < 1e-4)
                if hasExponent { throw .invalid("Failed to parse duration [\(exponential(seconds))s]") }
                written = text + "s"
            }
            guard let nanoseconds = GoDuration.parse(written) else {
                throw .invalid("Failed to parse duration [\(text)]")
            }
            return nanoseconds
        }

        private static func exponential(_ value: Double) -> String {
            var exponent = 0
            var mantissa = value
            while mantissa.magnitude >= 10 {
                mantissa /= 10
                exponent += 1
            }
            while mantissa.magnitude < 1 {
                mantissa *= 10
                exponent -= 1
            }
            var digits = "\(mantissa)"
            if digits.utf8.suffix(2).elementsEqual(".0".utf8) { digits.removeLast(2) }
            let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
            return "\(digits)e\(exponent < 0 ? "-" : "+")\(power)"
        }
    }
}
