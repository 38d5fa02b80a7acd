/// A piece of an HTML page, SVG included. Text is escaped when it is written, so that a value can never
/// become markup.
public indirect enum HTML: Hashable, Sendable {
    case text(String)
    case element(String, [Attribute], [HTML])
    /// Pieces one after the other.
    case group([HTML])

    public struct Attribute: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `HTML("td", ["class": "number"], "12")`. Attributes are written in the order given.
    public init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: HTML...) {
        self = .element(name, attributes.map { Attribute($0.key, $0.value) }, content)
    }

    public init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: [HTML]) {
        self = .element(name, attributes.map { Attribute($0.key, $0.value) }, content)
    }
}

extension HTML: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .text(value) }
}
