import FlyteIDL
import FlyteModel

// What changes something: looked at here as flyteadmin does (execution_manager.go, signal_manager.go and their
// validators, v1.16.8), and carried out by an engine.
extension AdminAPI {
    func verbs(_ engine: any ExecutionEngine) -> [Gateway.Route] {
        typealias Route = Gateway.Route
        return [
            Route("POST", "executions") { call throws(Refusal) in try create(call, engine) },
            Route("POST", "executions/relaunch") { call throws(Refusal) in
                let request = try call.message("admin.ExecutionRelaunchRequest")
                return try again(
                    request, "RELAUNCH", overwritesCache: request.bool("overwrite_cache"), engine)
            },
            Route("POST", "executions/recover") { call throws(Refusal) in
                try again(try call.message("admin.ExecutionRecoverRequest"), "RECOVERED", engine)
            },
            Route("DELETE", "executions/*/*/*") { call throws(Refusal) in try terminate(call, engine) },
            Route("PUT", "executions/*/*/*") { call throws(Refusal) in try update(call, engine) },
            Route("POST", "signals") { call throws(Refusal) in try signal(call, engine) },
        ]
    }

    private static let terminal: Set = ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"]

    // MARK: Launching

    private func create(_ call: Call, _ engine: any ExecutionEngine) throws(Refusal) -> Answer {
        let request = try call.message("admin.ExecutionCreateRequest")
        guard !request.string("project").isEmpty else { throw .invalid("missing project") }
        guard !request.string("domain").isEmpty else { throw .invalid("missing domain") }
        guard var spec = request.message("spec") else { throw .invalid("missing spec") }
        var inputs = request.message("inputs") ?? Message("core.LiteralMap")
        // The deprecated place, which then stays visible.
        if inputs.map("literals").isEmpty, let old = spec.message("inputs") { inputs = old }
        var metadata = spec.message("metadata") ?? Message("admin.ExecutionMetadata")
        metadata["reference_execution"] = nil
        metadata["parent_node_execution"] = nil
        metadata["principal"] = nil
        spec["metadata"] = .message(metadata)
        return try launch(
            named: request.string("name"), in: request.string("project"), request.string("domain"), spec,
            inputs: inputs, engine)
    }

    /// Relaunches or recovers.
    private func again(
        _ request: Message, _ mode: String, overwritesCache: Bool? = nil, _ engine: any ExecutionEngine
    ) throws(Refusal) -> Answer {
        guard let id = request.message("id")?.executionID else { throw .invalid("missing id") }
        let original = try execution([id.project, id.domain, id.name])
        guard let message = try? Message(decoding: original.message, as: "admin.Execution"),
            var spec = message.message("spec")
        else { throw .internal("the stored execution cannot be read") }
        var metadata =
            request.type.name == "admin.ExecutionRecoverRequest"
            ? request.message("metadata") ?? spec.message("metadata") : spec.message("metadata")
        metadata?["mode"] = .string(mode)
        metadata?["reference_execution"] = .message(Message(id))
        metadata?["principal"] = nil
        spec["metadata"] = metadata.map { .message($0) }
        if let overwritesCache { spec["overwrite_cache"] = .bool(overwritesCache) }
        let stored = installation.blob(original.text("user_inputs_uri")) ?? []
        let inputs = (try? Message(decoding: stored, as: "core.LiteralMap")) ?? Message("core.LiteralMap")
        return try launch(
            named: request.string("name"), in: id.project, id.domain, spec, inputs: inputs,
            recovered: mode == "RECOVERED" ? recoverable(id) : [], engine)
    }

    /// The paths of the nodes of an execution that need not run again.
    private func recoverable(_ id: ExecutionID) -> Set<String> {
        var paths: [Int64: String] = [:]
        var recovered: Set<String> = []
        var left = installation.nodes(of: id)
        while true {
            var later: [StoredRow] = []
            for row in left {
                let parent = row["parent_id"]
                if parent != .null, paths[row.integer("parent_id")] == nil {
                    later.append(row)
                    continue
                }
                let message = try? Message(decoding: row.message, as: "admin.NodeExecution")
                let spec = message?.message("metadata")?.string("spec_node_id") ?? row.text("node_id")
                let path = (paths[row.integer("parent_id")].map { $0 + "/" } ?? "") + spec
                paths[row.integer("id")] = path
                if ["SUCCEEDED", "RECOVERED"].contains(row.text("phase")) { recovered.insert(path) }
            }
            // Rows without their parent's are nobody's.
            guard later.count < left.count, !later.isEmpty else { return recovered }
            left = later
        }
    }

    private func launch(
        named name: String, in project: String, _ domain: String, _ spec: Message, inputs: Message,
        recovered: Set<String> = [], _ engine: any ExecutionEngine
    ) throws(Refusal) -> Answer {
        try checkName(name)
        guard
            let row = installation.projects().first(where: { $0.text("identifier").hasSameBytes(as: project) }
            )
        else {
            throw .invalid(
                "failed to validate that project [\(project)] and domain [\(domain)] are registered, err: [missing entity of type project with identifier \(project)]"
            )
        }
        guard row.integer("state") == 0 else {
            throw .invalid(
                "project [\(project)] is not active",
                Message("admin.InactiveProject", ["id": .string(project)]))
        }
        guard installation.domains.contains(where: domain.hasSameBytes(as:)) else {
            throw .invalid("domain [\(domain)] is unrecognized by system")
        }
        guard var named = spec.message("launch_plan") else { throw .invalid("missing launch_plan") }
        if named.integer("resource_type") == 0 { named["resource_type"] = "LAUNCH_PLAN" }
        guard let launched = named.definitionID, launched.kind != .workflow else {
            throw .invalid("invalid resource_type")
        }
        let definition = try definition(launched)
        let workflow = launched.kind == .launchPlan ? definition.references.workflow : nil
        let given = try complete(inputs, for: launched, definition, workflow)
        let id = ExecutionID(
            project: project, domain: domain, name: name.isEmpty ? freeName(project, domain) : name)
        guard installation.execution(id) == nil else {
            throw Refusal(code: 6, message: "value with matching already exists")
        }
        try engine.launch(
            ExecutionLaunch(id: id, spec: spec, workflow: workflow, inputs: given, recovered: recovered))
        return Answer(
            bytes: Message("admin.ExecutionCreateResponse", ["id": .message(Message(id))]).encoded(),
            type: "admin.ExecutionCreateResponse")
    }

    private func checkName(_ name: String) throws(Refusal) {
        guard !name.isEmpty else { return }
        guard name.utf8.count <= 63 else {
            throw .invalid("size of name exceeded length 63 : \(name)")
        }
        let lower = name.lowercased()
        guard let first = lower.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
            lower.utf8.allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            })
        else { throw .invalid("invalid name format: \(name)") }
    }

    /// `a` and 19 characters by chance, as the server makes them.
    private func freeName(_ project: String, _ domain: String) -> String {
        let characters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        while true {
            let name =
                "a"
                + String(
                    decoding: (0..<19).map { _ in characters[Int.random(in: 0..<characters.count)] },
                    as: UTF8.self)
            let id = ExecutionID(project: project, domain: domain, name: name)
            if installation.execution(id) == nil { return name }
        }
    }

    /// The inputs with those that the launch plan fixes or presumes; refused when one is missing or unknown.
    private func complete(
        _ inputs: Message, for launched: DefinitionID, _ row: StoredRow, _ workflow: DefinitionID?
    ) throws(Refusal) -> Message {
        var literals = inputs.map("literals")
        guard launched.kind == .launchPlan else {
            let task = try? Message(decoding: row.message, as: "admin.Task")
            let template = task?.message("closure")?.message("compiled_task")?.message("template")
            try check(literals, against: template)
            return inputs
        }
        let plan = (try? Message(decoding: row.message, as: "admin.LaunchPlan"))?.message("spec")
        for (name, value) in plan?.message("fixed_inputs")?.map("literals") ?? ValueMap() {
            guard literals[name] == nil else { throw .invalid("\(name) cannot be overridden") }
            literals[name] = value
        }
        for (name, value) in plan?.message("default_inputs")?.map("parameters") ?? ValueMap() {
            guard case .message(let parameter) = value, literals[name] == nil else { continue }
            if let presumed = parameter.message("default") { literals[name] = .message(presumed) }
        }
        if let workflow, let stored = installation.definition(workflow) {
            let closure = (try? Message(decoding: stored.message, as: "admin.Workflow"))?.message("closure")
            try check(
                literals,
                against: closure?.message("compiled_workflow")?.message("primary")?.message("template"))
        }
        return Message("core.LiteralMap", ["literals": .map(literals)])
    }

    private func check(_ literals: ValueMap, against template: Message?) throws(Refusal) {
        let expected = template?.message("interface")?.message("inputs")?.map("variables") ?? ValueMap()
        if let name = expected.keys.first(where: { literals[$0] == nil }) {
            throw .invalid("expected_inputs \(name) missing")
        }
        if let name = literals.keys.first(where: { expected[$0] == nil }) {
            throw .invalid("invalid input \(name)")
        }
    }

    // MARK: What is there

    private func terminate(_ call: Call, _ engine: any ExecutionEngine) throws(Refusal) -> Answer {
        let request = try call.message("admin.ExecutionTerminateRequest")
        let phase = try execution(call.parts).text("phase")
        guard !Self.terminal.contains(phase) else {
            throw Refusal(
                code: 9, message: "Cannot abort an already terminated workflow execution",
                details: Message(
                    "admin.EventFailureReason",
                    ["already_in_terminal_state": ["current_phase": .string(phase)]]))
        }
        engine.terminate(executionID(call.parts), cause: request.string("cause"), principal: "")
        return Answer(bytes: [], type: "admin.ExecutionTerminateResponse")
    }

    private func update(_ call: Call, _ engine: any ExecutionEngine) throws(Refusal) -> Answer {
        let request = try call.message("admin.ExecutionUpdateRequest")
        _ = try execution(call.parts)
        engine.set(
            isArchived: request.enumName("state") == "EXECUTION_ARCHIVED", of: executionID(call.parts),
            principal: "")
        return Answer(bytes: [], type: "admin.ExecutionUpdateResponse")
    }

    private func signal(_ call: Call, _ engine: any ExecutionEngine) throws(Refusal) -> Answer {
        let request = try call.message("admin.SignalSetRequest")
        let id = request.message("id")
        guard let signal = id?.string("signal_id"), !signal.isEmpty else {
            throw .invalid("missing signal_id")
        }
        guard let execution = id?.message("execution_id")?.executionID else {
            throw .invalid("missing execution_id")
        }
        guard let value = request.message("value"), value.whichOneof("value") != nil else {
            throw .invalid("missing value")
        }
        guard
            let row = installation.signals(of: execution).first(where: { $0.text("signal_id") == signal }),
            let stored = try? Message(decoding: row.message, as: "admin.Signal")
        else {
            throw .invalid("failed to get signal [\(signal)]: missing entity of type signal")
        }
        let type = stored.message("type")?.enumName("simple") ?? ""
        guard Self.fits(value, type) else {
            throw .invalid(
                "requested signal value [\(signal)] is not castable to existing signal type [\(type)]")
        }
        engine.give(value, to: signal, of: execution)
        return Answer(bytes: [], type: "admin.SignalSetResponse")
    }

    /// Whether a literal is of a simple type; of other types nothing is known here.
    private static func fits(_ literal: Message, _ type: String) -> Bool {
        let primitive = literal.message("scalar")?.message("primitive")?.whichOneof("value")?.name
        return switch type {
        case "BOOLEAN": primitive == "boolean"
        case "INTEGER": primitive == "integer"
        case "FLOAT": primitive == "float_value"
        case "STRING": primitive == "string_value"
        case "DATETIME": primitive == "datetime"
        case "DURATION": primitive == "duration"
        default: true
        }
    }
}
