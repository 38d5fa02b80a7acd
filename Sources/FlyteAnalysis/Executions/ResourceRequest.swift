/// What a container asks for.
public struct ResourceRequest: Hashable, Sendable {
    /// Cores.
    public var cpu: Double?
    public var memoryBytes: Int64?
    public var gpu: Double?

    public init() {}

    public var isEmpty: Bool { cpu == nil && memoryBytes == nil && gpu == nil }
}
