public import FlyteArchive
public import FlyteModel

extension Archive {
    /// Prepares an execution and stores it, with nobody else at work.
    public func write(
        _ capture: ExecutionCapture, definitions: [CapturedDefinition], source: SourceID, grace: Int64,
        at now: Timestamp
    ) throws -> WriteResult {
        var execution = try preparer().prepare(capture)
        return try write(&execution, definitions: definitions, source: source, grace: grace, at: now)
    }
}
