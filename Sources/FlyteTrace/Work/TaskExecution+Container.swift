public import FlyteModel

extension TaskExecution {
    /// Whether a container of it ever ran, as far as its row tells: an attempt that waited in vain for a node, and the
    /// attempt of a cache hit, had none.
    ///
    /// The server saw many attempts neither start nor run: what ended between two looks of the engine. Of those, ends,
    /// errors, logs and reasons tell.
    public var hadContainer: Bool {
        if isMap { return elements > 0 }
        if lifetime.startedAt != nil || phase.rawValue == "RUNNING" { return true }
        guard phase.isTerminal else { return false }
        if phase == .succeeded {
            // The engine says what it did for a pod; a cache hit's attempt and a plugin without pods say nothing.
            return !reasons.isEmpty || !reason.isEmpty || !logs.isEmpty
        }
        if let error {
            if WaitReason.isObstacle(code: error.code) { return false }
            if Self.isOfContainer(error) { return true }
        }
        // Links to logs come with the pod, as a rule once it runs, and always before it ends.
        return !logs.isEmpty && !WaitReason.isObstacle(lastReason)
    }

    /// When it was last known to wait for a node, for quota or for its image; nil when it is not known to have waited.
    var lastObstacle: Timestamp? {
        reasons.last { WaitReason.isObstacle($0.message) && $0.at != nil }?.at
    }

    private var lastReason: String { reasons.last?.message ?? reason }

    /// Whether an error is of something that ran: what an attempt that was deleted, aborted or out of time before it
    /// ran has for an error is none.
    private static func isOfContainer(_ error: ExecutionError) -> Bool {
        if error.message.contains("exit code (") { return true }
        let code = Fingerprint.bareCode(error.code)
        switch CauseClass(error) {
        case .timeout, .rejected: return false
        case .user: return code != "Task Aborted"
        case .system, .unknown:
            return error.code.contains(":") || code == "OutputsNotFound"
        }
    }
}
