import FlyteIDL
import FlyteModel

/// Takes inputs or outputs out of messages that hold them beside something else.
struct SkippedData {
    var skipsInputs: Bool
    var skipsOutputs: Bool

    /// The message without what is skipped.
    func removed(from message: CapturedMessage) -> CapturedMessage {
        guard skipsInputs || skipsOutputs, let type = Self.type(of: message),
            let bytes = try? kept(WireReader(message.bytes), IDL.message(type))
        else { return message }
        var message = message
        message.bytes = bytes
        return message
    }

    /// nil for messages that hold neither, or nothing else.
    private static func type(of message: CapturedMessage) -> String? {
        switch message.kind {
        case .execution: "admin.Execution"
        case .node: "admin.NodeExecution"
        case .attempt: "admin.TaskExecution"
        case .data where message.place.nodeID == nil: "admin.WorkflowExecutionGetDataResponse"
        case .data where message.place.attempt == nil: "admin.NodeExecutionGetDataResponse"
        case .data: "admin.TaskExecutionGetDataResponse"
        case .metrics, .signal, .dynamicWorkflow, .literalMap, .literal: nil
        }
    }

    private func skips(_ field: Field) -> Bool {
        guard case .message(let type) = field.kind else { return false }
        switch (type.name, field.name) {
        case ("core.LiteralMap", "inputs"), ("core.LiteralMap", "computed_inputs"),
            ("core.LiteralMap", "full_inputs"), ("admin.UrlBlob", "inputs"):
            return skipsInputs
        case ("core.LiteralMap", "full_outputs"), ("core.LiteralMap", "output_data"),
            ("core.LiteralMap", "values"), ("admin.UrlBlob", "outputs"):
            return skipsOutputs
        default: return false
        }
    }

    private func kept(_ reader: WireReader, _ type: MessageType) throws(WireError) -> [UInt8] {
        var reader = reader
        var writer = WireWriter()
        var start = reader.position
        while let tag = try reader.next() {
            let field = type.field(number: tag.number)
            if tag.kind == .lengthDelimited, let field, case .message(let inner) = field.kind {
                let value = try reader.message()
                if inner.name.hasPrefix("admin."), !skips(field) {
                    writer.field(tag.number, try kept(value, inner))
                } else if !skips(field) {
                    writer.raw(reader.bytes[start..<reader.position])
                }
            } else {
                try reader.skip(tag)
                writer.raw(reader.bytes[start..<reader.position])
            }
            start = reader.position
        }
        return writer.bytes
    }
}
