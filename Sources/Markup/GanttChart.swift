/// Bars over an axis of time, a row for each thing.
public struct GanttChart: Hashable, Sendable {
    public struct Bar: Hashable, Sendable {
        /// Seconds from the start of the axis.
        public var start: Double
        public var end: Double
        /// Its colour, as of `SVG.stack`.
        public var part: Int
        /// Drawn with a frame as well.
        public var isBad: Bool
        /// Whether it goes on beyond its end.
        public var isOpen: Bool
        /// Shown where one points at it.
        public var title: String

        public init(from start: Double, to end: Double, part: Int, isBad: Bool, isOpen: Bool, title: String) {
            self.start = start
            self.end = end
            self.part = part
            self.isBad = isBad
            self.isOpen = isOpen
            self.title = title
        }
    }

    public struct Row: Hashable, Sendable {
        public var label: String
        public var depth: Int
        public var bars: [Bar]
        /// Stretches that are underlined, in seconds from the start of the axis.
        public var marked: [ClosedRange<Double>]

        public init(_ label: String, depth: Int, _ bars: [Bar], marked: [ClosedRange<Double>] = []) {
            self.label = label
            self.depth = depth
            self.bars = bars
            self.marked = marked
        }
    }

    public var rows: [Row]
    public var axis: TimeAxis
    /// What it shows, in words.
    public var label: String

    public init(rows: [Row], axis: TimeAxis, label: String) {
        self.rows = rows
        self.axis = axis
        self.label = label
    }
}

extension SVG {
    /// To scale but for the breaks of its axis; what is too short to be seen is a pixel wide.
    ///
    /// - Parameter format: The words at the marks of the axis.
    public static func gantt(_ chart: GanttChart, format: (Double) -> String) -> HTML {
        let (width, names, right, head, line) = (960.0, 250.0, 30.0, 22.0, 20.0)
        func x(_ second: Double) -> Double { names + chart.axis.place(second) * (width - names - right) }
        let height = head + line * Double(chart.rows.count) + 6
        // The words of breaks come first: a mark that has no room beside them has none.
        var taken = chart.axis.breaks.map { (place: (x($0.lowerBound) + x($0.upperBound)) / 2, room: 88.0) }
        var pieces: [HTML] = []
        for mark in chart.axis.marks(atMost: 8) {
            let place = x(mark)
            pieces.append(gridLine(x1: place, x2: place, y1: head - 4, y2: height))
            guard taken.allSatisfy({ abs($0.place - place) > $0.room }) else { continue }
            taken.append((place, 46))
            pieces.append(words(format(mark), x: place, y: 12, anchor: "middle"))
        }
        for (index, row) in chart.rows.enumerated() {
            let y = head + line * Double(index)
            let indent = Double(min(max(row.depth, 0), 8)) * 10
            pieces.append(
                words(
                    shortened(row.label, to: max(8, Int((names - indent) / 7))), x: indent, y: y + 14,
                    kind: "name", title: row.label))
            for bar in row.bars {
                let start = x(bar.start)
                let end = x(bar.end)
                var attributes = [
                    HTML.Attribute("x", number(start)), HTML.Attribute("y", number(y + 3)),
                    HTML.Attribute("width", number(max(end - start, 1))), HTML.Attribute("height", "12"),
                    HTML.Attribute("fill", ChartColors.part(bar.part)),
                ]
                if bar.isOpen { attributes.append(HTML.Attribute("fill-opacity", ".6")) }
                if bar.isBad {
                    attributes += [
                        HTML.Attribute("class", "bad"), HTML.Attribute("stroke", ChartColors.bad),
                        HTML.Attribute("stroke-width", "2"),
                    ]
                }
                pieces.append(.element("rect", attributes, [HTML("title", [:], .text(bar.title))]))
            }
            for stretch in row.marked {
                let start = x(stretch.lowerBound)
                pieces.append(
                    HTML(
                        "rect",
                        [
                            "class": "marked", "x": number(start), "y": number(y + 16.5),
                            "width": number(max(x(stretch.upperBound) - start, 1)), "height": "2.5",
                            "fill": ChartColors.marked,
                        ]))
            }
        }
        for stretch in chart.axis.breaks {
            let (start, end) = (x(stretch.lowerBound), x(stretch.upperBound))
            for place in [start, end] {
                pieces.append(
                    HTML(
                        "line",
                        [
                            "class": "break", "x1": number(place), "x2": number(place),
                            "y1": number(head - 4),
                            "y2": number(height), "stroke": "currentColor", "stroke-opacity": ".45",
                            "stroke-dasharray": "2 4",
                        ]))
            }
            pieces.append(
                words(
                    "⋯ \(format(stretch.upperBound - stretch.lowerBound)) ⋯", x: (start + end) / 2, y: 12,
                    anchor: "middle", kind: "break"))
        }
        return frame(Int(width), Int(height), chart.label, pieces, kind: "plot gantt")
    }

    /// What stands in a legend for what is underlined.
    public static func keyOfMarked() -> HTML {
        HTML(
            "svg", ["class": "key", "aria-hidden": "true", "width": "12", "height": "12"],
            HTML(
                "rect",
                ["class": "marked", "y": "5", "width": "12", "height": "3", "fill": ChartColors.marked]))
    }
}
