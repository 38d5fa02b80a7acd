import FlyteIDL

/// The variables that a task or a workflow takes and gives: Flyte's `core.TypedInterface`.
public struct Interface: Hashable, Sendable {
    /// Names, sorted.
    public var inputs: [String]
    public var outputs: [String]

    init(_ interface: Message?) {
        inputs = interface?.message("inputs")?.map("variables").keys.sorted() ?? []
        outputs = interface?.message("outputs")?.map("variables").keys.sorted() ?? []
    }
}
