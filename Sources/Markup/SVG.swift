/// Small charts as inline SVG. Colours are CSS variables of the page, so that they follow light and dark.
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

    /// - Parameter kind: `chart` for a small one within a line, `plot` for one as wide as the page.
    static func frame(
        _ width: Int, _ height: Int, _ label: String, _ content: [HTML], kind: String = "chart"
    ) -> HTML {
        HTML(
            "svg",
            [
                "class": kind, "role": "img", "aria-label": label, "viewBox": "0 0 \(width) \(height)",
                "width": "\(width)", "height": "\(height)",
            ], content)
    }

    /// A share of a whole, from 0 to 1.
    public static func bar(_ share: Double, label: String, width: Int = 90) -> HTML {
        let length = min(max(share, 0), 1) * Double(width)
        return frame(
            width, 12, label,
            [
                HTML(
                    "rect",
                    ["class": "track", "x": "0", "y": "2", "width": "\(width)", "height": "8", "rx": "2"]),
                HTML(
                    "rect",
                    ["class": "bar", "x": "0", "y": "2", "width": number(length), "height": "8", "rx": "2"]),
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
                HTML("line", ["class": "axis", "x1": "3", "y1": "6", "x2": "\(width - 3)", "y2": "6"]),
                HTML("line", ["class": "range", "x1": x(low), "y1": "6", "x2": x(high), "y2": "6"]),
                HTML("circle", ["class": "point", "cx": x(estimate), "cy": "6", "r": "3"]),
            ])
    }

    /// Parts of a whole side by side, in the order given; each has the class `part-N` by its place.
    public static func stack(_ parts: [(name: String, share: Double)], label: String, width: Int = 720)
        -> HTML
    {
        var x = 0.0
        var pieces: [HTML] = []
        for (index, part) in parts.enumerated() where part.share > 0 {
            let length = part.share * Double(width)
            pieces.append(
                HTML(
                    "rect",
                    [
                        "class": "part-\(index % 8)", "x": number(x), "y": "0", "width": number(length),
                        "height": "22",
                    ],
                    HTML("title", [:], .text(part.name))))
            x += length
        }
        return frame(width, 22, label, pieces)
    }
}
