import Synchronization

/// Texts that are no UTF-8, and were read with U+FFFD for what is none.
///
/// They are next to none: whoever decodes a message compares the count before and after, which costs nothing, and looks
/// into the message only where it has grown. Somebody else's text, read meanwhile on another thread, makes it look in vain.
public enum RepairedTexts {
    private static let count = Atomic(0)

    static func add() { count.add(1, ordering: .relaxed) }

    /// How many there were so far, in this process.
    public static var sum: Int { count.load(ordering: .relaxed) }
}
