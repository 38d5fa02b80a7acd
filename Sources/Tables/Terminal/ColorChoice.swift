/// When an answer has colours, by the word that people write.
public enum ColorChoice: String, Hashable, Sendable, CaseIterable {
    /// On a terminal, unless `NO_COLOR` (https://no-color.org) or a terminal without any says otherwise.
    case auto
    case always, never

    public func colors(isTerminal: Bool, environment: (String) -> String?) -> TerminalColors {
        switch self {
        case .always: TerminalColors(isOn: true)
        case .never: TerminalColors(isOn: false)
        case .auto:
            TerminalColors(
                isOn: isTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb")
        }
    }
}
