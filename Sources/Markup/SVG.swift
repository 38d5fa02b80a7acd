/// Small charts as inline SVG. What they mean is in their attributes; a page's style sheet may change colours, so that
/// they follow light and dark, and no more.
public enum SVG {
    /// Numbers in SVG: two digits are plenty.
    static func number(_ value: Double) -> String {
        let cents = Int64((value * 100).rounded())
        let text = String(abs(cents))
        let padded = String(repeating: "0", count: max(0, 3 - text.count)) + text
        var result = "\(cents < 0 ? "-" : "")\(padded.dropLast(2)).\(padded.suffix(2))"
        while result.last == "0" { result.removeLast() }
        if result.last == "." { result.removeLast() }
        return result
    }

    /// - Parameters:
    ///   - kind: `chart` for a small one within a line, `plot` for one as wide as the page.
    ///   - isStretched: It fills whatever room it is given.
    static func frame(
        _ width: Int, _ height: Int, _ label: String, _ content: [HTML], kind: String = "chart",
        isStretched: Bool = false
    ) -> HTML {
        var attributes = [
            HTML.Attribute("class", kind), HTML.Attribute("role", "img"),
            HTML.Attribute("aria-label", label), HTML.Attribute("viewBox", "0 0 \(width) \(height)"),
            HTML.Attribute("width", "\(width)"), HTML.Attribute("height", "\(height)"),
        ]
        if kind != "chart" { attributes.append(HTML.Attribute("font-size", "12")) }
        if isStretched { attributes.append(HTML.Attribute("preserveAspectRatio", "none")) }
        return .element("svg", attributes, content)
    }

    /// A share of a whole, from 0 to 1.
    public static func bar(_ share: Double, label: String, width: Int = 90) -> HTML {
        let length = min(max(share, 0), 1) * Double(width)
        return frame(
            width, 12, label,
            [
                HTML(
                    "rect",
                    [
                        "x": "0", "y": "2", "width": "\(width)", "height": "8", "rx": "2",
                        "fill": "currentColor", "fill-opacity": ".12",
                    ]),
                HTML(
                    "rect",
                    [
                        "class": "bar", "x": "0", "y": "2", "width": number(length), "height": "8",
                        "rx": "2", "fill": ChartColors.accent,
                    ]),
            ])
    }

    /// An estimate between 0 and `limit`, with the interval it may lie in.
    public static func interval(
        _ estimate: Double, low: Double, high: Double, limit: Double, label: String, width: Int = 90
    ) -> HTML {
        func x(_ value: Double) -> String { number(3 + min(max(value / limit, 0), 1) * Double(width - 6)) }
        return frame(
            width, 12, label,
            [
                HTML(
                    "line",
                    [
                        "x1": "3", "y1": "6", "x2": "\(width - 3)", "y2": "6", "stroke": "currentColor",
                        "stroke-opacity": ".15", "stroke-width": "2",
                    ]),
                HTML(
                    "line",
                    [
                        "class": "range", "x1": x(low), "y1": "6", "x2": x(high), "y2": "6",
                        "stroke": ChartColors.accent, "stroke-opacity": ".45", "stroke-width": "4",
                    ]),
                HTML(
                    "circle",
                    ["class": "point", "cx": x(estimate), "cy": "6", "r": "3", "fill": ChartColors.accent]),
            ])
    }

    /// A part of a whole.
    public struct Part: Hashable, Sendable {
        public var name: String
        /// From 0 to 1.
        public var share: Double
        /// The place of its colour.
        public var color: Int

        public init(_ name: String, share: Double, color: Int) {
            self.name = name
            self.share = share
            self.color = color
        }
    }

    /// Parts of a whole side by side, in the order given.
    public static func stack(_ parts: [Part], label: String, width: Int = 720) -> HTML {
        var x = 0.0
        var pieces: [HTML] = []
        for part in parts where part.share > 0 {
            let length = part.share * Double(width)
            pieces.append(
                HTML(
                    "rect",
                    [
                        "x": number(x), "y": "0", "width": number(length), "height": "22",
                        "fill": ChartColors.part(part.color),
                    ],
                    HTML("title", [:], .text(part.name))))
            x += length
        }
        return frame(width, 22, label, pieces, isStretched: true)
    }

    /// What stands in a legend for the part of a stack, or of a timeline, in this place.
    public static func key(part index: Int) -> HTML { key(ChartColors.part(index)) }

    /// What stands in a legend for the line or the bars in this place.
    public static func key(series index: Int) -> HTML { key(ChartColors.series(index)) }

    private static func key(_ color: String) -> HTML {
        HTML(
            "svg", ["class": "key", "aria-hidden": "true", "width": "12", "height": "12"],
            HTML("rect", ["width": "12", "height": "12", "rx": "2", "fill": color]))
    }

    /// Words within a drawing.
    static func words(
        _ text: String, x: Double, y: Double, anchor: String? = nil, kind: String = "mark",
        title: String? = nil
    ) -> HTML {
        var attributes = [
            HTML.Attribute("class", kind), HTML.Attribute("x", number(x)), HTML.Attribute("y", number(y)),
            HTML.Attribute("fill", "currentColor"),
        ]
        if let anchor { attributes.append(HTML.Attribute("text-anchor", anchor)) }
        let title = title.map { [HTML("title", [:], .text($0))] } ?? []
        return .element("text", attributes, [.text(text)] + title)
    }

    /// A line behind what is drawn.
    static func gridLine(x1: Double, x2: Double, y1: Double, y2: Double) -> HTML {
        HTML(
            "line",
            [
                "x1": number(x1), "x2": number(x2), "y1": number(y1), "y2": number(y2),
                "stroke": "currentColor", "stroke-opacity": ".15",
            ])
    }
}
