/// An answer on its way out: rows go in as they come, bytes come out, and memory is bounded.
///
/// ```swift
/// let answer = AnswerWriter(.csv, to: StandardOutput(), title: "Runs")
/// try answer.begin(TableHead(columns: columns))
/// while let row = next() { try answer.row(row) }
/// try answer.end()
/// ```
/// An answer that is given up before `end()` leaves no file, and on standard output what was written until then.
public final class AnswerWriter {
    private var format: any AnswerFormat
    private let sink: any ByteSink
    /// What is not written yet: a write for each row would be slow.
    private var output: [UInt8] = []
    private static let outputLimit = 65_536

    /// How many rows were written, of all tables.
    public private(set) var rowCount = 0
    private var table: TableHead?
    /// The first rows, as long as the format must know more of them.
    private var held: [[Cell]] = []
    private var heldBytes = 0
    private var isHolding = false
    /// The places of the columns whose kind was not declared, and of which no value was seen.
    private var undeclared: [Int] = []

    /// - Parameters:
    ///   - title: For people.
    ///   - hasParts: Whether several tables will follow, with a name each, or just one.
    public init(_ format: any AnswerFormat, to sink: any ByteSink, title: String, hasParts: Bool = false) {
        self.format = format
        self.sink = sink
        self.format.begin(AnswerHead(title: title, hasParts: hasParts), to: &output)
    }

    /// What stands before the tables in an answer for people, as it is.
    public func preface(_ text: String) { output.append(text) }

    /// Begins a table, and so ends the one before it.
    public func begin(_ table: TableHead) throws {
        try endTable()
        self.table = table
        undeclared = table.columns.indices.filter { table.columns[$0].kind == .text }
        isHolding = format.lookahead != .none
        if format.lookahead == .kinds, undeclared.isEmpty { isHolding = false }
        if !isHolding { format.beginTable(table, first: [], to: &output) }
    }

    /// - Parameter cells: One for each column, in their order.
    public func row(_ cells: [Cell]) throws {
        rowCount += 1
        guard isHolding else {
            format.row(cells, to: &output)
            if output.count > Self.outputLimit { try flush() }
            return
        }
        learn(cells)
        held.append(cells)
        heldBytes += cells.reduce(0) { $0 + $1.bytes }
        let knows = format.lookahead == .kinds && undeclared.isEmpty
        if knows || held.count == Lookahead.rows || heldBytes >= Lookahead.bytes { try release() }
    }

    /// A whole table as a part of the answer, or as all of it.
    public func write(_ table: Table, name: String = "", title: String = "") throws {
        try begin(TableHead(name: name, title: title, columns: table.columns))
        for row in table.rows { try self.row(row) }
    }

    /// Ends the answer: what was written is there, and is whole.
    public func end() throws {
        try endTable()
        format.end(to: &output)
        try flush()
        try sink.finish()
    }

    /// A column that was not declared, and so is text, has the kind of its first value.
    private func learn(_ cells: [Cell]) {
        undeclared.removeAll { index in
            switch cells[index] {
            case .null: return false
            case .integer: table?.columns[index].kind = .integer
            case .real: table?.columns[index].kind = .real
            case .text, .blob: break
            }
            return true
        }
    }

    /// Writes the rows that were held back.
    private func release() throws {
        isHolding = false
        guard let table else { return }
        format.beginTable(table, first: held, to: &output)
        for row in held {
            format.row(row, to: &output)
            if output.count > Self.outputLimit { try flush() }
        }
        held = []
        heldBytes = 0
    }

    private func endTable() throws {
        guard table != nil else { return }
        if isHolding {
            table?.isWhole = true
            try release()
        }
        format.endTable(to: &output)
        table = nil
    }

    private func flush() throws {
        try sink.write(output)
        output.removeAll(keepingCapacity: true)
    }
}

extension Cell {
    /// About what it takes in memory.
    fileprivate var bytes: Int {
        switch self {
        case .null, .integer, .real: 24
        case .text(let text): 24 + text.utf8.count
        case .blob(let bytes): 24 + bytes.count
        }
    }
}
