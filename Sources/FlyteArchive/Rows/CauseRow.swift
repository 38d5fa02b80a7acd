import FlyteModel
import FlyteTrace

/// Why an execution failed.
struct CauseRow {
    /// nil when it did not, and when nothing says a word.
    let cause: FailureCause?
    /// nil when it did not fail.
    let causeClass: CauseClass?
    /// The execution itself.
    let own: ExecutionID
}
