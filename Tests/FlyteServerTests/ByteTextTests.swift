import FlyteIDL
import FlyteModel
import TestSupport
import Testing

@testable import FlyteServer

/// What delimits in paths, queries and filters is a byte, and ids are their bytes.
struct ByteTextTests {
    /// All scalars there are but these, some hundreds at a time.
    private static func scalars(but others: String) -> [[String]] {
        let all = (0...0x10FFFF as ClosedRange<UInt32>).compactMap { Unicode.Scalar($0) }
            .filter { !others.unicodeScalars.contains($0) }.map { String($0) }
        return stride(from: 0, to: all.count, by: 500).map { Array(all[$0..<min(all.count, $0 + 500)]) }
    }

    private static func areSame(_ a: [some StringProtocol], _ b: [String]) -> Bool {
        a.elementsEqual(b) { String($0).hasSameBytes(as: $1) }
    }

    /// Whatever follows a delimiter, it delimits.
    @Test func everyScalarBehindEveryDelimiterOfATargetStaysInItsPart() {
        var wrong: [String] = []
        for some in Self.scalars(but: "/?&=:") {
            let path = "/" + some.joined(separator: "/")
            let query = some.map { "\($0)k=\($0)v" }.joined(separator: "&")
            let request = ServerRequest(
                method: "GET", target: "http://\(some[0])h\(path)?\(query)", headers: [], body: [])
            let isRight =
                request.path.hasSameBytes(as: path) && request.query.hasSameBytes(as: query)
                && Self.areSame(request.path.parts(by: UInt8(ascii: "/")), [""] + some)
                && Self.areSame(
                    request.query.parts(by: UInt8(ascii: "&")).map { $0.parts(by: UInt8(ascii: "="))[1] },
                    some.map { $0 + "v" })
                && request.without(parameter: some[0] + "k").query.hasSameBytes(
                    as: some.dropFirst().map { "\($0)k=\($0)v" }.joined(separator: "&"))
            if !isRight { wrong.append(some[0]) }
        }
        #expect(wrong == [])
    }

    @Test func everyScalarBehindEveryDelimiterOfAFilterStaysInItsValue() throws {
        var wrong: [String] = []
        // What delimits, and the white space that may stand before a value.
        for some in Self.scalars(but: "+;(),\u{9}\u{A}\u{C}\u{D} ") {
            let text = some.map { "\($0)x" }.joined(separator: ";")
            let filters = try Filter.parse(
                "value_in(phase,\(text))+eq(execution_name,\(some[0])x)", of: .execution,
                now: Timestamp(nanoseconds: 0))
            let values = filters.map(\.values)
            if values != [some.map { .text($0 + "x") }, [.text(some[0] + "x")]] { wrong.append(some[0]) }
        }
        #expect(wrong == [])
    }

    private static let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")

    @Test func namesThatUnicodeCallsTheSameAreTwo() throws {
        let installation = StoredInstallation()
        for name in [Self.composed, Self.decomposed] {
            installation.add(project: Message("admin.Project", ["id": .string(name)]))
            let id: Message = Message(
                "core.WorkflowExecutionIdentifier",
                ["project": "p", "domain": "d", "name": .string(name)])
            installation.add(execution: Message("admin.Execution", ["id": .message(id)]))
            for node in [Self.composed, Self.decomposed] {
                installation.add(
                    node: Message(
                        "admin.NodeExecution",
                        ["id": ["node_id": .string(node), "execution_id": .message(id)]]))
            }
            installation.add(blob: name, Array(name.utf8))
        }
        #expect(installation.projects().count == 2)
        #expect(installation.executions(project: "p", domain: "d").count == 2)
        let id = ExecutionID(project: "p", domain: "d", name: Self.decomposed)
        #expect(installation.nodes(of: id).count == 2)
        #expect(installation.node(Self.composed, of: id)?.text("node_id").utf8.count == 5)
        #expect(installation.blob(Self.composed) == Array(Self.composed.utf8))
        #expect(ColumnValue.text(Self.composed) != .text(Self.decomposed))
    }
}
