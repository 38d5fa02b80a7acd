/// Lines or bars over the places of an axis.
public struct SeriesChart: Hashable, Sendable {
    public struct Point: Hashable, Sendable {
        public var value: Double
        /// Where it may lie instead; both nil when there is no saying.
        public var low: Double?
        public var high: Double?
        /// Shown where one points at it.
        public var title: String

        public init(_ value: Double, low: Double? = nil, high: Double? = nil, title: String) {
            self.value = value
            self.low = low
            self.high = high
            self.title = title
        }
    }

    /// The places along the axis, in order.
    public var labels: [String]
    /// For each a point at each place; nil for a gap. Its colour follows from its place.
    public var series: [[Point?]]
    /// What it shows, in words.
    public var label: String

    public init(labels: [String], series: [[Point?]], label: String) {
        self.labels = labels
        self.series = series
        self.label = label
    }
}

extension SVG {
    private static let (width, height) = (720.0, 230.0)
    private static let (left, right, top, bottom) = (84.0, 10.0, 10.0, 26.0)

    /// A line for each series, broken where nothing is known, with a band where the values may lie.
    ///
    /// - Parameter format: The words at the marks of the vertical axis.
    public static func lines(_ chart: SeriesChart, format: (Double) -> String) -> HTML {
        let scale = ChartScale(holding: chart.series.joined().flatMap(values))
        let places = max(chart.labels.count, 1)
        func x(_ place: Int) -> Double {
            left + (Double(place) + 0.5) / Double(places) * (width - left - right)
        }
        var pieces = axis(chart, scale, format, x)
        for (index, points) in chart.series.enumerated() {
            for run in runs(points) {
                let band = run.filter { $0.point.low != nil && $0.point.high != nil }
                if band.count == run.count, run.count > 1 {
                    let corners =
                        run.map { ($0.place, $0.point.high ?? 0) }
                        + run.reversed().map { ($0.place, $0.point.low ?? 0) }
                    pieces.append(
                        HTML(
                            "polygon",
                            [
                                "fill": ChartColors.series(index), "fill-opacity": ".18",
                                "points": corners.map { "\(number(x($0.0))),\(number(y($0.1, scale)))" }
                                    .joined(separator: " "),
                            ]))
                } else {
                    for (place, point) in band {
                        pieces.append(whisker(point, x(place), scale, ChartColors.series(index)))
                    }
                }
                var attributes = [
                    HTML.Attribute("fill", "none"), HTML.Attribute("stroke", ChartColors.series(index)),
                    HTML.Attribute("stroke-width", "2"), HTML.Attribute("stroke-linejoin", "round"),
                    HTML.Attribute(
                        "points",
                        run.map { "\(number(x($0.place))),\(number(y($0.point.value, scale)))" }
                            .joined(separator: " ")),
                ]
                if let dashes = ChartColors.dashes(index) {
                    attributes.append(HTML.Attribute("stroke-dasharray", dashes))
                }
                pieces.append(.element("polyline", attributes, []))
                for (place, point) in run {
                    pieces.append(
                        HTML(
                            "circle",
                            [
                                "cx": number(x(place)), "cy": number(y(point.value, scale)), "r": "3",
                                "fill": ChartColors.series(index),
                            ], HTML("title", [:], .text(point.title))))
                }
            }
        }
        return frame(Int(width), Int(height), chart.label, pieces, kind: "plot")
    }

    /// Bars side by side at each place, from zero, with a whisker where the values may lie.
    public static func bars(_ chart: SeriesChart, format: (Double) -> String) -> HTML {
        let scale = ChartScale(holding: chart.series.joined().flatMap(values))
        let slot = (width - left - right) / Double(max(chart.labels.count, 1))
        let bar = slot * 0.8 / Double(max(chart.series.count, 1))
        func x(_ place: Int) -> Double { left + (Double(place) + 0.5) * slot }
        var pieces = axis(chart, scale, format, x)
        for (index, points) in chart.series.enumerated() {
            for (place, point) in points.enumerated() {
                guard let point, point.value.isFinite else { continue }
                let start = left + Double(place) * slot + slot * 0.1 + Double(index) * bar
                let (high, low) = (y(max(point.value, 0), scale), y(min(point.value, 0), scale))
                pieces.append(
                    HTML(
                        "rect",
                        [
                            "x": number(start), "y": number(high), "width": number(max(bar - 1, 0.5)),
                            "height": number(low - high), "fill": ChartColors.series(index),
                        ], HTML("title", [:], .text(point.title))))
                pieces.append(whisker(point, start + bar / 2, scale, "currentColor"))
            }
        }
        return frame(Int(width), Int(height), chart.label, pieces, kind: "plot")
    }

    private static func y(_ value: Double, _ scale: ChartScale) -> Double {
        top + (1 - scale.place(value)) * (height - top - bottom)
    }

    private static func values(_ point: SeriesChart.Point?) -> [Double] {
        [point?.value, point?.low, point?.high].compactMap { $0 }
    }

    /// The points without a gap between them, with their places.
    private static func runs(
        _ points: [SeriesChart.Point?]
    ) -> [[(place: Int, point: SeriesChart.Point)]] {
        var runs: [[(place: Int, point: SeriesChart.Point)]] = [[]]
        for (place, point) in points.enumerated() {
            if let point, point.value.isFinite {
                runs[runs.count - 1].append((place, point))
            } else if !runs[runs.count - 1].isEmpty {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    private static func whisker(
        _ point: SeriesChart.Point, _ x: Double, _ scale: ChartScale, _ color: String
    ) -> HTML {
        guard let low = point.low, let high = point.high else { return .group([]) }
        return HTML(
            "line",
            [
                "x1": number(x), "x2": number(x), "y1": number(y(low, scale)),
                "y2": number(y(high, scale)), "stroke": color, "stroke-width": "1.5",
            ])
    }

    /// Marks with their words, and as many labels of places as have room.
    private static func axis(
        _ chart: SeriesChart, _ scale: ChartScale, _ format: (Double) -> String, _ x: (Int) -> Double
    ) -> [HTML] {
        let lines = scale.marks.flatMap { mark in
            [
                gridLine(x1: left, x2: width - right, y1: y(mark, scale), y2: y(mark, scale)),
                words(format(mark), x: left - 8, y: y(mark, scale) + 4, anchor: "end"),
            ]
        }
        let longest = chart.labels.map { min($0.count, 16) }.max() ?? 1
        let room = max(1, Int((width - left - right) / Double(longest * 7 + 12)))
        let step = max(1, (chart.labels.count + room - 1) / room)
        let labels = chart.labels.enumerated().filter { $0.offset % step == 0 }.map { place, label in
            words(shortened(label, to: 16), x: x(place), y: height - 8, anchor: "middle")
        }
        return lines + labels
    }

    static func shortened(_ text: String, to count: Int) -> String {
        text.count > count ? text.prefix(count - 1) + "…" : text
    }
}
