/// Puts styles on texts, or leaves them out where they are not wanted.
public struct TerminalColors: Hashable, Sendable {
    public var isOn: Bool

    public init(isOn: Bool) { self.isOn = isOn }

    /// A text in a style.
    ///
    /// - Parameter text: Without controls: ``TerminalFormat/visible(_:)-(String)`` goes first. Its width is the same after.
    public func callAsFunction(_ text: String, _ style: TerminalStyle?) -> String {
        guard isOn, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.parameters)m\(text)\u{1B}[0m"
    }
}
