import FlyteIDL
import Foundation

/// Lets another implementation of protobuf put the codec to the test.
///
/// Without arguments it answers questions, one a line, in order: `wire`, `snake`, `camel` or `json`, the name of a
/// message, and bytes in base64, apart by tabs. The first three read protobuf and write protobuf or JSON, the last
/// reads JSON and writes protobuf. An answer is `ok` and base64, or `error` and words. With `tables` it lists every field of
/// every message and every value of every enum.
@main
enum CodecProbe {
    static func main() {
        guard CommandLine.arguments.dropFirst().first != "tables" else { return listTables() }
        while let line = readLine() {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            print(parts.count == 3 ? answer(parts[0], parts[1], parts[2]) : "error\tnot a question")
            fflush(nil)
        }
    }

    private static func answer(_ operation: String, _ type: String, _ text: String) -> String {
        guard let type = IDL.messageOrNil(type), let data = Data(base64Encoded: text) else {
            return "error\tnot a question"
        }
        let bytes = [UInt8](data)
        do {
            let result: [UInt8]
            switch operation {
            case "json": result = try Message(json: bytes, as: type).encoded()
            case "wire": result = try Message(decoding: bytes, as: type).encoded()
            case "snake": result = try Message(decoding: bytes, as: type).jsonBytes(.snakeCase)
            case "camel": result = try Message(decoding: bytes, as: type).jsonBytes(.camelCase)
            default: return "error\tnot a question"
            }
            return "ok\t" + Data(result).base64EncodedString()
        } catch {
            return "error\t\(error)".replacingOccurrences(of: "\n", with: " ")
        }
    }

    private static func listTables() {
        for type in IDL.messages {
            print("message", type.fullName)
            for field in type.fields {
                print(
                    "field", field.number, field.name, field.jsonName, "\(field.cardinality)",
                    kind(field.kind), field.oneof ?? "-")
            }
        }
        for type in IDL.enums {
            print("enum", type.name.hasPrefix("google.") ? type.name : "flyteidl." + type.name)
            for value in type.values { print("value", value.number, value.name) }
        }
    }

    private static func kind(_ kind: Field.Kind) -> String {
        switch kind {
        case .message(let type): type.fullName
        case .enumeration(let type):
            type.name.hasPrefix("google.") ? type.name : "flyteidl." + type.name
        default: "\(kind)"
        }
    }
}
