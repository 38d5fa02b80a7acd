public import FlyteAnalysis
import FlyteModel
import Tables

/// A value with the form that people like it in; machines get the value itself.
public enum Figure: Hashable, Sendable {
    /// Unknown: shown as –, never as zero.
    case none
    /// Where there is nothing to know.
    case blank
    case text(String)
    /// A time in the words of the page's zone; machines have it as the archive's views do.
    case time(String, utc: String)
    /// A text that leads somewhere: to a log, a console page. From Flyte, and so anything: what is no address of the web
    /// leads nowhere. Machines have the address.
    case link(String, to: String)
    /// An id, a code, a message: text in a fixed-width font.
    case code(String)
    /// An execution, which leads to its page where the page is one of several, else to Flyte's console.
    indirect case execution(ArchivedExecution)
    case count(Int)
    /// With so many digits behind the point.
    case number(Double, digits: Int)
    /// Seconds.
    case duration(Double)
    /// 0 … 1, with a bar.
    case share(Double)
    /// A rate with its interval.
    case rate(Double, low: Double, high: Double)
    /// What lies between two bounds, both of which are shown; with so many digits behind the point.
    case bounds(low: Double, high: Double, digits: Int)
    case verdict(String, Tone)
    // Few are such, and large: without this each figure would be.
    indirect case change(FigureChange)
}

extension Figure {
    /// The value for machines; of a rate the estimate, of bounds the upper one, of a change the difference.
    var cell: Cell {
        switch self {
        case .none, .blank: .null
        case .text(let text), .time(_, let text), .link(_, let text), .code(let text), .verdict(let text, _):
            .text(text)
        case .execution(let execution): .text(execution.id.description)
        case .count(let count): .integer(Int64(count))
        case .number(let value, _), .duration(let value), .share(let value), .rate(let value, _, _),
            .bounds(_, let value, _):
            .real(value)
        case .change(let change): change.difference.map { .real($0) } ?? .null
        }
    }

    /// What a chart draws; nil for what is unknown, and for words.
    var number: Double? {
        switch self {
        case .none, .blank, .text, .time, .link, .code, .execution, .verdict: nil
        case .count(let count): Double(count)
        case .number(let value, _), .duration(let value), .share(let value), .rate(let value, _, _),
            .bounds(_, let value, _):
            value
        case .change(let change): change.difference
        }
    }

    /// The same figure with another value, for the marks of an axis.
    func with(_ value: Double) -> Figure {
        switch self {
        case .none, .blank, .text, .time, .link, .code, .execution, .verdict, .change:
            .number(value, digits: 1)
        case .count: value == value.rounded() ? .count(Int(value)) : .number(value, digits: 1)
        case .number(_, let digits), .bounds(_, _, let digits): .number(value, digits: digits)
        case .duration: .duration(value)
        case .share, .rate: .share(value)
        }
    }
}
