import FlyteIDL

/// What a task asks of its cluster. nil where it does not say.
public struct ResourceRequests: Hashable, Sendable {
    /// Cores.
    public var cpu: Double?
    public var memoryBytes: Int64?
    /// A count.
    public var gpu: Double?

    public init() {}

    /// Reads `core.Resources`: the requests, and where there is none the limit, which Kubernetes takes then.
    init(_ resources: Message) {
        for list in ["limits", "requests"] {
            for entry in resources.messages(list) {
                guard let quantity = Quantity(entry.string("value")) else { continue }
                switch entry.enumName("name") {
                case "CPU": cpu = quantity.value
                case "MEMORY": memoryBytes = quantity.units
                case "GPU": gpu = quantity.value
                default: break
                }
            }
        }
    }

    /// Reads a container of a Kubernetes pod, as JSON keeps it in a `Struct`.
    init(podContainer container: Message) {
        guard let resources = container.field("resources") else { return }
        for list in ["limits", "requests"] {
            guard let entries = resources.message("struct_value")?.map("fields") ?? nil,
                case .message(let values)? = entries[list],
                let quantities = values.message("struct_value")?.map("fields")
            else { continue }
            for (name, value) in quantities {
                guard case .message(let value) = value else { continue }
                let text =
                    value["string_value"] != nil
                    ? value.string("string_value") : "\(value.double("number_value"))"
                guard let quantity = Quantity(text) else { continue }
                switch name {
                case "cpu": cpu = quantity.value
                case "memory": memoryBytes = quantity.units
                case _ where name == "gpu" || name.hasSuffix("/gpu"): gpu = quantity.value
                default: break
                }
            }
        }
    }

    /// These requests with what `other` says in their place.
    public func overridden(by other: ResourceRequests?) -> ResourceRequests {
        guard let other else { return self }
        var result = self
        result.cpu = other.cpu ?? cpu
        result.memoryBytes = other.memoryBytes ?? memoryBytes
        result.gpu = other.gpu ?? gpu
        return result
    }
}

extension Message {
    /// A member of a `google.protobuf.Struct`.
    func field(_ name: String) -> Message? {
        if case .message(let value)? = map("fields")[name] { value } else { nil }
    }
}
