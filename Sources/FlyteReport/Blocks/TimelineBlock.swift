public import FlyteModel
import Markup
import Tables

/// What happened when, to scale: a row for each thing, with the stretches of time that it consists of.
///
/// Where most of the time nothing happens, such stretches are drawn short, with a mark and their length.
public struct TimelineBlock: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var label: String
        /// 0 for the outermost; a row belongs to the nearest one above it with less.
        public var depth: Int
        public var spans: [Span]
        /// Stretches that are underlined, such as those of a critical path.
        public var marked: [Span]

        public init(_ label: String, depth: Int = 0, _ spans: [Span], marked: [Span] = []) {
            self.label = label
            self.depth = depth
            self.spans = spans
            self.marked = marked
        }
    }

    public struct Span: Hashable, Sendable {
        /// What went on, such as `queued` or `running`: each has its colour.
        public var name: String
        public var start: Timestamp
        /// nil when it was not over; then it is drawn to the end of the timeline.
        public var end: Timestamp?
        public var tone: Tone
        /// Whether something only waits in it: where nothing else goes on, a timeline may be drawn short.
        public var isQuiet: Bool

        public init(
            _ name: String, from start: Timestamp, to end: Timestamp?, _ tone: Tone = .plain,
            isQuiet: Bool = false
        ) {
            self.name = name
            self.start = start
            self.end = end
            self.tone = tone
            self.isQuiet = isQuiet
        }
    }

    /// Its name within its section, for CSV and JSON.
    public var key: String
    public var title: String
    /// The stretch that is drawn. What lies outside of it is listed, and drawn up to its edge.
    public var start: Timestamp
    public var end: Timestamp
    public var rows: [Row]
    /// In which people read its times.
    public var zone: TimeZoneRules
    /// Names of spans in the order of their colours: a name has the same one on each page. Others come behind them.
    public var palette: [String]

    public init(
        key: String = "timeline", _ title: String, from start: Timestamp, to end: Timestamp, _ rows: [Row],
        in zone: TimeZoneRules = .utc, palette: [String] = []
    ) {
        self.key = key
        self.title = title
        self.start = start
        self.end = end
        self.rows = rows
        self.zone = zone
        self.palette = palette
    }
}

extension TimelineBlock {
    /// How long it is.
    var seconds: Double { Double(end - start) / 1e9 }

    /// The names of its spans, each once, in the order of their colours, each with its colour's place.
    var spanNames: [(name: String, part: Int)] {
        let met = Self.names(rows.lazy.flatMap(\.spans))
        let names = palette + met.filter { !palette.contains($0) }
        return names.enumerated().filter { met.contains($0.element) }.map { ($0.element, $0.offset) }
    }

    /// The names of what is underlined.
    var markNames: [String] { Self.names(rows.lazy.flatMap(\.marked)) }

    private static func names(_ spans: some Sequence<Span>) -> [String] {
        var names: [String] = []
        for span in spans where names.last != span.name && !names.contains(span.name) {
            names.append(span.name)
        }
        return names
    }

    /// When a span begins and ends as it is drawn, in seconds from the start.
    func drawn(_ span: Span) -> ClosedRange<Double> {
        let length = max(0, seconds)
        let first = min(max(Double(span.start - start) / 1e9, 0), length)
        return first...min(max(Double((span.end ?? end) - start) / 1e9, first), length)
    }

    /// To the second, as the clocks of its zone show it.
    func text(_ time: Timestamp) -> String { zone.text(time) }

    /// Its axis, on which what is quiet for long is short.
    ///
    /// A stretch is quiet from one beginning or end to the next when all that goes on is waiting. Only where that is most of
    /// the whole is anything drawn short: a picture to scale is the better one.
    var axis: TimeAxis {
        let length = max(0, seconds)
        var places: Set<Double> = [0, length]
        var changes: [(at: Double, by: Int)] = []
        for span in rows.lazy.flatMap(\.spans) {
            let drawn = drawn(span)
            places.formUnion([drawn.lowerBound, drawn.upperBound])
            if !span.isQuiet { changes += [(drawn.lowerBound, 1), (drawn.upperBound, -1)] }
        }
        changes.sort { $0.at < $1.at }
        let sorted = places.sorted()
        var breaks: [ClosedRange<Double>] = []
        var (next, busy) = (0, 0)
        for (start, end) in zip(sorted, sorted.dropFirst()) {
            while next < changes.count, changes[next].at <= start {
                busy += changes[next].by
                next += 1
            }
            guard busy == 0, end - start > 0.15 * length else { continue }
            // What stands beside a break must be seen to be an edge.
            let margin = (end - start) * 0.02
            breaks.append(start + margin...end - margin)
        }
        let quiet = breaks.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        return TimeAxis(seconds: length, breaks: length > 60 && quiet > 0.5 * length ? breaks : [])
    }

    /// A row for each span, and for each that is underlined.
    var figures: FigureTable {
        FigureTable(
            columns: [
                FigureColumn("What", "label"), FigureColumn("", "depth", isNumber: true, for: .machines),
                FigureColumn("Span", "span"), FigureColumn("From", "start_at"), FigureColumn("To", "end_at"),
                FigureColumn("After", "offset_s", isNumber: true),
                FigureColumn("Took", "duration_s", isNumber: true), FigureColumn("", "tone", for: .machines),
            ],
            rows: rows.flatMap { row in
                (row.spans + row.marked).map { span in
                    [
                        .text(row.label), .count(row.depth), .verdict(span.name, span.tone),
                        .time(text(span.start), utc: span.start.microsecondText),
                        span.end.map { .time(text($0), utc: $0.microsecondText) } ?? .none,
                        .duration(Double(span.start - start) / 1e9),
                        span.end.map { .duration(Double($0 - span.start) / 1e9) } ?? .none,
                        .text(span.tone.rawValue),
                    ]
                }
            })
    }
}
