import FlyteModel
import FlyteTrace
import TestSupport
import Testing

struct CauseClassTests {
    @Test(arguments: [
        ("USER", "USER:ValueError", "user"), ("SYSTEM", "Interrupted", "system"), ("UNKNOWN", "", "unknown"),
        ("USER", "Timeout", "timeout"), ("USER", "RetriesExhausted|TimeoutExpired", "timeout"),
        ("SYSTEM", "A|TimeoutExceeded|B", "timeout"), ("SYSTEM", "TimeoutExceeded", "timeout"),
        ("USER", "USER:Timeout", "user"), ("USER", "TimeoutError", "user"), ("USER", "MyTimeout", "user"),
        ("USER", "ReceivedRejectSignal", "rejected"), ("USER", "SIGNAL_REJECTED", "rejected"),
        ("SYSTEM", "Internal", "system"), ("NEW_KIND", "X", "unknown"),
    ]) func ofAnError(_ kind: String, _ code: String, _ expected: String) {
        let error = ExecutionError(code: code, message: "x", kind: ErrorKind(rawValue: kind))
        #expect(CauseClass(error).rawValue == expected)
    }

    @Test func aWorkflowThatTheClusterDidNotTakeIsRejected() {
        let error = ExecutionError(
            code: "Internal", message: "failed to create workflow in propeller admission webhook",
            kind: .system)
        #expect(CauseClass(error) == .rejected)
    }

    private static func classes(_ set: RecordedExchange.Set) throws -> [String: Int] {
        let trees = try RecordedCaptures(set).trees()
        func cause(_ id: ExecutionID) -> FailureCause? {
            trees[id].flatMap { FailureCause.find(in: $0) { cause($0) } }
        }
        var counts: [String: Int] = [:]
        for (id, tree) in trees where ["FAILED", "TIMED_OUT"].contains(tree.execution.phase.rawValue) {
            let cause = try #require(cause(id), "\(id) has no cause")
            counts[
                "\(cause.error.kind.rawValue) \(cause.error.code): \(cause.causeClass.rawValue)", default: 0] +=
                1
        }
        return counts
    }

    @Test func ofEachFailureThatARealServerHad() throws {
        #expect(
            try Self.classes(.propellerCases) == [
                "SYSTEM Internal: rejected": 1,
                "SYSTEM Interrupted: system": 4,
                "SYSTEM SYSTEM:Unknown: system": 1,
                "UNKNOWN : unknown": 2,
                "UNKNOWN OutputsNotFound: unknown": 1,
                "USER ContainersNotReady|ImagePullBackOff: user": 1,
                "USER DynamicWorkflowBuildFailed: user": 1,
                "USER OOMKilled: user": 3,
                "USER ReceivedRejectSignal: rejected": 1,
                "USER Timeout: timeout": 1,
                "USER USER:Recoverable: user": 1,
                "USER USER:ValueError: user": 23,
                "USER UserProvidedError: user": 1,
            ])
        #expect(
            try Self.classes(.scriptedLocal) == [
                "SYSTEM CreateContainerConfigError: system": 1,
                "SYSTEM DeadlineExceeded: timeout": 1,
                "SYSTEM Internal: rejected": 2,
                "UNKNOWN : unknown": 1,
                "UNKNOWN UnknownError: unknown": 1,
                "USER AssertionError: user": 2,
                "USER CutInTheMiddle: user": 1,
                "USER Exactly100: user": 1,
                "USER IOError: user": 1,
                "USER ImagePullBackOff: user": 1,
                "USER KeyError: user": 1,
                "USER MappedTaskFailed: user": 1,
                "USER OOMKilled: user": 1,
                "USER OneMore: user": 1,
                "USER RuntimeError: user": 3,
                "USER SIGNAL_REJECTED: rejected": 1,
                "USER TimeoutExpired: timeout": 1,
                "USER TypeError: user": 1,
                "USER UnicodeError: user": 1,
                "USER UserProvidedError: user": 1,
                "USER ValueError: user": 2,
                "USER ZeroDivisionError: user": 1,
            ])
    }
}
