import Tables

/// Values in the words of people.
enum HumanText {
    /// `0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 07 min`, `3 d 04 h`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        let sign = seconds < 0 ? "−" : ""
        let size = abs(seconds)
        if size < 10 { return "\(sign)\(NumberText.fixed(size, 2)) s" }
        if size < 59.95 { return "\(sign)\(NumberText.fixed(size, 1)) s" }
        let whole = Int(min(size.rounded(), 1e15))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        if whole < 3600 { return "\(sign)\(whole / 60) min \(two(whole % 60)) s" }
        if whole < 86_400 { return "\(sign)\(whole / 3600) h \(two(whole / 60 % 60)) min" }
        return "\(sign)\(whole / 86_400) d \(two(whole / 3600 % 24)) h"
    }

    /// `12.3 %`.
    static func percent(_ share: Double) -> String {
        "\(NumberText.fixed(share * 100, share < 0.1 ? 1 : 0)) %"
    }

    /// `12 %  (5–26 %)`.
    static func rate(_ value: Double, _ low: Double, _ high: Double) -> String {
        "\(percent(value)) (\(NumberText.fixed(low * 100, 0))–\(NumberText.fixed(high * 100, 0)) %)"
    }

    /// `1.20–2.40`, or one number where both look the same.
    static func bounds(_ low: Double, _ high: Double, _ digits: Int) -> String {
        let (least, most) = (NumberText.fixed(low, digits), NumberText.fixed(high, digits))
        return least == most ? most : "\(least)–\(most)"
    }

    /// The size of a difference between rates: `12 points`.
    static func points(_ difference: Double) -> String {
        let size = abs(difference) * 100
        return "\(NumberText.fixed(size, size < 9.95 ? 1 : 0)) points"
    }

    /// The size of a value with its sign before it.
    static func signed(_ value: Double, _ size: String) -> String { (value < 0 ? "−" : "+") + size }

    /// `1 run`, `3 runs`.
    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    /// The text of a figure, where there are no pictures.
    static func text(_ figure: Figure) -> String {
        switch figure {
        case .none: "–"
        case .blank: ""
        case .text(let text), .code(let text), .verdict(let text, _): text
        case .change(let change): change.tone.mark + change.text
        case .bounds(let low, let high, let digits): bounds(low, high, digits)
        case .count(let count): String(count)
        case .number(let value, let digits): NumberText.fixed(value, digits)
        case .duration(let seconds): duration(seconds)
        case .share(let share): percent(share)
        case .rate(let value, let low, let high): rate(value, low, high)
        }
    }
}
