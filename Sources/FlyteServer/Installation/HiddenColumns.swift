public import FlyteModel

/// The columns of a database row that its message does not tell. Whatever is nil is made up from the
/// message, as the real server would most likely have filled it.
public struct HiddenColumns: Hashable, Sendable {
    /// Counts from 1 in the order of insertion.
    public var id: Int64?
    /// When the server wrote the row first, by its clock.
    public var createdAt: Timestamp?
    /// When the server wrote the row last, by its clock. Filters on `updated_at` see this, not the
    /// closure's time.
    public var updatedAt: Timestamp?
    /// Executions: where the inputs lie.
    public var inputsURI: String?
    /// Attempts.
    public var phaseVersion: Int64?
    /// Nodes of event version 0: the id of the attempt that spawned them.
    public var parentTaskExecutionID: Int64?

    public init(
        id: Int64? = nil, createdAt: Timestamp? = nil, updatedAt: Timestamp? = nil,
        inputsURI: String? = nil, phaseVersion: Int64? = nil, parentTaskExecutionID: Int64? = nil
    ) {
        self.id = id
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.inputsURI = inputsURI
        self.phaseVersion = phaseVersion
        self.parentTaskExecutionID = parentTaskExecutionID
    }
}
