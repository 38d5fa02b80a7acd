/// A way to write an answer as bytes, a row at a time: of one table, or of several parts with a name each.
///
/// ``AnswerWriter`` calls it in this order, and hands the bytes on: `begin`, then for each table `beginTable`, `row`
/// as often as there are rows, `endTable`; then `end`. The same answer gives the same bytes, in any locale and time
/// zone. What a format has to remember in between, it keeps in itself, and never more than a row or two.
public protocol AnswerFormat: Sendable {
    /// What has to be known before the first row is written.
    var lookahead: Lookahead { get }

    mutating func begin(_ answer: AnswerHead, to output: inout [UInt8])
    /// - Parameter first: The rows that are known already, all of which `row` gets too: empty when there are none at
    ///   all, or when the format's ``lookahead`` is `none`.
    mutating func beginTable(_ table: TableHead, first: [[Cell]], to output: inout [UInt8])
    /// A cell for each column, in their order.
    mutating func row(_ cells: [Cell], to output: inout [UInt8])
    mutating func endTable(to output: inout [UInt8])
    mutating func end(to output: inout [UInt8])
}

extension AnswerFormat {
    /// The whole of a short answer.
    public func text(of table: Table) -> String {
        var format = self
        var output: [UInt8] = []
        format.begin(AnswerHead(title: "", hasParts: false), to: &output)
        var head = TableHead(name: "", title: "", columns: table.columns)
        head.isWhole = true
        format.beginTable(head, first: table.rows, to: &output)
        for row in table.rows { format.row(row, to: &output) }
        format.endTable(to: &output)
        format.end(to: &output)
        return String(decoding: output, as: UTF8.self)
    }
}

extension [UInt8] {
    mutating func append(_ text: String) { append(contentsOf: text.utf8) }
}
