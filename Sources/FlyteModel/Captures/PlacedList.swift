/// What is said of the places of a tree. Of a hundred thousand places mostly the same is said, and messages know
/// theirs: so it is kept once, and takes a few bytes for each place.
public struct PlacedList<Element: Placed>: Sendable {
    private enum Site {
        case own(Own)
        case message(KeptMessage)

        var place: CapturePlace {
            switch self {
            case .own(let own): own.place
            case .message(let kept): kept.message.place
            }
        }
    }
    private final class Own: Sendable {
        let place: CapturePlace
        init(_ place: CapturePlace) { self.place = place }
    }

    private var entries: [(site: Site, number: Int32)] = []
    /// What is said, once each, as of the execution itself.
    private var said: [Element] = []
    private var numbers: [Element: Int32] = [:]

    public init() {}

    /// Adds what is said of a message's place.
    public mutating func append(_ element: Element, of message: KeptMessage) {
        entries.append((.message(message), number(of: element)))
    }

    private mutating func number(of element: Element) -> Int32 {
        var element = element
        element.place = .execution
        if let known = numbers[element] { return known }
        said.append(element)
        numbers[element] = Int32(said.count - 1)
        return Int32(said.count - 1)
    }
}

extension PlacedList: RandomAccessCollection, MutableCollection, RangeReplaceableCollection {
    public var startIndex: Int { entries.startIndex }
    public var endIndex: Int { entries.endIndex }

    public subscript(index: Int) -> Element {
        get {
            var element = said[Int(entries[index].number)]
            element.place = entries[index].site.place
            return element
        }
        set {
            entries[index].number = number(of: newValue)
            if newValue.place != entries[index].site.place { entries[index].site = .own(Own(newValue.place)) }
        }
    }

    public mutating func replaceSubrange(_ range: Range<Int>, with elements: some Collection<Element>) {
        let new = elements.map { (Site.own(Own($0.place)), number(of: $0)) }
        entries.replaceSubrange(range, with: new)
    }
}

extension PlacedList: Hashable, ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Element...) { self.init(elements) }

    public static func == (a: PlacedList, b: PlacedList) -> Bool { a.elementsEqual(b) }

    public func hash(into hasher: inout Hasher) {
        for element in self { hasher.combine(element) }
    }
}
