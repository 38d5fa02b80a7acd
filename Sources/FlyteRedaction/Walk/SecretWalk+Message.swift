import FlyteIDL

// Flyte's own messages.
extension SecretWalk {
    /// The message with its secrets replaced; nil when it holds none.
    func message(_ reader: WireReader, _ type: MessageType, _ context: Context) throws(WireError) -> [UInt8]?
    {
        guard context.depth < Message.depthLimit else { throw .tooDeep }
        guard !Self.identifiers.contains(type.name) else { return nil }
        switch type.name {
        case "core.Primitive", "google.protobuf.Value":
            if let token = try number(in: reader, type, context) {
                return Message(type, ["string_value": .string(String(decoding: token, as: UTF8.self))])
                    .encoded()
            }
        case "core.Binary": return try binary(reader, context)
        case "google.protobuf.Any":
            guard let inner = try contentType(of: reader) else { break }
            return try fields(reader, type, context) { walk, field, range, _ throws(WireError) in
                guard field.name == "value" else { return nil }
                return try walk.message(WireReader(reader.bytes, in: range), inner, context.inner())
            }
        default: break
        }
        var own = context
        // Of a pair, the one names the other.
        if let naming = Self.naming[type.name] {
            if let name = try string(naming.name, of: reader, type) { own = named(name, context) }
        }
        let named = Self.naming[type.name]?.value
        let pairName = type.name == "google.protobuf.Struct" ? try Self.pairName(reader) : nil
        return try fields(reader, type, context) { walk, field, range, previous throws(WireError) in
            try walk.value(
                reader.bytes, range, field, of: type, named == field.name ? own : context,
                previous: previous, pairName: pairName)
        }
    }

    /// Names that tie the tree together: replaced in one place they would lead nowhere.
    private static let identifiers: Set<String> = [
        "core.Identifier", "core.WorkflowExecutionIdentifier", "core.NodeExecutionIdentifier",
        "core.TaskExecutionIdentifier", "core.SignalIdentifier", "core.ConnectionSet", "core.OutputReference",
        "google.protobuf.Timestamp", "google.protobuf.Duration",
    ]

    private static let identifyingFields: Set<String> = [
        "node_id", "spec_node_id", "failed_node_id", "unique_parent_id", "upstream_node_ids", "signal_id",
        "retry_group", "var", "type_url",
    ]

    /// Which member of a message names which other.
    private static let naming: [String: (name: String, value: String)] = [
        "core.KeyValuePair": ("key", "value"),
        "core.Binding": ("var", "binding"),
        "admin.Signal": ("id", "value"),
    ]

    /// Messages that hold a variable's value, and not what is said of it.
    private static let carriers: Set<String> = [
        "core.Literal", "core.LiteralMap", "core.LiteralCollection", "core.Scalar", "core.Primitive",
        "core.Blob",
        "core.Binary", "core.Schema", "core.StructuredDataset", "core.Union", "core.Error",
        "core.LiteralOffloadedMetadata", "core.BindingData", "core.BindingDataCollection",
        "core.BindingDataMap",
        "core.Parameter", "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue",
    ]

    /// What the audit calls the fields that people know.
    private static let labels: [String: String] = [
        "inputs": "inputs", "full_inputs": "inputs", "computed_inputs": "inputs", "fixed_inputs": "inputs",
        "default_inputs": "inputs", "outputs": "outputs", "full_outputs": "outputs", "output_data": "outputs",
        "error": "error", "labels": "label", "annotations": "annotation", "envs": "env", "env": "env",
        "logs": "log", "log": "log", "reason": "reason", "reasons": "reason", "abort_metadata": "abort_cause",
        "abort_cause": "abort_cause",
    ]

    /// Goes through the fields with a length, and copies the message only when one of them changes.
    ///
    /// - Parameter change: Gets where the value lies, and the one before it when that has the same number.
    private func fields(
        _ reader: WireReader, _ type: MessageType, _ context: Context,
        _ change: (SecretWalk, Field, Range<Int>, Range<Int>?) throws(WireError) -> [UInt8]?
    ) throws(WireError) -> [UInt8]? {
        var reader = reader
        var copy = ChangedCopy(of: reader)
        var previous: (number: Int, range: Range<Int>)?
        while let (tag, start) = try reader.nextWithStart() {
            guard tag.kind == .lengthDelimited else {
                try reader.skip(tag)
                continue
            }
            let range = try reader.range()
            let new: [UInt8]?
            if let field = type.field(number: tag.number) {
                new = try change(self, field, range, previous?.number == tag.number ? previous?.range : nil)
            } else {
                new = unknown(reader.bytes, range, context.inner())
            }
            previous = (tag.number, range)
            if let new { copy.replaceField(tag.number, start..<reader.position, by: new) }
        }
        return copy.finished(at: reader.position)
    }

    private func value(
        _ bytes: [UInt8], _ range: Range<Int>, _ field: Field, of type: MessageType, _ context: Context,
        previous: Range<Int>?, pairName: String?
    ) throws(WireError) -> [UInt8]? {
        var inner = context.inner()
        if inner.field == nil { inner.field = Self.labels[field.name] }
        if field.cardinality == .map {
            if inner.field == nil { inner.field = field.name }
            return try entry(WireReader(bytes, in: range), field, inner, pairName: pairName)
        }
        switch field.kind {
        case .string:
            guard !Self.identifyingFields.contains(field.name),
                !(type.name == "core.Node" && field.name == "id")
            else { return nil }
            if inner.field == nil { inner.field = field.name }
            if let previous, bytes[range].first != UInt8(ascii: "-"),
                let name = nameGiven(byArgument: Array(bytes[previous]))
            {
                inner = named(name, inner)
            }
            return text(Array(bytes[range]), inner)
        case .bytes: return data(Array(bytes[range]), inner)
        case .message(let message):
            guard Self.carriers.contains(message.name) else {
                return try self.message(WireReader(bytes, in: range), message, inner.withoutName())
            }
            if inner.field == nil { inner.field = field.name }
            return try self.message(WireReader(bytes, in: range), message, inner)
        default: return nil
        }
    }

    private func entry(
        _ entry: WireReader, _ field: Field, _ context: Context, pairName: String?
    ) throws(WireError) -> [UInt8]? {
        let (key, value) = try Self.parts(of: entry)
        let name = String(decoding: key, as: UTF8.self)
        let inner = named(name == "value" ? pairName ?? name : name, context)
        let newKey = text(key, context.withoutName())
        var newValue: [UInt8]?
        if let value {
            switch field.kind {
            case .string: newValue = text(Array(entry.bytes[value]), inner)
            case .message(let type):
                newValue = try message(
                    WireReader(entry.bytes, in: value), type,
                    Self.carriers.contains(type.name) ? inner.inner() : inner.inner().withoutName())
            default: break
            }
        }
        guard newKey != nil || newValue != nil else { return nil }
        var writer = WireWriter()
        writer.field(1, newKey ?? key)
        writer.field(2, newValue ?? value.map { Array(entry.bytes[$0]) } ?? [])
        return writer.bytes
    }

    private static func parts(of entry: WireReader) throws(WireError) -> (key: [UInt8], value: Range<Int>?) {
        var reader = entry
        var key: [UInt8] = []
        var value: Range<Int>?
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): key = try reader.byteArray()
            case (2, .lengthDelimited): value = try reader.range()
            default: try reader.skip(tag)
            }
        }
        return (key, value)
    }

    // MARK: Looking ahead

    /// A string member; of an identifier the name that it gives a signal.
    private func string(_ name: String, of reader: WireReader, _ type: MessageType) throws(WireError)
        -> String?
    {
        guard let field = type.field(named: name) else { return nil }
        var reader = reader
        while let tag = try reader.next() {
            guard tag.number == field.number, tag.kind == .lengthDelimited else {
                try reader.skip(tag)
                continue
            }
            guard case .message(let inner) = field.kind else {
                return String(decoding: try reader.byteArray(), as: UTF8.self)
            }
            return try string("signal_id", of: try reader.message(), inner)
        }
        return nil
    }

    /// The type of what an `Any` holds; nil when nobody here knows it.
    private func contentType(of any: WireReader) throws(WireError) -> MessageType? {
        try string("type_url", of: any, IDL.message("google.protobuf.Any"))?
            .parts(by: UInt8(ascii: "/")).last.flatMap { IDL.messageOrNil(String($0)) }
    }

    /// The digits of a number or a time that is a secret, as its token.
    private func number(in reader: WireReader, _ type: MessageType, _ context: Context) throws(WireError)
        -> [UInt8]?
    {
        var reader = reader
        var digits: String?
        while let tag = try reader.next() {
            let name = type.field(number: tag.number)?.name
            switch (name, tag.kind) {
            case ("integer", .varint): digits = String(Int64(bitPattern: try reader.varint()))
            case ("float_value", .fixed64), ("number_value", .fixed64):
                let value = try reader.double()
                digits = Int64(exactly: value).map { String($0) } ?? "\(value)"
            case ("datetime", .lengthDelimited), ("duration", .lengthDelimited):
                let time = try reader.byteArray()
                if let rule = context.rule { return token(for: time, rule: rule, context) }
            default:
                digits = nil
                try reader.skip(tag)
            }
        }
        return digits.flatMap { number($0, context) }
    }

    /// `{"name": "API_KEY", "value": …}`, as Kubernetes writes environments: what names the value.
    private static func pairName(_ object: WireReader) throws(WireError) -> String? {
        var reader = object
        while let tag = try reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            let (key, value) = try parts(of: try reader.message())
            guard key == Array("name".utf8) || key == Array("key".utf8), let value else { continue }
            let name = try Message(decoding: Array(reader.bytes[value]), as: "google.protobuf.Value")
                .string("string_value")
            if !name.isEmpty { return name }
        }
        return nil
    }

    // MARK: What the definitions do not tell

    /// MessagePack has names like any document; other binaries are texts or closed to us.
    private func binary(_ reader: WireReader, _ context: Context) throws(WireError) -> [UInt8]? {
        let type = IDL.message("core.Binary")
        let tag = try string("tag", of: reader, type)
        return try fields(reader, type, context) { walk, field, range, _ throws(WireError) in
            guard field.name == "value" else { return nil }
            let data = Array(reader.bytes[range])
            if tag == "msgpack", let document = walk.messagePack(data, context.inner()) {
                return document == data ? nil : document
            }
            return walk.data(data, context.inner())
        }
    }

    /// A field that the definition does not know: a message, a text or neither.
    private func unknown(_ bytes: [UInt8], _ range: Range<Int>, _ context: Context) -> [UInt8]? {
        let content = Array(bytes[range])
        if isFinding {
            if String(validating: content, as: UTF8.self) != nil { _ = text(content, context.withoutName()) }
            return nil
        }
        guard holdsSecret(content) else { return nil }
        if let changed = try? unknownMessage(WireReader(content), context), !holdsSecret(changed) {
            return changed
        }
        return data(content, context.withoutName())
    }

    private func unknownMessage(_ reader: WireReader, _ context: Context) throws(WireError) -> [UInt8]? {
        guard context.depth < Message.depthLimit else { throw .tooDeep }
        var reader = reader
        var copy = ChangedCopy(of: reader)
        while let (tag, start) = try reader.nextWithStart() {
            guard tag.kind == .lengthDelimited else {
                try reader.skip(tag)
                continue
            }
            let range = try reader.range()
            if let new = unknown(reader.bytes, range, context.inner()) {
                copy.replaceField(tag.number, start..<reader.position, by: new)
            }
        }
        return copy.finished(at: reader.position)
    }
}

/// A message that is copied when its first field changes.
private struct ChangedCopy {
    private let source: [UInt8]
    private var copied: Int
    private var writer: WireWriter?

    init(of reader: WireReader) {
        source = reader.bytes
        copied = reader.position
    }

    mutating func replaceField(_ number: Int, _ old: Range<Int>, by new: [UInt8]) {
        var writer = writer ?? WireWriter()
        self.writer = nil  // so that the bytes have one owner
        writer.raw(source[copied..<old.lowerBound])
        writer.field(number, new)
        copied = old.upperBound
        self.writer = writer
    }

    /// nil when nothing changed.
    func finished(at end: Int) -> [UInt8]? {
        guard var writer else { return nil }
        writer.raw(source[copied..<end])
        return writer.bytes
    }
}

extension WireReader {
    fileprivate mutating func nextWithStart() throws(WireError) -> (tag: WireTag, start: Int)? {
        let start = position
        return try next().map { ($0, start) }
    }
}
