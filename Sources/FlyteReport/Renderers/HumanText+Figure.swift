import FlyteAnalysis
import FlyteModel
import Tables

extension HumanText {
    /// The text of a figure, where there are no pictures.
    static func text(_ figure: Figure) -> String {
        switch figure {
        case .none: "–"
        case .blank: ""
        case .text(let text), .time(let text, _), .link(let text, _), .code(let text), .verdict(let text, _):
            text
        case .change(let change): change.tone.mark + change.text
        case .execution(let execution): execution.id.description
        case .bounds(let low, let high, let digits): bounds(low, high, digits)
        case .count(let count): String(count)
        case .number(let value, let digits): NumberText.fixed(value, digits)
        case .duration(let seconds): duration(seconds)
        case .share(let share): percent(share)
        case .rate(let value, let low, let high): rate(value, low, high)
        }
    }
}
