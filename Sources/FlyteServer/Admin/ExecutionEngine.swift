public import FlyteIDL
public import FlyteModel

/// What carries out what a server has accepted. The server has looked at each request before: what it names is there,
/// and may be done.
public protocol ExecutionEngine: Sendable {
    /// The time of what is done now.
    func now() -> Timestamp

    /// Begins an execution.
    func launch(_ launch: ExecutionLaunch) throws(Refusal)

    /// Ends an execution that has not ended.
    func terminate(_ id: ExecutionID, cause: String, principal: String)

    /// Hides an execution from lists, or shows it again.
    func set(isArchived: Bool, of id: ExecutionID, principal: String)

    /// Answers a gate, or overwrites its answer: a `core.Literal`.
    func give(_ value: Message, to signal: String, of id: ExecutionID)
}

/// An execution that was asked for.
public struct ExecutionLaunch: Sendable {
    public var id: ExecutionID
    /// An `admin.ExecutionSpec`, with its metadata.
    public var spec: Message
    /// The definition that `spec` names runs this.
    public var workflow: DefinitionID?
    /// A `core.LiteralMap`.
    public var inputs: Message
    /// Nodes whose outputs are taken over, by path of spec ids, such as `n0/n1`.
    public var recovered: Set<String> = []
}
