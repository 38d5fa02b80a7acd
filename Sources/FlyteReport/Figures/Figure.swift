import Tables

/// A value with the form that people like it in; machines get the value itself.
public enum Figure: Hashable, Sendable {
    /// Unknown: shown as –, never as zero.
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

extension Figure {
    /// The value for machines; of a rate the estimate.
    var cell: Cell {
        switch self {
        case .none: .null
        case .text(let text), .code(let text), .verdict(let text, _): .text(text)
        case .count(let count): .integer(Int64(count))
        case .number(let value, _), .duration(let value), .share(let value), .rate(let value, _, _):
            .real(value)
        }
    }

    /// The same with the ends of the interval, which only a rate has.
    var cellsWithInterval: [Cell] {
        if case .rate(let value, let low, let high) = self { return [.real(value), .real(low), .real(high)] }
        return [cell, .null, .null]
    }

    /// What a chart draws; nil for what is unknown, and for words.
    var number: Double? {
        switch self {
        case .none, .text, .code, .verdict: nil
        case .count(let count): Double(count)
        case .number(let value, _), .duration(let value), .share(let value), .rate(let value, _, _): value
        }
    }

    /// The same figure with another value, for the marks of an axis.
    func with(_ value: Double) -> Figure {
        switch self {
        case .none, .text, .code, .verdict: .number(value, digits: 1)
        case .count: value == value.rounded() ? .count(Int(value)) : .number(value, digits: 1)
        case .number(_, let digits): .number(value, digits: digits)
        case .duration: .duration(value)
        case .share, .rate: .share(value)
        }
    }
}
