public import FlyteAdmin
public import FlyteModel

/// Something that happened in a harvest, told while it runs.
public enum HarvestEvent: Sendable {
    /// A project and domain's list was read whole: how many executions it named, and how many of these, and of
    /// those that were due anyway, are read.
    case listed(project: String, domain: String, executions: Int, toRead: Int)
    /// An execution was handled.
    case execution(ExecutionID, Outcome)
    /// An execution that is new has the name of another one, which the archive calls otherwise from now on.
    case nameReused(ExecutionID, earlier: ExecutionID)
    /// Something could not be read; there is a row of `v_problem` for it. `execution` is nil for a list.
    case problem(project: String, domain: String, execution: String?, AdminError)
    /// The state of affairs after any of the above, and whenever a list is begun.
    case progress(HarvestProgress)

    /// What became of an execution.
    public enum Outcome: String, Sendable {
        /// The archive did not have it.
        case new
        /// The archive had it otherwise.
        case updated
        /// It was read, and is as it was.
        case unchanged
        /// It could not be read; the archive has of it what it had.
        case problem
        /// The server no longer has it; the archive keeps it, marked.
        case vanished
    }
}
