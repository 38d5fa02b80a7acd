import Foundation
import TestSupport
import Testing

@testable import FlyteIDL

/// What prints JSON is C alone, and so carries the definitions as a table.
struct MessageTableTests {
    private static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/CFlyteJSON/definitions.h")

    /// `RECORD=1 swift test --filter MessageTableTests` writes the table anew.
    @Test func theCoreHasTheSameDefinitions() throws {
        let table = Self.table()
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try Data(table.utf8).write(to: Self.path)
            Issue.record("The table was written; look at the difference, and run again without RECORD.")
        }
        #expect(try String(contentsOf: Self.path, encoding: .utf8) == table)
    }

    private static func table() -> String {
        var fields: [String] = []
        var messages = Array(repeating: "", count: IDL.messages.count)
        // Sorted, so that a message is found by its name.
        let sorted = IDL.messages.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let messageIndices = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.name, $0) })
        let enumIndices = Dictionary(uniqueKeysWithValues: IDL.enums.enumerated().map { ($1.name, $0) })
        for type in IDL.messages {
            messages[messageIndices[type.name] ?? -1] =
                "{\"\(type.name)\", \(form(type)), \(type.fields.count), definition_fields + \(fields.count)}"
            var oneofs: [String] = []
            for field in type.declarationOrder.map({ type.fields[$0] }) {
                if let oneof = field.oneof, !oneofs.contains(oneof) { oneofs.append(oneof) }
                let oneof = field.oneof.flatMap { oneofs.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
                let (kind, index) =
                    switch field.kind {
                    case .message(let type): ("MESSAGE", messageIndices[type.name] ?? -1)
                    case .enumeration(let type): ("ENUM", enumIndices[type.name] ?? -1)
                    default: ("\(field.kind)".uppercased(), 0)
                    }
                fields.append(
                    "{\"\(field.name)\", \(field.number), \(kind), \("\(field.cardinality)".uppercased()), \(oneof), \(index)}"
                )
            }
        }
        var names: [String] = []
        var enums: [String] = []
        for type in IDL.enums {
            enums.append("{\(type.values.count), definition_names + \(names.count)}")
            names += type.values.map { "{\"\($0.name)\", \($0.number)}" }
        }
        func array(_ declaration: String, _ rows: [String]) -> String {
            "static const \(declaration)[] = {\n" + rows.map { "    \($0),\n" }.joined() + "};\n"
        }
        return """
            // The definitions of Flyte's messages, with the fields in their order. A test writes and checks this file.

            """ + "\n" + array("struct field definition_fields", fields) + "\n"
                + array("struct message_type definition_messages", messages) + "\n"
                + array("struct enum_name definition_names", names) + "\n"
                + array("struct enum_type definition_enums", enums)
    }

    private static func form(_ type: MessageType) -> String {
        switch type.form {
        case .object: "OBJECT"
        case .timestamp: "TIMESTAMP"
        case .duration: "DURATION"
        case .structure: "STRUCTURE"
        case .value: "VALUE"
        case .listValue: "LIST_VALUE"
        case .any: "ANY"
        case .wrapper: "WRAPPER"
        }
    }
}
