import FlyteModel

/// Definitions that an open archive has decoded of late; nil for those that it does not have.
struct DefinitionCache {
    var workflows = Recent<DefinitionID, WorkflowClosure?>(bytes: limit)
    var tasks = Recent<DefinitionID, TaskTemplate?>(bytes: limit)

    /// Of their messages: decoded they take several times as much.
    private static let limit = 1 << 20
}
