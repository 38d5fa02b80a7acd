import Testing

@testable import FlyteAnalysis

/// What the error of a map says of its elements.
struct MapElementTests {
    @Test(
        arguments: [
            ("[2]: element 2 is broken\n", [2: "element 2 is broken"]),
            (
                "[0-2][5]: no room\r\n[7]: other\r\n",
                [0: "no room", 1: "no room", 2: "no room", 5: "no room", 7: "other"]
            ),
            (
                "[3]: Traceback:\n  File \"a.py\"\nValueError: x\n[4]: y",
                [3: "Traceback:\n  File \"a.py\"\nValueError: x", 4: "y"]
            ),
            // Said twice, the first counts.
            ("[1]: a\n[1]: b", [1: "a"]),
            ("no element at all", [:]), ("[x]: y", [:]), ("[2] y", [:]), ("[5-2]: y", [:]), ("[]: y", [:]),
            ("[-3]: y", [:]),
            ("[9223372036854775807]: far", [9_223_372_036_854_775_807: "far"]),
            ("[99999999999999999999]: farther", [:]),
            // What no map has.
            ("[0-9000000000000000000]: all", [:]),
        ] as [(String, [Int: String])])
    func isReadByIndexes(message: String, errors: [Int: String]) {
        #expect(MapElement.errors(in: message) == errors)
    }

    @Test func manyRangesComeToAnEnd() {
        let message = (0..<5000).map { _ in "[0-90000]: x" }.joined(separator: "\n")
        #expect(MapElement.errors(in: message).count == 90_001)
    }
}
