import FlyteIDL
import FlyteModel

/// Takes inputs or outputs out of messages that hold them beside something else.
struct SkippedData {
    var skipsInputs: Bool
    var skipsOutputs: Bool

    /// The message without what is skipped; nil when nothing is.
    func removed(from message: CapturedMessage) -> CapturedMessage? {
        guard skipsInputs || skipsOutputs, Self.mayHold(message.kind),
            let bytes = try? kept(WireReader(message.bytes), IDL.message(message.typeName))
        else { return nil }
        var message = message
        message.bytes = bytes
        return message
    }

    /// Whether a message holds inputs or outputs beside something else.
    private static func mayHold(_ kind: CapturedMessage.Kind) -> Bool {
        switch kind {
        case .execution, .node, .attempt, .data: true
        case .metrics, .signal, .dynamicWorkflow, .literalMap, .literal: false
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
