import FlyteIDL

/// A version of a task: what the archive shows of Flyte's `core.TaskTemplate`.
public struct TaskTemplate: Hashable, Sendable {
    public var id: DefinitionID
    public var type: String
    /// Of the container, or of the pod's primary container.
    public var image: String?
    /// Of the container, or of the pod's primary container.
    public var resources = ContainerResources()
    /// What the pod's other containers are given.
    public var besides = ResourceRequests()
    /// How many pods a distributed task has, each with such containers; 1 for any other task.
    public var replicas = 1
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
        replicas = Replicas.count(type: type, custom: template.message("custom"))
        if let container = template.message("container") {
            image = container.string("image")
            resources = ContainerResources(container.message("resources") ?? Message("core.Resources"))
        } else if let pod = template.message("k8s_pod"), let spec = pod.message("pod_spec") {
            let containers = Self.containers(spec, "containers")
            let name = pod.string("primary_container_name")
            let primary = containers.firstIndex {
                name.isEmpty || $0.field("name")?.string("string_value") == name
            }
            image = primary.flatMap { containers[$0].field("image")?.string("string_value") }
            if let primary { resources = ContainerResources(podContainer: containers[primary]) }
            // An init container that is restarted always runs beside the others.
            let sidecars = Self.containers(spec, "initContainers").filter {
                $0.field("restartPolicy")?.string("string_value") == "Always"
            }
            let others = containers.indices.filter { $0 != primary }.map { containers[$0] } + sidecars
            besides = others.reduce(ResourceRequests()) {
                $0 + ContainerResources(podContainer: $1).effective
            }
        }
        if image?.isEmpty == true { image = nil }
    }
}

extension TaskTemplate {
    /// What a pod of the task asks for, in all its containers.
    public var requests: ResourceRequests { requests(overriddenBy: nil) }

    /// The same where a node overrides what the container, or the pod's primary one, asks for.
    public func requests(overriddenBy other: ContainerResources?) -> ResourceRequests {
        resources.overridden(by: other).effective + besides
    }

    private static func containers(_ spec: Message, _ list: String) -> [Message] {
        let values = spec.field(list)?.message("list_value")?.messages("values") ?? []
        return values.compactMap { $0.message("struct_value") }
    }
}

extension Message {
    static func decoded(_ bytes: [UInt8], as name: String) throws(ModelError) -> Message {
        do {
            return try Message(repairing: bytes, as: name)
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
