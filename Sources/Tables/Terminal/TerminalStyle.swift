/// What a piece of text is to its reader, told on a terminal by how it looks: never by that alone.
///
/// The colours are the terminal's own, so that they can be read on a light and on a dark one.
public enum TerminalStyle: Hashable, Sendable, CaseIterable {
    case heading, good, bad, attention, quiet

    /// The parameters of ECMA-48's SGR.
    var parameters: String {
        switch self {
        case .heading: "1"
        case .good: "32"
        case .bad: "1;31"
        case .attention: "33"
        case .quiet: "2"
        }
    }
}
