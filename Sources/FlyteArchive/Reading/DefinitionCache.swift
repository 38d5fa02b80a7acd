import FlyteModel

/// Definitions that an open archive has decoded of late; nil for those that it does not have.
struct DefinitionCache {
    typealias Key = InternedTexts.OwnDefinition

    var workflows = RecentCache<Key, WorkflowClosure?>(bytes: limit)
    var tasks = RecentCache<Key, TaskTemplate?>(bytes: limit)

    /// Of their messages: decoded they take several times as much.
    private static let limit = 1 << 20
}
