import FlyteIDL

/// What a task asks of its cluster. nil where it does not say.
public struct ResourceRequests: Hashable, Sendable {
    /// Cores.
    public var cpu: Double?
    public var memoryBytes: Int64?
    /// A count.
    public var gpu: Double?

    public init() {}

    /// Reads entries of `core.Resources`.
    init(entries: [Message]) {
        for entry in entries {
            guard let quantity = Quantity(entry.string("value")) else { continue }
            switch entry.enumName("name") {
            case "CPU": cpu = quantity.value
            case "MEMORY": memoryBytes = quantity.units
            case "GPU": gpu = quantity.value
            default: break
            }
        }
    }

    /// Reads the quantities of a Kubernetes container, a `Struct`.
    init(quantities: Message?) {
        for (name, value) in quantities?.map("fields") ?? [:] {
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

    /// These requests with what `other` says in their place.
    public func overridden(by other: ResourceRequests) -> ResourceRequests {
        var result = self
        result.cpu = other.cpu ?? cpu
        result.memoryBytes = other.memoryBytes ?? memoryBytes
        result.gpu = other.gpu ?? gpu
        return result
    }

    /// What two containers of one pod ask for together.
    public static func + (a: ResourceRequests, b: ResourceRequests) -> ResourceRequests {
        func sum<Number>(_ a: Number?, _ b: Number?, _ add: (Number, Number) -> Number) -> Number? {
            if let a, let b { return add(a, b) }
            return a ?? b
        }
        var result = ResourceRequests()
        result.cpu = sum(a.cpu, b.cpu, +)
        result.memoryBytes = sum(a.memoryBytes, b.memoryBytes) {
            let (sum, isOver) = $0.addingReportingOverflow($1)
            return isOver ? .max : sum
        }
        result.gpu = sum(a.gpu, b.gpu, +)
        return result
    }
}

extension Message {
    /// A member of a `google.protobuf.Struct`.
    func field(_ name: String) -> Message? {
        if case .message(let value)? = map("fields")[name] { value } else { nil }
    }
}
