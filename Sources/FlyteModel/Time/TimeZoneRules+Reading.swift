import Glibc

extension TimeZoneRules {
    /// Where systems keep their zones.
    public static let folder = "/usr/share/zoneinfo"

    /// The zone of an IANA name, such as `Europe/Berlin`; `UTC`; or `local`, that of this machine.
    public init(named name: String, folder: String = Self.folder) throws(TimeZoneError) {
        if name == "UTC" {
            self = .utc
            return
        }
        if name == "local" {
            self = try Self.local(folder)
            return
        }
        let isName =
            !name.isEmpty && name.utf8.count < 64 && !name.hasPrefix("/") && !name.hasPrefix(".")
            && name.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "/"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"),
                    UInt8(ascii: "+"):
                    true
                default: false
                }
            }
        guard isName, let bytes = Self.bytes(of: "\(folder)/\(name)") else {
            guard access(folder, F_OK) == 0 else {
                throw TimeZoneError(
                    description:
                        "This machine has no time zones ('\(folder)'); install the package tzdata, or take UTC."
                )
            }
            throw TimeZoneError(
                description:
                    "'\(name)' is no time zone. Write a name such as 'Europe/Berlin', 'UTC', or 'local' for this machine's."
            )
        }
        guard let rules = TimeZoneRules(name: name, file: bytes) else {
            throw TimeZoneError(description: "'\(folder)/\(name)' is no time zone file (TZif).")
        }
        self = rules
    }

    /// What `$TZ` names, else where `/etc/localtime` leads.
    private static func local(_ folder: String) throws(TimeZoneError) -> TimeZoneRules {
        if let value = getenv("TZ") {
            let name = String(cString: value)
            let bare = name.hasPrefix(":") ? String(name.dropFirst()) : name
            if bare.isEmpty { return .utc }
            if !bare.hasPrefix("/"), let rules = try? TimeZoneRules(named: bare, folder: folder) {
                return rules
            }
            // A rule of its own, as POSIX has them.
            if let rule = YearlyClockRule(Array(bare.utf8)) {
                return TimeZoneRules(name: bare, changes: [], settings: [], first: rule.standard, rule: rule)
            }
            throw TimeZoneError(description: "$TZ is '\(name)', and that is no time zone of this machine.")
        }
        var resolved = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard realpath("/etc/localtime", &resolved) != nil else { return .utc }
        let path = String(decoding: resolved.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let bytes = bytes(of: path) else { return .utc }
        let mark = "/zoneinfo/"
        let name = path.range(ofBytes: mark).map { String(path[$0...]) } ?? "local"
        if ["Etc/UTC", "UTC", "Etc/UCT", "Universal", "Zulu"].contains(name) { return .utc }
        guard let rules = TimeZoneRules(name: name, file: bytes) else {
            throw TimeZoneError(description: "'\(path)' is no time zone file (TZif).")
        }
        return rules
    }

    private static func bytes(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // The largest of them has 4 KiB.
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { return nil }
            if read == 0 { return Array(bytes.prefix(count)) }
            count += read
        }
        return nil
    }

    /// nil for what is no TZif file.
    init?(name: String, file: [UInt8]) {
        var reader = TZifReader(bytes: file)
        guard let first = reader.header() else { return nil }
        var block = first
        var isLong = false
        if first.version >= 2 {
            // The same with 64 bits to a time follows.
            reader.position += first.length(timeSize: 4)
            guard let second = reader.header() else { return nil }
            block = second
            isLong = true
        }
        guard block.types > 0, let times = reader.numbers(block.times, isLong: isLong),
            let places = reader.take(block.times), let types = reader.take(block.types * 6),
            let names = reader.take(block.names),
            reader.take(block.leaps * (isLong ? 12 : 8) + block.standards + block.universals) != nil
        else { return nil }
        var settings: [Setting] = []
        for index in 0..<block.types {
            let type = Array(types[(types.startIndex + index * 6)...].prefix(6))
            let offset = type[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let start = names.startIndex + Int(type[5])
            guard start < names.endIndex else { return nil }
            settings.append(
                Setting(
                    offset: Int64(Int32(bitPattern: offset)),
                    abbreviation: String(decoding: names[start...].prefix { $0 != 0 }, as: UTF8.self)))
        }
        guard places.allSatisfy({ Int($0) < settings.count }),
            zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }),
            settings.allSatisfy({ abs($0.offset) < 90_000 })
        else { return nil }
        var rule: YearlyClockRule?
        if isLong, reader.take(1)?.first == 0x0A {
            let text = Array(reader.rest.prefix { $0 != 0x0A })
            rule = text.isEmpty ? nil : YearlyClockRule(text)
            if !text.isEmpty, rule == nil { return nil }
        }
        self.init(
            name: name, changes: zip(times, places).map { ($0, Int($1)) }, settings: settings,
            first: settings[0],
            rule: rule)
    }
}

extension String {
    /// Where what follows a word in ASCII begins.
    fileprivate func range(ofBytes word: String) -> Index? {
        let sought = Array(word.utf8)
        var rest = utf8[...]
        while rest.count >= sought.count {
            if rest.starts(with: sought) { return rest.index(rest.startIndex, offsetBy: sought.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
