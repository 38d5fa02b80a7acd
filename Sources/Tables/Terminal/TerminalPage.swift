/// The terminal that an answer is for, and how its reader wants it.
public struct TerminalPage: Sendable {
    /// In columns: no line is longer.
    public var width: Int
    public var colors: TerminalColors
    /// On whose clocks times are read.
    public var clock: ZoneClock
    /// How the columns of an answer are read, in their order.
    public var readings: @Sendable ([Column]) -> [ColumnReading]
    /// How a word of a ``ColumnMeaning/status`` column looks.
    public var style: @Sendable (String) -> TerminalStyle?

    public init(
        width: Int, colors: TerminalColors = TerminalColors(isOn: false), clock: ZoneClock = .utc,
        readings: @escaping @Sendable ([Column]) -> [ColumnReading] = Self.readingsByKind,
        style: @escaping @Sendable (String) -> TerminalStyle? = { _ in nil }
    ) {
        self.width = max(1, width)
        self.colors = colors
        self.clock = clock
        self.readings = readings
        self.style = style
    }

    /// What can be told of columns of which nothing else is known.
    public static let readingsByKind: @Sendable ([Column]) -> [ColumnReading] = { columns in
        columns.map { ColumnReading($0.kind == .integer || $0.kind == .real ? .number : .sentence) }
    }
}
