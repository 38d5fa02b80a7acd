import Foundation
import Testing

@testable import Markup

struct ChartTests {
    @Test(
        arguments: [
            ([0.0, 9], [0, 2.5, 5, 7.5, 10]), ([0.31], [0, 0.1, 0.2, 0.3, 0.4]),
            ([-3, 4], [-4, -2, 0, 2, 4]), ([], [0, 1]), ([0, 0], [0, 1]), ([.nan, .infinity], [0, 1]),
            ([1e308, -1e308], [0, 1]), ([.leastNonzeroMagnitude], [0, 1]),
        ] as [([Double], [Double])])
    func marksAreRoundAndHoldAll(values: [Double], marks: [Double]) {
        let scale = ChartScale(holding: values)
        #expect(scale.marks.count == marks.count)
        for (a, b) in zip(scale.marks, marks) { #expect(abs(a - b) < 1e-9, "\(scale.marks)") }
    }

    @Test(
        arguments: [
            (3600.0, 8, 600.0), (59, 8, 10), (0.4, 8, 0.05), (900_000, 8, 172_800), (86_400, 8, 10_800),
        ]
            as [(Double, Int, Double)])
    func stepsOfTimeAreThoseOfClocks(seconds: Double, count: Int, step: Double) {
        #expect(abs(ChartScale.timeStep(seconds, atMost: count) - step) < 1e-9)
    }

    private func attributes(_ name: String, of element: String, in svg: String) -> [String] {
        var found: [String] = []
        for piece in svg.components(separatedBy: "<\(element) ").dropFirst() {
            let tag = String(piece.prefix { $0 != ">" })
            let parts = tag.components(separatedBy: "\(name)=\"")
            if parts.count > 1 { found.append(String(parts[1].prefix { $0 != "\"" })) }
        }
        return found
    }

    /// A shape without a colour is drawn black where a style sheet is forbidden, and a line without one not at all.
    @Test func everyShapeCarriesItsColour() {
        let points = (0..<3).map { SeriesChart.Point(0.5, low: 0.25, high: 1, title: "\($0)") }
        let chart = SeriesChart(
            labels: ["1", "2", "3"], series: Array(repeating: points, count: 9), label: "")
        let bar = GanttChart.Bar(from: 0, to: 1, part: 9, isBad: true, isOpen: true, title: "")
        let drawings = [
            SVG.bar(0, label: ""), SVG.interval(0.1, low: 0, high: 1, limit: 1, label: ""),
            SVG.stack(
                [SVG.Part("a", share: 0.5, color: 0), SVG.Part("b", share: 0.5, color: 1)], label: ""),
            SVG.lines(chart) { "\($0)" },
            SVG.bars(chart) { "\($0)" }, SVG.key(part: 3), SVG.key(series: 7),
            SVG.gantt(
                GanttChart(
                    rows: [.init("x", depth: 0, [bar], marked: [0...1])],
                    axis: TimeAxis(seconds: 10, breaks: [2...8]), label: "")
            ) { "\($0)" },
        ]
        for drawing in drawings.map(\.text) {
            for shape in drawing.matches(of: #/<(rect|circle|polygon|polyline|text|line) [^>]*>/#) {
                let colour = shape.1 == "line" ? " stroke=" : " fill="
                #expect(shape.0.contains(colour), "\(shape.0)")
                if shape.1 == "polyline" { #expect(shape.0.contains("fill=\"none\" stroke=")) }
            }
        }
    }

    @Test func aLineBreaksWhereNothingIsKnown() {
        let points: [SeriesChart.Point?] = [
            .init(0, title: "a"), .init(5, title: "b"), nil, .init(10, title: "<c>"), .init(.nan, title: "d"),
        ]
        let chart = SeriesChart(labels: ["1", "2", "3", "4", "5"], series: [points], label: "A & B")
        let svg = SVG.lines(chart) { "\($0)" }.text
        #expect(svg.contains("aria-label=\"A &amp; B\"") && svg.contains("<title>&lt;c&gt;</title>"))
        // The axis is 626 wide from 84 on, and 194 high from 10 on.
        #expect(attributes("points", of: "polyline", in: svg) == ["146.6,204 271.8,107", "522.2,10"])
        #expect(attributes("cx", of: "circle", in: svg) == ["146.6", "271.8", "522.2"])
        #expect(!svg.contains("nan"))
    }

    @Test func ratesHaveABandOrAWhisker() {
        let points = (0..<3).map { SeriesChart.Point(0.5, low: 0.25, high: 1, title: "\($0)") }
        let chart = SeriesChart(labels: ["1", "2", "3"], series: [points], label: "")
        let lines = SVG.lines(chart) { "\($0)" }.text
        #expect(
            attributes("points", of: "polygon", in: lines) == [
                "188.33,10 397,10 605.67,10 605.67,155.5 397,155.5 188.33,155.5"
            ])
        let bars = SVG.bars(chart) { "\($0)" }.text
        #expect(attributes("height", of: "rect", in: bars) == ["97", "97", "97"])
        #expect(attributes("stroke-width", of: "line", in: bars).count { $0 == "1.5" } == 3)
    }

    @Test func barsStandOnZero() {
        let points: [SeriesChart.Point?] = [.init(-2, title: ""), .init(2, title: ""), nil]
        let svg = SVG.bars(SeriesChart(labels: ["a", "b", "c"], series: [points], label: "")) { "\($0)" }.text
        #expect(attributes("y", of: "rect", in: svg) == ["107", "10"])
        #expect(attributes("height", of: "rect", in: svg) == ["97", "97"])
    }

    @Test func aTimelineIsToScale() {
        func bar(_ start: Double, _ end: Double, isOpen: Bool = false) -> GanttChart.Bar {
            GanttChart.Bar(from: start, to: end, part: 0, isBad: isOpen, isOpen: isOpen, title: "t")
        }
        let chart = GanttChart(
            rows: [
                .init("whole", depth: 0, [bar(0, 100)]), .init("half", depth: 1, [bar(0, 50), bar(50, 50)]),
                .init("beyond", depth: 1, [bar(-5, 900, isOpen: true)]),
            ], axis: TimeAxis(seconds: 100), label: "")
        let svg = SVG.gantt(chart) { "\(Int($0))" }.text
        // The axis is 680 wide from 250 on.
        #expect(attributes("x", of: "rect", in: svg) == ["250", "250", "590", "250"])
        #expect(attributes("width", of: "rect", in: svg) == ["680", "340", "1", "680"])
        #expect(attributes("fill-opacity", of: "rect", in: svg).count == 1)
        #expect(attributes("stroke", of: "rect", in: svg).count == 1 && svg.contains(">60</text>"))
        // Without a length there is still a picture.
        #expect(
            SVG.gantt(
                GanttChart(rows: [.init("x", depth: 0, [bar(0, 0)])], axis: TimeAxis(seconds: 0), label: "")
            ) {
                "\($0)"
            }
            .text.contains("<rect"))
    }
}
