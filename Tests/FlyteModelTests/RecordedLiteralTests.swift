import FlyteModel
import Foundation
import TestSupport
import Testing

struct RecordedLiteralTests {
    @Test(arguments: [RecordedExchange.Set.propellerCases, .scriptedLocal])
    func everyMapIsOneJSONObjectOfItsVariables(set: RecordedExchange.Set) throws {
        var maps = 0
        var types: Set<String> = []
        for tree in try RecordedCaptures(set).trees().values {
            var places = [tree.inputs, tree.outputs]
            for node in tree.nodes {
                places += [node.inputs, node.outputs]
                for attempt in node.attempts { places += [attempt.inputs, attempt.outputs] }
            }
            for case let place? in places {
                maps += 1
                let bytes = tree.capture.messages[place.message].bytes
                let text = try #require(try LiteralJSON.text(ofMap: bytes, in: place.range))
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
                let variables = try LiteralMap(decoding: bytes, in: place.range).variables
                #expect(
                    variables.map(\.name) == object.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                )
                types.formUnion(variables.map(\.type))
                // The whole is its parts, joined.
                if variables.allSatisfy({ $0.json != nil }) {
                    let parts = try variables.map { variable in
                        let name = try JSONSerialization.data(
                            withJSONObject: variable.name,
                            options: [.fragmentsAllowed, .withoutEscapingSlashes])
                        return String(decoding: name, as: UTF8.self) + ":" + (variable.json ?? "")
                    }
                    #expect(text == "{" + parts.joined(separator: ",") + "}")
                }
            }
        }
        #expect(maps > 500)
        #expect(types.isSuperset(of: ["integer", "string", "list"]), "\(types)")
    }
}
