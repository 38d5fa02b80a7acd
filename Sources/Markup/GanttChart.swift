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

        public init(_ label: String, depth: Int, _ bars: [Bar]) {
            self.label = label
            self.depth = depth
            self.bars = bars
        }
    }

    public var rows: [Row]
    /// The length of the axis, in seconds.
    public var seconds: Double
    /// What it shows, in words.
    public var label: String

    public init(rows: [Row], seconds: Double, label: String) {
        self.rows = rows
        self.seconds = seconds
        self.label = label
    }
}

extension SVG {
    /// To scale; what is too short to be seen is a pixel wide.
    ///
    /// - Parameter format: The words at the marks of the axis.
    public static func gantt(_ chart: GanttChart, format: (Double) -> String) -> HTML {
        let (width, names, right, head, line) = (960.0, 250.0, 30.0, 22.0, 20.0)
        let length = chart.seconds > 0 && chart.seconds.isFinite ? chart.seconds : 1
        func x(_ second: Double) -> Double { names + second / length * (width - names - right) }
        let height = head + line * Double(chart.rows.count) + 6
        let step = ChartScale.timeStep(length, atMost: 8)
        var pieces = (0...Int(length / step)).flatMap { count -> [HTML] in
            let place = x(Double(count) * step)
            return [
                gridLine(x1: place, x2: place, y1: head - 4, y2: height),
                words(format(Double(count) * step), x: place, y: 12, anchor: "middle"),
            ]
        }
        for (index, row) in chart.rows.enumerated() {
            let y = head + line * Double(index)
            let indent = Double(min(max(row.depth, 0), 8)) * 10
            pieces.append(
                words(
                    shortened(row.label, to: max(8, Int((names - indent) / 7))), x: indent, y: y + 14,
                    kind: "name", title: row.label))
            for bar in row.bars {
                let start = x(min(max(bar.start, 0), length))
                let end = x(min(max(bar.end, 0), length))
                var attributes = [
                    HTML.Attribute("x", number(start)), HTML.Attribute("y", number(y + 3)),
                    HTML.Attribute("width", number(max(end - start, 1))), HTML.Attribute("height", "14"),
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
        }
        return frame(Int(width), Int(height), chart.label, pieces, kind: "plot gantt")
    }
}
