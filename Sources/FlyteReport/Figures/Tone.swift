/// Whether what is said is good news. It is told by a mark and a word as well, never by a colour alone.
public enum Tone: String, Hashable, Sendable {
    case plain, good, bad
}

extension Tone {
    /// What stands before the words where there are no colours.
    var mark: String {
        switch self {
        case .plain: ""
        case .good: "✔ "
        case .bad: "✘ "
        }
    }
}
