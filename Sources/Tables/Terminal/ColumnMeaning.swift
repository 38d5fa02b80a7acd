/// What the values of a column are to people, and so how a terminal shows them.
public enum ColumnMeaning: Hashable, Sendable {
    /// Copied into the next command, and so never cut.
    case identifier
    /// Differs at its beginning or its end: cut in the middle.
    case name
    /// Cut at its end.
    case sentence
    /// A word that says how something stands.
    case status
    /// As the archive's views write times.
    case time
    case seconds, nanoseconds
    /// Of 1.
    case share
    case bytes
    /// 0 or 1.
    case flag
    case number
}

extension ColumnMeaning {
    /// Shown at the right of its column, so that sizes can be compared.
    var isAtRight: Bool {
        switch self {
        case .number, .seconds, .nanoseconds, .share, .bytes: true
        case .identifier, .name, .sentence, .status, .time, .flag: false
        }
    }

    /// The columns below which a value that wide is not cut; nil where it is never cut.
    var least: Int? {
        switch self {
        case .name: 14
        case .sentence: 16
        default: nil
        }
    }

    /// The columns that do where others want room, too.
    var comfort: Int? {
        switch self {
        case .name: 20
        case .sentence: 24
        default: nil
        }
    }
}
