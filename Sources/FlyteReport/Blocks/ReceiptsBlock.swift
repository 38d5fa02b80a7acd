import Tables
public import FlyteAnalysis

/// Where figures came from: anyone can ask the same questions again.
public struct ReceiptsBlock: Hashable, Sendable {
    public var receipts: [Receipt]

    public init(_ receipts: [Receipt]) { self.receipts = receipts }

    /// Its name within its section, for CSV and JSON.
    var key: String { "receipts" }
}

extension ReceiptsBlock {
    /// A row for each receipt, with the words that ask it again.
    var figures: FigureTable {
        FigureTable(
            columns: [FigureColumn("", "query"), FigureColumn("", "command")],
            rows: receipts.map { [.text($0.query), .text($0.command)] })
    }
}

extension Receipt {
    /// The command line that asks it of an archive.
    var command: String { "flightlog query ARCHIVE " + ShellText.command(arguments) }
}
