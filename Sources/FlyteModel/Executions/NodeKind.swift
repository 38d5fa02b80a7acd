/// What a node is, in the archive's words.
public enum NodeKind: String, Hashable, Sendable, CaseIterable {
    case task, start, end, branch, workflow, dynamic, array, gate
    case launchPlan = "launch_plan"
    case failure, unknown
}
