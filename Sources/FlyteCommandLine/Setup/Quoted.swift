import Tables

/// A text as one value in a file of some format, whatever it holds.
///
/// Line breaks and other controls have no place in most of these: ``SetupOptions`` refuses them before.
enum Quoted {
    /// One word of a shell's command line.
    static func shell(_ text: String) -> String {
        let plain = !text.isEmpty && text.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "%") }
        return plain ? text : ShellText.inQuotes(text)
    }

    /// One word of a crontab's command: a shell's, in which cron takes `%` for a line break unless a backslash is before it.
    static func crontab(_ text: String) -> String {
        shell(text).replacingByte(UInt8(ascii: "%"), with: "\\%")
    }

    /// One word of a unit's `ExecStart=`: `%` begins a specifier, `$` a variable.
    static func systemdWord(_ text: String) -> String {
        text.utf8.allSatisfy(isPlain) && !text.isEmpty
            ? text : systemdPath(text.replacingByte(UInt8(ascii: "$"), with: "$$"), always: true)
    }

    /// One path in a unit's list of paths.
    static func systemdPath(_ text: String, always: Bool = false) -> String {
        let specified = text.replacingByte(UInt8(ascii: "%"), with: "%%")
        guard always || !text.utf8.allSatisfy(isPlain) else { return specified }
        return
            "\"\(specified.replacingByte(UInt8(ascii: "\\"), with: "\\\\").replacingByte(UInt8(ascii: "\""), with: "\\\""))\""
    }

    /// The rest of a unit's line, where there are no words.
    static func systemdLine(_ text: String) -> String { text.replacingByte(UInt8(ascii: "%"), with: "%%") }

    /// A YAML scalar in double quotes, as JSON writes texts.
    static func yaml(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where !isPrintable(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted +=
                    scalar.value <= 0xFFFF
                    ? "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    : "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// The lines of a file as a YAML block, two columns deeper than their key; in quotes where a block cannot hold them.
    static func yamlFile(_ text: String, indent: Int) -> String {
        let isBlock =
            text.hasSuffix("\n") && !text.hasSuffix("\n\n")
            && text.unicodeScalars.allSatisfy { $0 == "\n" || isPrintable($0) }
        guard isBlock else { return yaml(text) }
        let margin = String(repeating: " ", count: indent)
        return "|2\n"
            + text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "\(margin)\($0)" }.joined(separator: "\n")
    }

    /// What YAML lets stand in a file.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x10000...0x10FFFF:
            true
        default: false
        }
    }

    /// What no format here takes for anything but itself.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
