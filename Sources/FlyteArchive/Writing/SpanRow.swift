import FlyteModel

/// What the archive keeps of a metric span.
struct SpanRow: Hashable {
    /// 1, 2, …, a parent before its children.
    var number: Int64
    var parent: Int64?
    var depth: Int
    var nodeID: String?
    var attempt: Int64?
    /// Flyte's id, such as `NODE_SETUP`.
    var operation: String?
    var start: Timestamp
    /// In nanoseconds; may be negative, as clocks differ.
    var duration: Int64
}
