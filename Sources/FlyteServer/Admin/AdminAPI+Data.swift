import FlyteIDL
import FlyteModel

// Inputs and outputs: signed URLs, maps in the answer while they are small, and silence about what cannot be
// read.
extension AdminAPI {
    private struct Side {
        var url: [UInt8]
        var map: [UInt8]
    }

    /// One side of a data call.
    private func side(_ uri: String) throws(Refusal) -> Side {
        guard !uri.isEmpty else { return Side(url: [], map: []) }
        let object = installation.blob(uri)
        guard options.signsURLs else {
            // Without signed URLs an unreadable object is an empty map.
            return Side(url: [], map: object.flatMap { Self.isMap($0) ? $0 : nil } ?? [])
        }
        guard let object else {
            throw .internal("failed to get object size for \(uri) with not found")
        }
        var url = WireWriter()
        url.field(
            1, (options.givesNativeURLs ? uri : address() + urls.target(for: uri, at: clock())).utf8)
        if !object.isEmpty { url.field(2, varint: UInt64(object.count)) }
        let isInline = object.count < options.inlineLimit && Self.isMap(object)
        return Side(url: url.bytes, map: isInline ? object : [])
    }

    private static func isMap(_ bytes: [UInt8]) -> Bool {
        (try? Message(decoding: bytes, as: "core.LiteralMap")) != nil
    }

    func executionData(_ parts: [String]) throws(Refusal) -> Answer {
        let row = try execution(parts)
        let closure = Self.message(row.message, "admin.Execution").message("closure")
        let inputs = try side(row.text("inputs_uri"))
        let outputs = try side(closure?.message("outputs")?.string("uri") ?? "")
        var writer = WireWriter()
        // Here the outputs come first; in the answers for nodes and attempts the inputs do.
        writer.field(1, outputs.url)
        writer.field(2, inputs.url)
        writer.field(3, inputs.map)
        writer.field(4, outputs.map)
        return Answer(bytes: writer.bytes, type: "admin.WorkflowExecutionGetDataResponse")
    }

    func nodeData(_ parts: [String]) throws(Refusal) -> Answer {
        let node = Self.message(try node(parts).message, "admin.NodeExecution")
        var writer = try data(
            inputs: node.string("input_uri"), outputs: node.message("closure")?.string("output_uri") ?? "")
        if options.embedsDynamicWorkflows,
            let closure = installation.dynamicWorkflow(of: parts[3], of: executionID(parts))
        {
            var metadata = WireWriter()
            let compiled = Self.message(closure, "core.CompiledWorkflowClosure")
            if let id = compiled.message("primary")?.message("template")?.message("id") {
                metadata.field(1, id.encoded())
            }
            metadata.field(2, closure)
            if let uri = node.message("closure")?.string("dynamic_job_spec_uri"), !uri.isEmpty {
                metadata.field(3, uri.utf8)
            }
            writer.field(16, metadata.bytes)
        }
        let base = "flyte://v1/\(parts[0])/\(parts[1])/\(parts[2])/\(parts[3])"
        let hasDeck = node.message("closure")?.string("deck_uri").isEmpty == false
        writer.field(17, Self.flyteURLs(base, hasDeck: hasDeck))
        return Answer(bytes: writer.bytes, type: "admin.NodeExecutionGetDataResponse")
    }

    func attemptData(_ parts: [String]) throws(Refusal) -> Answer {
        let attempt = Self.message(try attempt(parts).message, "admin.TaskExecution")
        var writer = try data(
            inputs: attempt.string("input_uri"),
            outputs: attempt.message("closure")?.string("output_uri") ?? "")
        let base = "flyte://v1/\(parts[0])/\(parts[1])/\(parts[2])/\(parts[3])/\(parts[8])"
        writer.field(5, Self.flyteURLs(base, hasDeck: false))
        return Answer(bytes: writer.bytes, type: "admin.TaskExecutionGetDataResponse")
    }

    private func data(inputs: String, outputs: String) throws(Refusal) -> WireWriter {
        let (inputs, outputs) = (try side(inputs), try side(outputs))
        var writer = WireWriter()
        writer.field(1, inputs.url)
        writer.field(2, outputs.url)
        writer.field(3, inputs.map)
        writer.field(4, outputs.map)
        return writer
    }

    private static func flyteURLs(_ base: String, hasDeck: Bool) -> [UInt8] {
        var writer = WireWriter()
        writer.field(1, (base + "/i").utf8)
        writer.field(2, (base + "/o").utf8)
        if hasDeck { writer.field(3, (base + "/d").utf8) }
        return writer.bytes
    }

    func artifactURL(_ call: Call) throws(Refusal) -> Answer {
        let parameters = try call.parameters(["native_url": .string, "expires_in": .duration])
        let uri = parameters.text("native_url")
        guard !uri.isEmpty else { throw .internal("no native_url specified") }
        guard options.signsURLs else {
            throw .internal("failed to create a signed url. Error: unsupported")
        }
        var writer = WireWriter()
        writer.field(1, (address() + urls.target(for: uri, at: clock())).utf8)
        writer.field(2, Message(clock() + urls.lifetime * 1_000_000_000).encoded())
        return Answer(bytes: writer.bytes, type: "service.CreateDownloadLocationResponse")
    }

    /// A message that this installation keeps; what it keeps can be read.
    static func message(_ bytes: [UInt8], _ type: String) -> Message {
        (try? Message(decoding: bytes, as: type)) ?? Message(type)
    }
}
