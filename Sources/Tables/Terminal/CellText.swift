/// The values of a column in the words of people, as one line of text that does nothing on a terminal.
struct CellText {
    let reading: ColumnReading
    let clock: ZoneClock
    /// Whether each time says its zone.
    var saysZone = false

    /// What of a longer text can be seen nowhere.
    private static let longest = 4_096

    func text(_ cell: Cell) -> String {
        switch (reading.meaning, cell) {
        case (_, .null): return ""
        case (.time, .text(let value)) where clock.read(value) != nil:
            return HumanText.time(value, in: clock, saysZone: saysZone)
        case (.seconds, .integer), (.seconds, .real): return HumanText.shortDuration(cell.real ?? .nan)
        case (.nanoseconds, .integer), (.nanoseconds, .real):
            return HumanText.shortDuration((cell.real ?? .nan) / 1e9)
        case (.share, .integer), (.share, .real): return HumanText.shortPercent(cell.real ?? .nan)
        case (.bytes, .integer(let value)): return HumanText.bytes(value)
        case (.bytes, .real(let value)):
            return Int64(exactly: value.rounded()).map(HumanText.bytes) ?? NumberText.readable(value)
        case (.flag, .integer(0)): return "no"
        case (.flag, .integer(1)): return "yes"
        default: return Self.plain(cell, reading.meaning)
        }
    }

    /// A text of several lines as such; any other value as `text` has it.
    func paragraph(_ cell: Cell) -> String {
        guard case .text(let value) = cell, reading.meaning != .time else { return text(cell) }
        return TerminalFormat.visibleLines(String(value.prefix(16 * Self.longest)))
    }

    private static func plain(_ cell: Cell, _ meaning: ColumnMeaning) -> String {
        switch cell {
        case .null: ""
        case .integer(let value): String(value)
        case .real(let value): NumberText.readable(value)
        case .text(let value):
            TerminalFormat.visible(
                meaning == .sentence ? oneLine(shortened(value, meaning)) : shortened(value, meaning))
        case .blob(let bytes):
            bytes.count > 32 ? HumanText.bytes(Int64(bytes.count)) : Hexadecimal.text(bytes)
        }
    }

    /// Lines behind each other: what indents them and parts paragraphs is no news on one line.
    private static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(0x0A) else { return text }
        let lines = text.utf8.split(separator: 0x0A).compactMap { line -> String? in
            let bare = line.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
            return bare.isEmpty ? nil : String(decoding: bare, as: UTF8.self)
        }
        return lines.joined(separator: "\n")
    }

    /// What a terminal can show of it: a text of many megabytes is not gone through.
    private static func shortened(_ text: String, _ meaning: ColumnMeaning) -> String {
        guard text.utf8.count > 2 * longest else { return text }
        return String(text.unicodeScalars.prefix(longest)) + String(text.unicodeScalars.suffix(longest))
    }
}
