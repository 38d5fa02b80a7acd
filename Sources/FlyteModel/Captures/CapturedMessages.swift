/// The messages of a capture, in their order. Those that were put aside take a few bytes of memory each.
public struct CapturedMessages: Sendable {
    private var kept: [KeptMessage] = []

    public init() {}

    public init(_ messages: [CapturedMessage]) { kept = messages.map { KeptMessage($0) } }

    public mutating func append(_ message: KeptMessage) { kept.append(message) }

    public mutating func append(contentsOf other: CapturedMessages) { kept += other.kept }

    public static func += (messages: inout CapturedMessages, other: CapturedMessages) {
        messages.append(contentsOf: other)
    }

    /// Puts another message in the place of one that was put aside, or is in memory, and leaves it there.
    public mutating func replace(at index: Int, by message: CapturedMessage) throws {
        kept[index] = try kept[index].replaced(by: message)
    }

    /// The bytes of all of them; nil where some are not in memory.
    public var heldBytes: Int? {
        guard kept.allSatisfy(\.isHeld) else { return nil }
        return kept.reduce(0) { $0 + $1.message.content.count }
    }

    /// Those of a kind, in their order: no other one is looked at.
    public func all(of kind: CapturedMessage.Kind) -> some Sequence<CapturedMessage> {
        kept.lazy.filter { $0.kind == kind }.map(\.message)
    }

    /// The message at a place, where it lies.
    public func kept(at index: Int) -> KeptMessage { kept[index] }
}

extension CapturedMessages: RandomAccessCollection, MutableCollection, RangeReplaceableCollection {
    public var startIndex: Int { kept.startIndex }
    public var endIndex: Int { kept.endIndex }

    public subscript(index: Int) -> CapturedMessage {
        get { kept[index].message }
        set { kept[index] = KeptMessage(newValue) }
    }

    public mutating func replaceSubrange(
        _ range: Range<Int>, with messages: some Collection<CapturedMessage>
    ) {
        kept.replaceSubrange(range, with: messages.map { KeptMessage($0) })
    }
}

extension CapturedMessages: Hashable, ExpressibleByArrayLiteral {
    public init(arrayLiteral messages: CapturedMessage...) { self.init(messages) }

    public static func == (a: CapturedMessages, b: CapturedMessages) -> Bool { a.elementsEqual(b) }

    public func hash(into hasher: inout Hasher) {
        for message in self { hasher.combine(message) }
    }
}
