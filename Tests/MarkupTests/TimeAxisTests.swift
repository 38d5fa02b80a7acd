import Testing

@testable import Markup

@Suite struct TimeAxisTests {
    @Test func withoutBreaksItIsToScale() {
        let axis = TimeAxis(seconds: 200)
        #expect([0, 50, 100, 200].map(axis.place) == [0, 0.25, 0.5, 1])
        #expect(axis.place(-5) == 0 && axis.place(900) == 1)
    }

    @Test func aBreakTakesLittleRoomAndTheOrderStays() {
        let axis = TimeAxis(seconds: 1000, breaks: [100...900])
        // 5 % for the break, and 95 % for 200 seconds.
        #expect(abs(axis.place(100) - 0.475) < 1e-9 && abs(axis.place(900) - 0.525) < 1e-9)
        #expect(abs(axis.place(500) - 0.5) < 1e-9 && axis.place(1000) == 1)
        let places = stride(from: 0.0, through: 1000, by: 7).map(axis.place)
        #expect(places == places.sorted())
        #expect(axis.marks(atMost: 8).allSatisfy { !(100.1..<899.9).contains($0) })
    }

    @Test func breaksThatCannotBeAreLeftOut() {
        let axis = TimeAxis(seconds: 10, breaks: [1...3, 2...4, 5...50])
        #expect(axis.breaks == [1...3])
        #expect(TimeAxis(seconds: .nan).length == 1 && TimeAxis(seconds: 0).place(0) == 0)
    }

    @Test func allOfItMayBeBreaks() {
        let axis = TimeAxis(seconds: 10, breaks: [0...5, 5...10])
        let places = [0, 2.5, 5, 7.5, 10].map(axis.place)
        #expect(places == places.sorted() && places.allSatisfy { (0...1).contains($0) })
    }
}
