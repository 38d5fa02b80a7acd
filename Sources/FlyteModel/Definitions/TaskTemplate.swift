import FlyteIDL

/// A version of a task: what the archive shows of Flyte's `core.TaskTemplate`.
public struct TaskTemplate: Hashable, Sendable {
    public var id: DefinitionID
    public var type: String
    /// Of the container, or of the pod's primary container.
    public var image: String?
    public var requests = ResourceRequests()
    public var isCacheable: Bool
    public var cacheVersion: String?
    /// User retries, without the system's own.
    public var retries: Int64
    /// Nanoseconds.
    public var timeout: Int64?
    public var createdAt: Timestamp?
    public var interface: Interface

    /// Reads an `admin.Task`.
    public init(decoding bytes: [UInt8]) throws(ModelError) {
        let task = try Message.decoded(bytes, as: "admin.Task")
        let closure = task.message("closure")
        self.init(closure?.message("compiled_task")?.message("template") ?? Message("core.TaskTemplate"))
        if let id = task.message("id") { self.id = DefinitionID(id, default: .task) }
        createdAt = closure?.message("created_at").map(Timestamp.init)
    }

    init(_ template: Message) {
        id = DefinitionID(template.message("id") ?? Message("core.Identifier"), default: .task)
        type = template.string("type")
        interface = Interface(template.message("interface"))
        let metadata = template.message("metadata")
        isCacheable = metadata?.bool("discoverable") ?? false
        cacheVersion = metadata.map { $0.string("discovery_version") }.flatMap { $0.isEmpty ? nil : $0 }
        retries = metadata?.message("retries")?.integer("retries") ?? 0
        timeout = metadata?.message("timeout").map(Timestamp.nanoseconds)
        if let container = template.message("container") {
            image = container.string("image")
            requests = ResourceRequests(container.message("resources") ?? Message("core.Resources"))
        } else if let pod = template.message("k8s_pod"), let spec = pod.message("pod_spec") {
            let containers = spec.field("containers")?.message("list_value")?.messages("values") ?? []
            let primary = pod.string("primary_container_name")
            let container =
                containers.compactMap { $0.message("struct_value") }
                .first { primary.isEmpty || $0.field("name")?.string("string_value") == primary }
            image = container?.field("image")?.string("string_value")
            if let container { requests = ResourceRequests(podContainer: container) }
        }
        if image?.isEmpty == true { image = nil }
    }
}

extension Message {
    static func decoded(_ bytes: [UInt8], as name: String) throws(ModelError) -> Message {
        do {
            return try Message(decoding: bytes, as: name)
        } catch {
            throw ModelError(message: name, reason: error)
        }
    }
}

extension DefinitionID {
    /// Reads a `core.Identifier`.
    init(_ identifier: Message, default kind: Kind) {
        let kinds: [Int64: Kind] = [1: .task, 2: .workflow, 3: .launchPlan]
        self.init(
            kind: kinds[identifier.integer("resource_type")] ?? kind, project: identifier.string("project"),
            domain: identifier.string("domain"), name: identifier.string("name"),
            version: identifier.string("version"))
    }
}

extension Timestamp {
    /// Reads a `google.protobuf.Timestamp`.
    init(_ message: Message) { self.init(nanoseconds: Self.nanoseconds(message)) }

    /// The nanoseconds of a `google.protobuf.Timestamp` or `Duration`.
    static func nanoseconds(_ message: Message) -> Int64 {
        clamped(seconds: message.integer("seconds"), nanos: message.integer("nanos"))
    }
}
