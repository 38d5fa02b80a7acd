import FlyteModel

/// What the archive keeps of a metric span.
struct SpanRow: Hashable {
    /// 1, 2, …, a parent before its children.
    var number: Int64
    var parent: Int64?
    var depth: Int
    /// The names of the node and the operation, as the archive numbers them.
    var nodeID: Int64?
    var attempt: Int64?
    var operation: Int64?
    var start: Timestamp
    /// In nanoseconds; may be negative, as clocks differ.
    var duration: Int64
}
