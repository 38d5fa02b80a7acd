import FlyteModel

/// A label, an annotation, a tag or an environment variable.
struct TagRow {
    let kind: String
    let key: String
    let value: String?

    /// In their order.
    static func all(of execution: Execution) -> [TagRow] {
        func rows(_ kind: String, _ entries: [KeyValue]) -> [TagRow] {
            // Maps come in any order on the wire; their keys give one.
            entries.sorted { $0.key < $1.key }.map { TagRow(kind: kind, key: $0.key, value: $0.value) }
        }
        return rows("label", execution.labels) + rows("annotation", execution.annotations)
            + execution.tags.map { TagRow(kind: "tag", key: $0, value: nil) }
            + execution.environment.map { TagRow(kind: "env", key: $0.key, value: $0.value) }
    }
}
