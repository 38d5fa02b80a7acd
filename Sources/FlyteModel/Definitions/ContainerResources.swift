import FlyteIDL

/// What a container asks of its cluster, and what it may take at most.
public struct ContainerResources: Hashable, Sendable {
    public var requests = ResourceRequests()
    public var limits = ResourceRequests()

    public init() {}

    /// Reads `core.Resources`.
    init(_ resources: Message) {
        requests = ResourceRequests(entries: resources.messages("requests"))
        limits = ResourceRequests(entries: resources.messages("limits"))
    }

    /// Reads a container of a Kubernetes pod, as JSON keeps it in a `Struct`.
    init(podContainer container: Message) {
        let resources = container.field("resources")?.message("struct_value")
        requests = ResourceRequests(quantities: resources?.field("requests")?.message("struct_value"))
        limits = ResourceRequests(quantities: resources?.field("limits")?.message("struct_value"))
    }

    /// What it is given: the requests, and where there is none the limit, which Kubernetes takes then.
    public var effective: ResourceRequests { limits.overridden(by: requests) }

    /// These with what `other` says in their place, requests in the place of requests and limits in that of limits.
    public func overridden(by other: ContainerResources?) -> ContainerResources {
        guard let other else { return self }
        var result = self
        result.requests = requests.overridden(by: other.requests)
        result.limits = limits.overridden(by: other.limits)
        return result
    }
}
