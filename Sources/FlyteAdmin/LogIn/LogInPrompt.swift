/// Whoever sits at the terminal, and can log in at a browser.
public struct LogInPrompt: Sendable {
    /// Tells them something, in lines.
    var tell: @Sendable (String) -> Void
    /// Opens an address in their browser; it does nothing where there is none.
    var open: @Sendable (String) -> Void

    public init(tell: @escaping @Sendable (String) -> Void, open: @escaping @Sendable (String) -> Void) {
        self.tell = tell
        self.open = open
    }
}
