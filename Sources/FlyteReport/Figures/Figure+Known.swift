public import FlyteModel

// What may not be known: then it is no figure, and never an empty or made-up one.
extension Figure {
    /// A text; nothing for nil and for an empty one.
    static func text(ifAny text: String?) -> Figure { text.map { $0.isEmpty ? .none : .text($0) } ?? .none }

    /// An id, a code, a message; nothing for nil and for an empty one.
    static func code(ifAny text: String?) -> Figure { text.map { $0.isEmpty ? .none : .code($0) } ?? .none }

    /// Seconds.
    static func duration(ifKnown seconds: Double?) -> Figure { seconds.map { .duration($0) } ?? .none }

    /// A time to the second, as people read it in a zone.
    public static func time(_ time: Timestamp?, in zone: TimeZoneRules) -> Figure {
        time.map { .time(zone.text($0), utc: $0.microsecondText) } ?? .none
    }
}
