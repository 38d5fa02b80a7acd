import FlyteModel

/// Definitions that an open archive has decoded.
struct DefinitionCache {
    var workflows: [DefinitionID: WorkflowClosure?] = [:]
    var tasks: [DefinitionID: TaskTemplate?] = [:]

    static let limit = 2000

    mutating func trim() {
        if workflows.count > Self.limit { workflows.removeAll() }
        if tasks.count > Self.limit { tasks.removeAll() }
    }
}
