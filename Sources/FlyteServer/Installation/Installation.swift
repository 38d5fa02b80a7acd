public import FlyteModel

/// What a server answers from.
///
/// Lists come in the order in which the real server's database gives them when nothing sorts them: see
/// each call. A call must be safe from any thread.
public protocol Installation: Sendable {
    /// Another number after every change, so that sorted lists can be kept between pages; nil when the
    /// installation cannot tell.
    var generation: UInt64? { get }

    /// The names of the domains that every project has.
    var domains: [String] { get }

    /// By identifier.
    func projects() -> [StoredRow]

    /// In the order of the last write, oldest first, as a table without an index is read.
    func executions(project: String, domain: String) -> [StoredRow]
    func execution(_ id: ExecutionID) -> StoredRow?

    /// All levels, by node id.
    func nodes(of execution: ExecutionID) -> [StoredRow]
    /// Those right below a node, by the database's id of that; by node id.
    func nodes(below parent: Int64, of execution: ExecutionID) -> [StoredRow]
    func node(_ id: String, of execution: ExecutionID) -> StoredRow?

    /// The attempts of one node, a retry before the attempt that it repeats.
    func attempts(of node: String, of execution: ExecutionID) -> [StoredRow]

    /// Nodes that name an attempt as their parent, which only engines of event version 0 report.
    func nodes(ofAttempt attempt: Int64, of execution: ExecutionID) -> [StoredRow]

    /// By signal id.
    func signals(of execution: ExecutionID) -> [StoredRow]

    /// The versions of one kind in one project and domain, by name and version.
    func definitions(_ kind: DefinitionID.Kind, project: String, domain: String) -> [StoredRow]
    func definition(_ id: DefinitionID) -> StoredRow?

    /// By name.
    func namedEntities(_ kind: DefinitionID.Kind, project: String, domain: String) -> [StoredRow]

    /// By name and version.
    func descriptions(_ kind: DefinitionID.Kind, project: String, domain: String) -> [StoredRow]

    /// An encoded `core.CompiledWorkflowClosure`.
    func dynamicWorkflow(of node: String, of execution: ExecutionID) -> [UInt8]?

    /// The bytes of an object in the blob store; nil when there is none.
    func blob(_ uri: String) -> [UInt8]?
}
