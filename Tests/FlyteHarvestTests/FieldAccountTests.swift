import FlyteArchive
import FlyteIDL
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// Every field that a real server has filled is accounted for: it is a column of a view, or it is only in the raw
/// message, and somebody said so in `Tests/Fixtures/fields.txt`.
struct FieldAccountTests {
    /// `type.field` and where it is: `view.column`, `-` for what only holds other fields, or `raw`.
    private func account() throws -> [String: String] {
        var account: [String: String] = [:]
        for line in String(decoding: try Fixtures.bytes("fields.txt"), as: UTF8.self).split(separator: "\n")
        where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            #expect(words.count == 2, "\(line)")
            #expect(account.updateValue(String(words[1]), forKey: String(words[0])) == nil, "\(line) twice")
        }
        return account
    }

    private func note(_ message: Message, _ seen: inout Set<String>) {
        // What the definitions do not know is kept in the raw message, and told nowhere else.
        if !message.unknownFields.isEmpty { seen.insert("\(message.type.name).?") }
        for (field, value) in message.setFields {
            seen.insert("\(message.type.name).\(field.name)")
            note(value, &seen)
        }
    }

    private func note(_ value: Value, _ seen: inout Set<String>) {
        switch value {
        case .message(let message): note(message, &seen)
        case .list(let values): for value in values { note(value, &seen) }
        case .map(let values): for (_, value) in values { note(value, &seen) }
        default: break
        }
    }

    private func seen() throws -> Set<String> {
        var seen: Set<String> = []
        for set in [RecordedExchange.Set.propellerCases, .scriptedLocal, .scriptedLater] {
            let recorded = try RecordedCaptures(set)
            for capture in recorded.captures.values {
                for message in capture.messages {
                    guard
                        let type = message.kind.messageType(
                            isExecution: message.place.nodeID == nil, isAttempt: message.place.attempt != nil)
                    else { continue }
                    note(try Message(decoding: message.bytes, as: type), &seen)
                }
            }
            let types = [
                DefinitionID.Kind.task: "admin.Task", .workflow: "admin.Workflow",
                .launchPlan: "admin.LaunchPlan",
            ]
            for (id, bytes) in recorded.definitions {
                note(try Message(decoding: bytes, as: types[id.kind] ?? ""), &seen)
            }
        }
        return seen
    }

    @Test func everyFieldOfEveryRecordedMessageIsAccountedFor() throws {
        let account = try account()
        let seen = try seen()
        let unaccounted = seen.subtracting(account.keys).sorted()
        #expect(unaccounted.isEmpty, "in no line of fields.txt: \(unaccounted.joined(separator: " "))")
        let unseen = Set(account.keys).subtracting(seen).sorted()
        #expect(unseen.isEmpty, "no recording has: \(unseen.joined(separator: " "))")
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/empty.db", mode: .readWrite)
            for (field, place) in account where place != "raw" && place != "-" {
                let words = place.split(separator: ".")
                let columns = try archive.query("SELECT * FROM \(words[0]) LIMIT 0").columns.map(\.name)
                #expect(columns.contains(String(words.last ?? "")), "\(field) \(place)")
            }
        }
    }
}

extension CapturedMessage.Kind {
    /// The type of a message of this kind; nil for what has none of its own.
    fileprivate func messageType(isExecution: Bool, isAttempt: Bool) -> String? {
        switch self {
        case .execution: "admin.Execution"
        case .node: "admin.NodeExecution"
        case .attempt: "admin.TaskExecution"
        case .data where isExecution: "admin.WorkflowExecutionGetDataResponse"
        case .data where isAttempt: "admin.TaskExecutionGetDataResponse"
        case .data: "admin.NodeExecutionGetDataResponse"
        case .metrics: "admin.WorkflowExecutionGetMetricsResponse"
        case .signal: "admin.Signal"
        case .dynamicWorkflow: "admin.DynamicNodeWorkflowResponse"
        case .literalMap: "core.LiteralMap"
        case .literal: "core.Literal"
        }
    }
}
