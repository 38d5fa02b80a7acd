import FlyteIDL
import FlyteModel

/// The query parameters of a route: which there are, and reading them as the gateway does.
struct Parameters {
    enum Kind: Hashable {
        case string, uint32, int32, duration
        /// The name of an enum: its values' names or numbers.
        case enumeration(EnumName)
        /// A message that only its members set; its full name.
        case message(String)
    }

    enum EnumName: Hashable {
        case sortDirection, resourceType

        var values: [String] {
            switch self {
            case .sortDirection: ["DESCENDING", "ASCENDING"]
            case .resourceType: ["UNSPECIFIED", "TASK", "WORKFLOW", "LAUNCH_PLAN", "DATASET"]
            }
        }

        func number(_ text: String) -> Int? {
            if let index = values.firstIndex(of: text) { return index }
            guard let number = Int(text), values.indices.contains(number) else { return nil }
            return number
        }
    }

    typealias Declaration = [String: Kind]

    static let page: Declaration = [
        "limit": .uint32, "token": .string, "filters": .string,
        "sort_by": .message("flyteidl.admin.Sort"), "sort_by.key": .string,
        "sort_by.direction": .enumeration(.sortDirection),
    ]

    private var texts: [String: String] = [:]
    private var numbers: [String: Int64] = [:]
    /// Also messages of which a member was named, known or not.
    private var present: Set<String> = []

    func text(_ name: String) -> String { texts[name] ?? "" }
    /// Numbers, enums by number, durations in nanoseconds; 0 when absent.
    func number(_ name: String) -> Int64 { numbers[name] ?? 0 }
    func has(_ name: String) -> Bool { present.contains(name) }

    /// Reads what is declared. Everything else is passed over, as the gateway does.
    init(_ declared: Declaration, from pairs: [(key: String, value: String)]) throws(Refusal) {
        var grouped: [(key: String, values: [String])] = []
        for pair in pairs {
            if let index = grouped.firstIndex(where: { $0.key.hasSameBytes(as: pair.key) }) {
                grouped[index].values.append(pair.value)
            } else {
                grouped.append((pair.key, [pair.value]))
            }
        }
        for (key, values) in grouped {
            guard let name = Self.name(of: key, in: declared), let kind = declared[name] else {
                if let message = Self.message(holding: key, in: declared) { present.insert(message) }
                continue
            }
            let field = name.parts(by: UInt8(ascii: ".")).last.map(String.init) ?? name
            if case .message(let type) = kind {
                throw .invalid("parsing field \"\(field)\": unsupported message type: \"\(type)\"")
            }
            guard let value = values.first, values.count == 1 else {
                throw .invalid("too many values for field \"\(field)\": \(values.joined(separator: ", "))")
            }
            present.insert(name)
            if let message = Self.message(holding: key, in: declared) { present.insert(message) }
            switch kind {
            case .string:
                texts[name] = value
            case .uint32, .int32:
                numbers[name] = try Self.integer(value, isSigned: kind == .int32, field)
            case .duration:
                guard let nanoseconds = GoDuration.parse(value) else {
                    throw .invalid("parsing field \"\(field)\": \(GoDuration.complaint(about: value))")
                }
                numbers[name] = nanoseconds
            case .enumeration(let name_):
                guard let number = name_.number(value) else {
                    throw .invalid("parsing field \"\(field)\": \"\(value)\" is not a valid value")
                }
                numbers[name] = Int64(number)
            case .message: continue
            }
        }
    }

    /// Go's `strconv.ParseUint` and `ParseInt` in base 10 and 32 bits.
    static func integer(_ text: String, isSigned: Bool, _ field: String) throws(Refusal) -> Int64 {
        let function = isSigned ? "ParseInt" : "ParseUint"
        func refusal(_ reason: String) -> Refusal {
            .invalid("parsing field \"\(field)\": strconv.\(function): parsing \"\(text)\": \(reason)")
        }
        var digits = text.utf8[...]
        if isSigned, let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            digits = digits.dropFirst()
        }
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw refusal("invalid syntax")
        }
        if isSigned {
            guard let value = Int32(text) else { throw refusal("value out of range") }
            return Int64(value)
        }
        guard let value = UInt32(text) else { throw refusal("value out of range") }
        return Int64(value)
    }

    /// The declared name of a key that may be written in lowerCamelCase.
    private static func name(of key: String, in declared: Declaration) -> String? {
        declared[key] != nil ? key : declared.keys.first { camelCase($0) == key }
    }

    private static func message(holding key: String, in declared: Declaration) -> String? {
        declared.first { name, kind in
            guard case .message = kind else { return false }
            return key.beginsWithBytes(of: name + ".") || key.beginsWithBytes(of: camelCase(name) + ".")
        }?.key
    }

    private static func camelCase(_ name: String) -> String {
        var result = ""
        var isUpper = false
        for character in name {
            if character == "_" {
                isUpper = true
            } else {
                result += isUpper ? character.uppercased() : String(character)
                isUpper = false
            }
        }
        return result
    }
}
