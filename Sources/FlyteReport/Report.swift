public import FlyteAnalysis
public import Tables

/// A report before it has a form: what it says, for HTML, Markdown, CSV and JSON alike.
public struct Report: Hashable, Sendable {
    public var title: String
    public var subtitle: String
    /// What a reader in a hurry should know, most important first.
    public var lead: [Line]
    public var sections: [Section]
    /// How to read the figures.
    public var notes: [String]

    public struct Line: Hashable, Sendable {
        public var text: String
        public var tone: Tone

        public init(_ text: String, _ tone: Tone = .plain) {
            self.text = text
            self.tone = tone
        }
    }

    public enum Tone: String, Hashable, Sendable {
        case plain, good, bad
    }

    public struct Section: Hashable, Sendable {
        /// Names the section in links, file names and JSON: lower case with dashes.
        public var id: String
        public var title: String
        public var intro: String
        public var columns: [Column]
        public var rows: [[Cell]]
        /// How many rows there were before the list was cut.
        public var total: Int
        /// What stands there when there are no rows.
        public var whenEmpty: String
        /// Parts of a whole to be drawn above the table; empty for none.
        public var parts: [Part]
        /// Where the figures came from.
        public var receipts: [Receipt]
    }

    public struct Part: Hashable, Sendable {
        public var name: String
        /// 0 … 1.
        public var share: Double
    }

    public struct Column: Hashable, Sendable {
        public var title: String
        /// For CSV and JSON: lower case with underscores and the unit.
        public var key: String
        public var isNumber: Bool

        public init(_ title: String, _ key: String, isNumber: Bool = false) {
            self.title = title
            self.key = key
            self.isNumber = isNumber
        }
    }

    /// A value with the form that people like it in; machines get the value itself.
    public enum Cell: Hashable, Sendable {
        case none
        case text(String)
        /// An id, a code, a message: text in a fixed-width font.
        case code(String)
        case count(Int)
        /// With so many digits behind the point.
        case number(Double, digits: Int)
        /// Seconds.
        case duration(Double)
        /// 0 … 1, with a bar.
        case share(Double)
        /// A rate with its interval.
        case rate(Double, low: Double, high: Double)
        case verdict(String, Tone)
    }
}

extension Report.Section {
    /// The rows as a plain table, for CSV and other programs.
    public var table: Table {
        var result = Table(columns: [])
        for column in columns {
            let isRate = rows.contains { row in
                guard let index = columns.firstIndex(of: column), case .rate = row[index] else {
                    return false
                }
                return true
            }
            let kind: Tables.Column.Kind = column.isNumber ? .real : .text
            result.columns.append(Tables.Column(column.key, kind))
            if isRate {
                result.columns.append(Tables.Column(column.key + "_low", .real))
                result.columns.append(Tables.Column(column.key + "_high", .real))
            }
        }
        for row in rows {
            var cells: [Tables.Cell] = []
            for (column, cell) in zip(columns, row) {
                let hasInterval = result.index(of: column.key + "_low") != nil
                switch cell {
                case .none: cells += hasInterval ? [.null, .null, .null] : [.null]
                case .text(let text), .code(let text), .verdict(let text, _): cells.append(.text(text))
                case .count(let count): cells.append(.integer(Int64(count)))
                case .number(let value, _), .duration(let value), .share(let value):
                    cells.append(.real(value))
                case .rate(let value, let low, let high): cells += [.real(value), .real(low), .real(high)]
                }
            }
            result.rows.append(cells)
        }
        return result
    }
}
