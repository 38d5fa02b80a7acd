public import FlyteModel
import Tables

/// What happened when, to scale: a row for each thing, with the stretches of time that it consists of.
public struct TimelineBlock: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var label: String
        /// 0 for the outermost; a row belongs to the nearest one above it with less.
        public var depth: Int
        public var spans: [Span]

        public init(_ label: String, depth: Int = 0, _ spans: [Span]) {
            self.label = label
            self.depth = depth
            self.spans = spans
        }
    }

    public struct Span: Hashable, Sendable {
        /// What went on, such as `queued` or `running`: each has its colour.
        public var name: String
        public var start: Timestamp
        /// nil when it was not over; then it is drawn to the end of the timeline.
        public var end: Timestamp?
        public var tone: Tone

        public init(_ name: String, from start: Timestamp, to end: Timestamp?, _ tone: Tone = .plain) {
            self.name = name
            self.start = start
            self.end = end
            self.tone = tone
        }
    }

    /// Its name within its section, for CSV and JSON.
    public var key: String
    public var title: String
    /// The stretch that is drawn. What lies outside of it is listed, and drawn up to its edge.
    public var start: Timestamp
    public var end: Timestamp
    public var rows: [Row]

    public init(
        key: String = "timeline", _ title: String, from start: Timestamp, to end: Timestamp, _ rows: [Row]
    ) {
        self.key = key
        self.title = title
        self.start = start
        self.end = end
        self.rows = rows
    }
}

extension TimelineBlock {
    /// How long it is.
    var seconds: Double { Double(end - start) / 1e9 }

    /// The names of its spans, each once, in their order.
    var spanNames: [String] {
        var names: [String] = []
        for span in rows.lazy.flatMap(\.spans) where !names.contains(span.name) { names.append(span.name) }
        return names
    }

    /// When a span begins and ends as it is drawn, in seconds from the start.
    func drawn(_ span: Span) -> (start: Double, end: Double) {
        let length = max(0, seconds)
        let first = min(max(Double(span.start - start) / 1e9, 0), length)
        return (first, min(max(Double((span.end ?? end) - start) / 1e9, first), length))
    }

    /// A row for each span.
    var figures: FigureTable {
        FigureTable(
            columns: [
                FigureColumn("What", "label"), FigureColumn("Depth", "depth", isNumber: true),
                FigureColumn("Span", "span"), FigureColumn("From", "start_at"), FigureColumn("To", "end_at"),
                FigureColumn("After", "offset_s", isNumber: true),
                FigureColumn("Took", "duration_s", isNumber: true), FigureColumn("", "tone"),
            ],
            rows: rows.flatMap { row in
                row.spans.map { span in
                    [
                        .text(row.label), .count(row.depth), .text(span.name),
                        .text(span.start.microsecondText),
                        span.end.map { .text($0.microsecondText) } ?? .none,
                        .duration(Double(span.start - start) / 1e9),
                        span.end.map { .duration(Double($0 - span.start) / 1e9) } ?? .none,
                        .verdict(span.tone.rawValue, span.tone),
                    ]
                }
            })
    }
}
