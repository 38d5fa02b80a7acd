import FlyteIDL
import FlyteModel

/// An attempt that the engine has run.
struct SampleAttempt {
    var message: Message
    var started: Timestamp?
    var updated: Timestamp
    var succeeded: Bool
    /// It had not ended when the history did.
    var isOpen = false
}
