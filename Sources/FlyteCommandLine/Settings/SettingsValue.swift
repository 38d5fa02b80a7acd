import CommandLineParser
import FlyteAdmin
import FlyteModel
import Glibc

/// A value in a settings file, which knows where it stands, so that whatever is wrong with it can be told there.
struct SettingsValue: Sendable {
    let yaml: YAML
    let file: String

    /// Reads a file; nil when there is none of that name.
    init?(file path: String) throws {
        guard access(path, F_OK) == 0 else { return nil }
        do {
            self.init(yaml: try YAML(try FileBytes.read(path, limit: 1 << 20)), file: path)
        } catch let error as YAML.SyntaxError {
            throw Failure("\(path):\(error.place.line):\(error.place.column): \(error.problem).")
        } catch {
            throw Failure("The settings '\(path)' cannot be read: \(error).")
        }
    }

    private init(yaml: YAML, file: String) {
        self.yaml = yaml
        self.file = file
    }

    func failure(_ sentence: String) -> Failure { Self.failure(file, yaml.place, sentence) }

    private static func failure(_ file: String, _ place: YAML.Place, _ sentence: String) -> Failure {
        Failure("\(file):\(place.line):\(place.column): \(sentence)")
    }

    // MARK: Mappings and lists

    /// The values by their keys, all of which must be among these.
    ///
    /// - Parameter what: What the mapping is of, such as `a source`.
    func members(of what: String, _ keys: [String]) throws -> [String: SettingsValue] {
        guard case .mapping(let pairs, _) = yaml else {
            throw failure("\(what) is written as 'key: value' lines: \(keys.joined(separator: ", ")).")
        }
        var members: [String: SettingsValue] = [:]
        for pair in pairs {
            guard keys.contains(pair.key) else {
                throw Self.failure(
                    file, pair.keyPlace,
                    "\(what) has no key '\(pair.key)'.\(Suggestion.sentence(for: pair.key, among: keys)) It can have \(keys.joined(separator: ", "))."
                )
            }
            guard members[pair.key] == nil else {
                throw Self.failure(file, pair.keyPlace, "'\(pair.key)' is here a second time.")
            }
            members[pair.key] = SettingsValue(yaml: pair.value, file: file)
        }
        return members
    }

    /// The values by keys that may be any.
    func pairs(of what: String) throws -> [(key: String, value: SettingsValue)] {
        guard case .mapping(let pairs, _) = yaml else {
            throw failure("\(what) are written as 'name: value' lines.")
        }
        return pairs.map { ($0.key, SettingsValue(yaml: $0.value, file: file)) }
    }

    func elements(of what: String) throws -> [SettingsValue] {
        guard case .sequence(let items, _) = yaml else {
            throw failure("\(what) are a list: a line with '- ' for each.")
        }
        return items.map { SettingsValue(yaml: $0, file: file) }
    }

    // MARK: Scalars

    func text(_ what: String) throws -> String {
        guard let text = yaml.text, !text.isEmpty else { throw failure("\(what) is one text.") }
        return text
    }

    /// A list of texts, or one alone.
    func texts(_ what: String) throws -> [String] {
        if case .scalar = yaml { return [try text(what)] }
        return try elements(of: what).map { try $0.text(what) }
    }

    func flag(_ what: String) throws -> Bool {
        guard let flag = yaml.flag else { throw failure("\(what) is true or false.") }
        return flag
    }

    func integer(_ what: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = yaml.text.flatMap({ Int($0) }), range.contains(number) else {
            throw failure("\(what) is a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func positiveNumber(_ what: String) throws -> Double {
        guard let number = yaml.text.flatMap({ Double($0) }), number > 0, number.isFinite else {
            throw failure("\(what) is a number above 0.")
        }
        return number
    }

    func numberFromZero(_ what: String) throws -> Double {
        guard let number = yaml.text.flatMap({ Double($0) }), number >= 0, number.isFinite else {
            throw failure("\(what) is a number from 0.")
        }
        return number
    }

    /// A moment, not counted from now: what is written today means the same tomorrow.
    func moment(_ what: String) throws -> Timestamp {
        let text = try text(what)
        guard text.first?.isNumber == true else {
            throw failure("\(what) is a day or a moment, such as 2026-01-01 or 2026-01-01T00:00+01:00.")
        }
        do {
            return try TimeExpression(text).timestamp(now: .now)
        } catch {
            throw failure("\(what): \(error)")
        }
    }

    func choice<Value: RawRepresentable & CaseIterable>(_ what: String, _: Value.Type) throws -> Value
    where Value.RawValue == String {
        let names = Value.allCases.map(\.rawValue)
        guard let text = yaml.text, let value = Value(rawValue: text) else {
            throw failure(
                "\(what) is one of \(names.joined(separator: ", ")).\(Suggestion.sentence(for: yaml.text ?? "", among: names))"
            )
        }
        return value
    }

    /// Nanoseconds, written as `90s`, `10m`, `2h` or `1d`.
    func duration(_ what: String) throws -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard let text = yaml.text, let unit = text.last.flatMap({ units[$0] }),
            let number = Int64(text.dropLast()), (0...36500).contains(number)
        else { throw failure("\(what) is a time such as 90s, 10m, 2h or 1d.") }
        return number * unit * 1_000_000_000
    }

    /// Bytes, written as `500k`, `16m` or `2g`: multiples of 1024.
    func bytes(_ what: String) throws -> Int {
        let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        guard let text = yaml.text, let unit = text.last.flatMap({ units[$0] }),
            let number = Int(text.dropLast()), (1...1_000_000).contains(number)
        else { throw failure("\(what) is a size such as 500k, 16m or 2g.") }
        return number * unit
    }

    // MARK: Files

    /// A path: `~/` is the home, and what does not begin with a slash lies beside the settings.
    func path(_ what: String, mustExist: Bool = false) throws -> String {
        var path = try text(what)
        if path.hasPrefix("~/"), let home = FlyteSettings.processEnvironment("HOME") {
            path = home + path.dropFirst()
        } else if !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") {
            path = file[...slash] + path
        }
        if mustExist, access(path, R_OK) != 0 {
            throw failure("\(what) '\(path)' cannot be read: \(String(cString: strerror(errno))).")
        }
        return path
    }
}
