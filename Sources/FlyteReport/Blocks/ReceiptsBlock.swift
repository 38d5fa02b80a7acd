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
            rows: receipts.map { [.text($0.name), .text($0.commandLine)] })
    }
}

extension Receipt {
    /// What was asked, in short: a query's name, the statement, or another command's name.
    var name: String {
        switch question {
        case .query(let name), .sql(let name), .command(let name, _): name
        }
    }

    /// The command line that asks it of an archive.
    var commandLine: String { "flightlog \(command.name) ARCHIVE " + ShellText.command(command.arguments) }
}
