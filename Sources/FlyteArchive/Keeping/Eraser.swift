import FlyteIDL
import FlyteModel

/// Takes what is to be forgotten out of messages, which stay messages of their type.
struct Eraser {
    enum Target {
        /// Every occurrence of a text.
        case value(ValueForms)
        /// The values of the variables whose names have these digests.
        case variables(Set<[UInt8]>)
    }

    /// What stands in the place of what was erased.
    static let marker = "[forgotten]"
    /// The marker as MessagePack, in which flytekit keeps what is no plain value.
    private static let packedMarker = [0xA0 | UInt8(marker.utf8.count)] + Array(marker.utf8)

    let target: Target

    static func digest(ofVariable name: String) -> [UInt8] { SHA256.hash(Array(name.utf8)) }

    /// An execution without what is to be forgotten, each place of it told as withheld; nil when there is none of it.
    func erased(_ capture: ExecutionCapture) -> ExecutionCapture? {
        var result = capture
        result.messages = []
        var places: [Withheld] = []
        var pages = OffloadedPages()
        for message in capture.messages {
            guard mayHold(message.bytes) else {
                result.messages.append(message)
                continue
            }
            guard let bytes = erased(message.bytes, as: message.typeName, &pages) else {
                result.messages.append(message)
                continue
            }
            places.append(
                Withheld(
                    place: message.place, field: message.kind.rawValue, state: .redacted,
                    detail: "forgotten at its owner's wish"))
            // One that cannot be read, or still holds it, goes as a whole.
            guard !bytes.isEmpty else { continue }
            var changed = message
            changed.bytes = bytes
            result.messages.append(changed)
        }
        // The values that erased literals pointed to.
        result.messages.removeAll { $0.kind == .literal && $0.uri.map(pages.uris.contains) == true }
        if case .value(let forms) = target { replaceNames(in: &result, forms, &places) }
        guard !places.isEmpty || result.messages.count != capture.messages.count else { return nil }
        var seen: Set<Withheld> = []
        result.withheld += places.filter { seen.insert($0).inserted }
        return result
    }

    /// A definition without it; nil when there is none of it.
    func erased(_ definition: [UInt8], of kind: DefinitionID.Kind) -> [UInt8]? {
        guard mayHold(definition) else { return nil }
        var pages = OffloadedPages()
        let type =
            switch kind {
            case .task: "admin.Task"
            case .workflow: "admin.Workflow"
            case .launchPlan: "admin.LaunchPlan"
            }
        return erased(definition, as: type, &pages)
    }

    /// Where erased literals had their values.
    struct OffloadedPages { var uris: Set<KeyBytes> = [] }

    private func mayHold(_ bytes: [UInt8]) -> Bool {
        if case .value(let forms) = target { return forms.stand(in: bytes) }
        return true
    }

    /// Ids of nodes and URIs stand in rows beside the messages, too.
    private func replaceNames(
        in capture: inout ExecutionCapture, _ forms: ValueForms, _ places: inout [Withheld]
    ) {
        func replace(_ text: inout String?) {
            if let new = text.flatMap({ forms.replaced(in: $0, by: Self.marker) }) { text = new }
        }
        for index in capture.messages.indices {
            replace(&capture.messages[index].place.nodeID)
            replace(&capture.messages[index].parentNodeID)
            replace(&capture.messages[index].uri)
        }
        for index in capture.withheld.indices {
            replace(&capture.withheld[index].place.nodeID)
            guard let detail = forms.replaced(in: capture.withheld[index].detail, by: Self.marker) else {
                continue
            }
            capture.withheld[index].detail = detail
            places.append(capture.withheld[index])
        }
        for index in places.indices { replace(&places[index].place.nodeID) }
    }

    // MARK: Within a message

    /// nil when nothing changed; empty when the message cannot be had without what is to be forgotten.
    private func erased(_ bytes: [UInt8], as type: String, _ pages: inout OffloadedPages) -> [UInt8]? {
        guard let message = try? Message(decoding: bytes, as: type) else {
            if case .value = target { return [] }
            return nil
        }
        let changed = erased(message, &pages)
        guard changed != message else {
            if case .value = target { return [] }
            return nil
        }
        let result = changed.encoded()
        if case .value(let forms) = target, forms.stand(in: result) { return [] }
        return result
    }

    private func erased(_ message: Message, _ pages: inout OffloadedPages) -> Message {
        var result = message
        if case .value(let forms) = target, forms.stand(in: message.unknownFields) {
            result = Message(message.type)
        }
        for (field, value) in message.setFields {
            var new = erased(value, &pages)
            if case .variables(let digests) = target, case .map(var entries) = new {
                for name in entries.keys where digests.contains(Self.digest(ofVariable: name)) {
                    if let kept = Self.replacement(of: entries[name], &pages) { entries[name] = kept }
                }
                new = .map(entries)
            }
            result[field.name] = new
        }
        return result
    }

    private func erased(_ value: Value, _ pages: inout OffloadedPages) -> Value {
        switch value {
        case .message(let message): return .message(erased(message, &pages))
        case .list(let elements): return .list(elements.map { erased($0, &pages) })
        case .map(let entries):
            return .map(
                ValueMap(
                    entries.map { entry in
                        guard case .string(let key) = erased(.string(entry.key), &pages) else { return entry }
                        return (key: key, value: erased(entry.value, &pages))
                    }))
        case .string(let text):
            guard case .value(let forms) = target else { return value }
            return forms.replaced(in: text, by: Self.marker).map { .string($0) } ?? value
        case .bytes(let bytes):
            guard case .value(let forms) = target, forms.stand(in: bytes) else { return value }
            return .bytes(Self.packedMarker)
        default: return value
        }
    }

    /// The marker as a literal, or as a parameter's default; nil for what holds no value.
    private static func replacement(of value: Value?, _ pages: inout OffloadedPages) -> Value? {
        guard case .message(let message)? = value else { return nil }
        switch message.type.name {
        case "core.Literal":
            if let uri = message.message("offloaded_metadata")?.string("uri"), !uri.isEmpty {
                pages.uris.insert(uri)
            }
            return .message(markerLiteral)
        case "core.Parameter" where message.message("default") != nil:
            var parameter = message
            parameter["default"] = .message(markerLiteral)
            return .message(parameter)
        default: return nil
        }
    }

    private static let markerLiteral = Message(
        "core.Literal", ["scalar": ["primitive": ["string_value": .string(marker)]]])
}
