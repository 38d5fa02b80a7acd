import FlyteModel

/// A node as the engine comes to it: what it is, where it stands, and when it is cut off.
struct SampleNodeContext {
    var spec: SampleWorkflow.Node
    var workflow: SampleWorkflow
    var id: ExecutionID
    var place: SamplePlace
    var plan: SampleEngine.Plan
    var path: String
    var nodeID: String
    var parent: String?
    var group: String
    var created: Timestamp
    var limit: Timestamp?
    /// The earlier of the end of the run and a sibling's failure.
    var cut: Timestamp?
}
