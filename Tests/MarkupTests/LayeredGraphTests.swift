import Foundation
import Testing

@testable import Markup

@Suite struct LayeredGraphTests {
    private func graph(_ count: Int, _ edges: [(Int, Int)]) -> LayeredGraph {
        LayeredGraph(
            nodes: (0..<count).map { .init("n\($0)", status: "", .plain, isMarked: false, title: "n\($0)") },
            edges: edges.map { .init(from: $0.0, to: $0.1, isMarked: false) }, label: "A & B")
    }

    @Test func eachStandsRightOfAllThatItWaitsFor() {
        let edges = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3), (4, 3)]
        let graph = graph(6, edges)
        let layers = graph.layers()
        #expect(layers == [0, 1, 1, 2, 0, 0])
        let svg = SVG.graph(graph).text
        #expect(
            svg.components(separatedBy: "<rect").count == 7 && svg.components(separatedBy: "<path").count == 7
        )
        #expect(svg.contains("aria-label=\"A &amp; B\""))
    }

    @Test func circlesAreOpened() {
        let graph = graph(3, [(0, 1), (1, 2), (2, 0), (1, 1), (7, 0), (0, -1)])
        #expect(graph.edges.count == 2 && graph.layers() == [0, 1, 2])
        #expect(SVG.graph(graph).text.contains("<svg"))
    }

    @Test func noNodesAndVeryManyAreNoTrouble() {
        #expect(graph(0, []).isReadable && SVG.graph(graph(0, [])).text.contains("<svg"))
        let chain = graph(20_000, (0..<19_999).map { ($0, $0 + 1) })
        #expect(!chain.isReadable && chain.layers().last == 19_999)
    }

    /// No two boxes lie on each other.
    @Test(arguments: UInt64(0)..<20) func boxesLieApart(seed: UInt64) {
        var state = seed &* 6_364_136_223_846_793_005 &+ 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let count = 2 + next(30)
        let svg = SVG.graph(graph(count, (0..<count * 2).map { _ in (next(count), next(count)) })).text
        var boxes: [(x: Double, y: Double)] = []
        for match in svg.matches(of: #/<rect class="plain" x="([0-9.]+)" y="([0-9.]+)"/#) {
            boxes.append((Double(match.1) ?? .nan, Double(match.2) ?? .nan))
        }
        #expect(boxes.count == count)
        for (number, a) in boxes.enumerated() {
            for b in boxes[(number + 1)...] { #expect(abs(a.x - b.x) >= 180 || abs(a.y - b.y) >= 40) }
        }
    }
}
