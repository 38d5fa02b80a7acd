import Testing

@testable import FlyteTrace

struct PlaceListsTests {
    private func lists(_ all: [[Int]]) -> PlaceLists {
        var lists = PlaceLists(capacity: all.count)
        for list in all { lists.append(list) }
        return lists
    }

    @Test func eachListIsReadAsItWasAppended() {
        let lists = lists([[], [0, 2], [0], []])
        #expect(lists.count == 4)
        #expect((0..<4).map { Array(lists[$0]) } == [[], [0, 2], [0], []])
        #expect((0..<3).allSatisfy { PlaceLists(emptyOnes: 3)[$0].isEmpty })
    }

    @Test func theOrderHasEachBehindThoseThatItNames() {
        #expect(lists([[], [0, 2], [0], [1]]).order == [0, 2, 1, 3])
        // Those that become free together stay as they came, and one that is named twice counts twice.
        #expect(lists([[2], [2, 2], []]).order == [2, 0, 1])
        #expect(lists([]).order == [])
        #expect(PlaceLists(emptyOnes: 3).order == [0, 1, 2])
    }

    @Test(arguments: [[[0]], [[1], [0]], [[], [0, 3], [1], [2]]])
    func aCircleHasNoOrder(circle: [[Int]]) { #expect(lists(circle).order == nil) }

    @Test func aLongChainTakesNoStack() {
        let chain = lists((0..<100_000).map { $0 + 1 < 100_000 ? [$0 + 1] : [] })
        #expect(chain.order == (0..<100_000).reversed())
    }
}
