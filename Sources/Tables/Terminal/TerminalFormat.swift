import Markup

/// A table for people at a terminal, no line of which is wider than that.
///
/// Values are in the words of people, as ``TerminalPage/readings`` says; identifiers are never cut, names in the middle,
/// sentences at the end. A column that says the same in every row is told once above. What does not fit is left out,
/// the least important first, and named below; where that would leave nothing to look at, each row is told by itself, a
/// field a line. The first rows (``Lookahead``) decide; a later one that does not fit is told by itself.
public struct TerminalFormat: AnswerFormat {
    private let page: TerminalPage
    /// Tells each row by itself, whatever fits.
    private let isRecords: Bool
    private var hasParts = false
    private var isFirstPart = true

    private var columns: [Column] = []
    private var cells: [CellText] = []
    /// nil: each row is told by itself.
    private var layout: TableLayout?
    /// The columns of records, in their order.
    private var fields: [Int] = []
    private var isFirstRow = true

    public init(_ page: TerminalPage, isRecords: Bool = false) {
        self.page = page
        self.isRecords = isRecords
    }

    public var lookahead: Lookahead { .widths }

    public mutating func begin(_ answer: AnswerHead, to output: inout [UInt8]) { hasParts = answer.hasParts }

    public mutating func beginTable(_ table: TableHead, first rows: [[Cell]], to output: inout [UInt8]) {
        columns = table.columns
        cells = page.readings(columns).map { CellText(reading: $0, clock: page.clock) }
        layout = nil
        fields = []
        isFirstRow = true
        if hasParts {
            if !isFirstPart { output.append("\n") }
            isFirstPart = false
            paragraph(table.title, .heading, to: &output)
            if rows.isEmpty {
                output.append("none\n")
                return
            }
        } else if rows.isEmpty {
            paragraph("No rows.", nil, to: &output)
            return
        }
        let zones = zones(of: rows)
        if zones.count > 1 || (!zones.isEmpty && !table.isWhole && page.clock.name != "UTC") {
            for index in cells.indices { cells[index].saysZone = true }
        }
        let (told, empty) = constants(table, rows)
        let shown = columns.indices.filter { !told.contains($0) && !empty.contains($0) }
        var caption = told.map { note(column: $0, of: rows[0]) }
        if !empty.isEmpty {
            caption.append("empty: " + empty.map { Self.visible(columns[$0].name) }.joined(separator: ", "))
        }
        fields = shown
        if !isRecords {
            let candidates = shown.map { candidate($0, rows) }
            layout = TableLayout(candidates, width: page.width)
            if let first = layout, hasEqualNames(first, rows: table.isWhole ? rows : []) {
                layout = tellingApart(candidates, rows) ?? layout
            }
            // One row of which something is missing had better be told by itself.
            if table.isWhole, rows.count == 1, layout?.leftOut.isEmpty == false { layout = nil }
        }
        if let layout {
            let hasTimes = layout.columns.contains { cells[$0.index].reading.meaning == .time }
            let isTold = zones == [page.clock.name] || cells.contains { $0.saysZone }
            if hasTimes, let zone = zones.first {
                caption.append("times \(isTold ? page.clock.name : "\(zone) (\(page.clock.name))")")
            }
        } else {
            for index in cells.indices { cells[index].saysZone = true }
        }
        if !caption.isEmpty { paragraph(caption.joined(separator: " · "), .quiet, to: &output) }
        if let layout { titles(layout, to: &output) }
    }

    public mutating func row(_ row: [Cell], to output: inout [UInt8]) {
        if let layout, let line = line(row, layout) {
            output.append(line)
        } else {
            record(row, to: &output)
        }
        isFirstRow = false
    }

    public mutating func endTable(to output: inout [UInt8]) {
        guard let layout, !layout.leftOut.isEmpty else { return }
        let names = layout.leftOut.map { Self.visible(columns[$0].name) }.joined(separator: ", ")
        paragraph(
            "Left out: \(names). A wider terminal has room, or '--format records'.", .quiet, to: &output)
    }

    public mutating func end(to output: inout [UInt8]) {}

    // MARK: What is known of the first rows

    /// What the clock calls itself at the times that are seen.
    private func zones(of rows: [[Cell]]) -> [String] {
        let times = cells.indices.filter { cells[$0].reading.meaning == .time }
        guard !times.isEmpty else { return [] }
        var zones: Set<String> = []
        for row in rows {
            for index in times {
                if case .text(let text) = row[index], let reading = page.clock.read(text) {
                    zones.insert(reading.zone)
                }
            }
        }
        return zones.sorted()
    }

    /// The columns that say the same in every row, and those that say nothing in any. Numbers are compared with each
    /// other, and stay where they are.
    private func constants(_ table: TableHead, _ rows: [[Cell]]) -> (told: [Int], empty: [Int]) {
        guard table.isWhole, rows.count > 1 else { return ([], []) }
        var told: [Int] = []
        var empty: [Int] = []
        for index in columns.indices where rows.allSatisfy({ $0[index] == rows[0][index] }) {
            if rows[0][index].isNull {
                empty.append(index)
            } else if !cells[index].reading.meaning.isAtRight {
                told.append(index)
            }
        }
        return told.count + empty.count < columns.count ? (told, empty) : ([], [])
    }

    /// `project sales`, on one line where it is a sentence.
    private func note(column index: Int, of row: [Cell]) -> String {
        var cell = cells[index]
        cell.saysZone = true
        let text = "\(Self.visible(columns[index].name)) \(cell.text(row[index]))"
        return cell.reading.meaning == .sentence
            ? ShortenedText.beginning(of: text, width: page.width) : text
    }

    private func candidate(_ index: Int, _ rows: [[Cell]]) -> TableLayout.Candidate {
        var content = 0
        for row in rows { content = max(content, DisplayWidth.of(cells[index].text(row[index]))) }
        let words = Self.words(columns[index].name)
        return TableLayout.Candidate(
            index: index, reading: cells[index].reading, content: content,
            title: words.map { DisplayWidth.of($0) }.max() ?? 0)
    }

    /// With one more name, where that is what tells the rows apart; else with all of them.
    private func tellingApart(_ candidates: [TableLayout.Candidate], _ rows: [[Cell]]) -> TableLayout? {
        func layout(raising isRaised: (Int) -> Bool) -> TableLayout? {
            let raised = candidates.map { candidate in
                var candidate = candidate
                if isRaised(candidate.index), candidate.reading.importance < .high {
                    candidate.reading.importance = .high
                }
                return candidate
            }
            return TableLayout(raised, width: page.width)
        }
        let names = candidates.filter { $0.reading.meaning == .name && $0.reading.importance < .high }.map(
            \.index)
        for name in names {
            if let found = layout(raising: { $0 == name }), !hasEqualNames(found, rows: rows) { return found }
        }
        return layout(raising: names.contains)
    }

    /// Whether two rows say the same in all columns that name something.
    private func hasEqualNames(_ layout: TableLayout, rows: [[Cell]]) -> Bool {
        let names = layout.columns.map(\.index).filter {
            [.name, .identifier, .status].contains(cells[$0].reading.meaning)
        }
        return Set(rows.map { row in names.map { row[$0] } }).count < rows.count
    }

    // MARK: Tables

    /// `last_success_at` as `last_`, `success_`, `at`.
    private static func words(_ name: String) -> [String] {
        var words: [String] = [""]
        for character in visible(name) {
            words[words.count - 1].append(character)
            if character == "_" { words.append("") }
        }
        if words.count > 1, words.last == "" { words.removeLast() }
        return words
    }

    /// Names on as many lines as the narrowest columns need.
    private func titles(_ layout: TableLayout, to output: inout [UInt8]) {
        let titles = layout.columns.map { column in
            var lines: [String] = []
            for word in Self.words(columns[column.index].name) {
                if let last = lines.last, DisplayWidth.of(last + word) <= column.width {
                    lines[lines.count - 1] = last + word
                } else {
                    lines.append(word)
                }
            }
            return lines
        }
        let height = titles.map(\.count).max() ?? 0
        for number in 0..<height {
            let line = zip(titles, layout.columns).map { lines, column in
                let place = number - (height - lines.count)
                return place >= 0 ? lines[place] : ""
            }
            output.append(join(line, layout) { _, _ in .heading } + "\n")
        }
        output.append(
            page.colors(
                layout.columns.map { String(repeating: "─", count: $0.width) }.joined(separator: "  "), .quiet
            )
                + "\n")
    }

    /// nil where something that is never cut has no room.
    private func line(_ row: [Cell], _ layout: TableLayout) -> String? {
        var texts: [String] = []
        for (index, width) in layout.columns {
            let text = cells[index].text(row[index])
            switch cells[index].reading.meaning {
            case .name, .status, .flag: texts.append(ShortenedText.ends(of: text, width: width))
            case .sentence:
                // What a program said on many lines says at the end what is the matter.
                texts.append(
                    text.contains("⏎")
                        ? ShortenedText.ends(of: text, width: width)
                        : ShortenedText.beginning(of: text, width: width))
            case .identifier, .time, .seconds, .nanoseconds, .share, .bytes, .number:
                guard !DisplayWidth.exceeds(text, width) else { return nil }
                texts.append(text)
            }
        }
        return join(texts, layout) { index, text in
            cells[index].reading.meaning == .status ? page.style(text) : nil
        } + "\n"
    }

    private func join(
        _ texts: [String], _ layout: TableLayout, style: (Int, String) -> TerminalStyle?
    ) -> String {
        var line = ""
        // Blanks are written when something comes behind them.
        var gap = 0
        for (text, column) in zip(texts, layout.columns) {
            let blanks = max(0, column.width - DisplayWidth.of(text))
            let isAtRight = cells[column.index].reading.meaning.isAtRight
            if !text.isEmpty {
                line += String(repeating: " ", count: gap + (isAtRight ? blanks : 0))
                line += page.colors(text, style(column.index, text))
                gap = 0
            } else if isAtRight {
                gap += blanks
            }
            gap += (isAtRight ? 0 : blanks) + TableLayout.gap
        }
        return line
    }

    // MARK: Records

    /// As many lines of a text as tell what it is.
    private static let linesOfField = 24

    private func record(_ row: [Cell], to output: inout [UInt8]) {
        if !isFirstRow { output.append("\n") }
        let names = fields.map { Self.visible(columns[$0].name) }
        let longest = names.map { DisplayWidth.of($0) }.max() ?? 0
        // A value beside its name where there is room for one.
        let isBeside = longest + TableLayout.gap + 24 <= page.width
        let start = isBeside ? longest + TableLayout.gap : min(2, page.width - 1)
        for (name, index) in zip(names, fields) {
            let text = cells[index].paragraph(row[index])
            var lines = WrappedText.paragraphs(of: text, width: page.width - start, limit: Self.linesOfField)
            if row[index].isNull { lines = ["–"] }
            if !isBeside {
                for line in WrappedText.lines(of: name, width: page.width) {
                    output.append(page.colors(line, .quiet) + "\n")
                }
            }
            for (number, line) in lines.enumerated() {
                if isBeside, number == 0 {
                    let blanks = start - DisplayWidth.of(name)
                    output.append(page.colors(name, .quiet))
                    if !line.isEmpty { output.append(String(repeating: " ", count: blanks)) }
                } else if !line.isEmpty {
                    output.append(String(repeating: " ", count: start))
                }
                let style = cells[index].reading.meaning == .status ? page.style(line) : nil
                output.append(page.colors(line, row[index].isNull ? .quiet : style) + "\n")
            }
        }
    }

    private func paragraph(_ text: String, _ style: TerminalStyle?, to output: inout [UInt8]) {
        for line in WrappedText.paragraphs(of: text, width: page.width) {
            output.append(page.colors(line, style) + "\n")
        }
    }
}

extension TerminalFormat {
    /// The text without escape sequences, and with other controls and bidi overrides as pictures or code points, so
    /// that a terminal does nothing but show it.
    public static func visible(_ text: String) -> String {
        if isPlain(text) { return text }
        var result = ""
        for scalar in TerminalEscapes.removed(from: text).unicodeScalars { result += visible(scalar) }
        return result
    }

    /// Printable ASCII, which most texts are.
    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

    static func visible(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x0A: "⏎"
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "␀"
        case 0x7F: "␡"
        case _ where scalar.isInvisibleControl: "<U+\(String(scalar.value, radix: 16, uppercase: true))>"
        default: String(scalar)
        }
    }

    /// A text of several lines, each made visible.
    static func visibleLines(_ text: String) -> String {
        var lines: [String] = []
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let bytes = line.last == 0x0D ? line.dropLast() : line
            lines.append(visible(String(Substring(bytes))))
        }
        return lines.joined(separator: "\n")
    }
}

extension AnswerFormat where Self == TerminalFormat {
    /// For a terminal of so many columns, of which nothing else is known.
    public static func terminal(width: Int) -> Self { TerminalFormat(TerminalPage(width: width)) }
}
