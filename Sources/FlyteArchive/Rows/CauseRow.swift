import FlyteModel
import FlyteTrace

/// Why an execution failed; nil when it did not.
struct CauseRow {
    let cause: FailureCause?
    /// The execution itself.
    let own: ExecutionID
}
