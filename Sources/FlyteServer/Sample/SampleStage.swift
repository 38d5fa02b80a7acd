public import FlyteIDL
import Locking
public import FlyteModel

/// A sample installation in which people can act, and whose time is moved by hand: what was open goes on, new executions
/// begin, and what was launched, ended, answered or hidden stays so.
///
/// With a clock, time moves by itself for whatever was acted on, and stands still for all else.
public final class SampleStage: ExecutionEngine {
    public let installation: StoredInstallation
    private let clock: (@Sendable () -> Timestamp)?
    private let state: Guarded<State>

    private struct State {
        var options: SampleInstallation.Options
        var actions = SampleActions()
        /// Up to when what was touched has gone on.
        var reached = Timestamp(nanoseconds: 0)
    }

    /// - Parameter clock: That of what is done; nil for the history's own time.
    public init(_ options: SampleInstallation.Options, clock: (@Sendable () -> Timestamp)? = nil) {
        installation = SampleInstallation(options).installation
        self.clock = clock
        state = Guarded(State(options: options))
    }

    /// Up to when things have happened.
    public func now() -> Timestamp { clock?() ?? state.withLock { $0.options.now } }

    /// Lets so many seconds pass. Time does not cross midnight (UTC): each day has a history of its own.
    ///
    /// - Returns: false, and nothing happens, when it would.
    public func advance(seconds: Int64) -> Bool {
        state.withLock { state in
            let day: Int64 = 86_400_000_000_000
            let later = state.options.now + seconds * 1_000_000_000
            guard seconds >= 0, later.nanoseconds / day == state.options.end.nanoseconds / day else {
                return false
            }
            state.options.passed += seconds
            var history = SampleHistory(state.options, state.actions, in: installation)
            history.goOn()
            return true
        }
    }

    /// The lever: `POST /control/advance?seconds=N`; nil for other requests.
    public func answer(_ request: ServerRequest) -> ServerResponse? {
        guard request.path == "/control/advance" else { return nil }
        guard request.method == "POST", request.query.hasPrefix("seconds="),
            let seconds = Int64(request.query.dropFirst("seconds=".count)), advance(seconds: seconds)
        else {
            return ServerResponse(
                status: 400, text: "POST /control/advance?seconds=N, not past midnight (UTC).\n")
        }
        return ServerResponse(status: 200, text: "\(now())\n")
    }

    /// With a clock: lets what was acted on, and has not ended, go on to its time, at most once in a second.
    public func goOn() {
        guard let clock else { return }
        let now = clock()
        state.withLock { state in
            guard now >= state.reached + 1_000_000_000 else { return }
            let open = state.actions.touched.filter {
                !["SUCCEEDED", "FAILED", "ABORTED"].contains(installation.execution($0)?.text("phase"))
            }
            if !open.isEmpty { go(on: open, to: now, &state) }
        }
    }

    private func go(on touched: Set<ExecutionID>, to now: Timestamp, _ state: inout State) {
        state.actions.now = clock == nil ? nil : now
        state.reached = now
        var history = SampleHistory(state.options, state.actions, in: installation)
        history.write(only: touched)
    }

    // MARK: Acting

    public func launch(_ launch: ExecutionLaunch) throws(Refusal) {
        guard SampleHistory.workflow(of: launch) != nil else {
            throw Refusal(code: 13, message: "the sample does not know what \(launch.id) would run")
        }
        act(on: launch.id) { $0.actions.launches.append(.init(launch: launch, time: $1)) }
    }

    public func terminate(_ id: ExecutionID, cause: String, principal: String) {
        let top = top(of: id)
        act(on: id) { state, now in
            // Repeating it overwrites the cause, and no more.
            let before = state.actions.terminations[id]
            let standsStill = self.clock != nil && !state.actions.touched.contains(top)
            state.actions.terminations[id] = .init(
                time: before?.time ?? now, cut: before?.cut ?? (standsStill ? state.options.now : now),
                cause: cause, principal: principal)
        }
    }

    public func set(isArchived: Bool, of id: ExecutionID, principal: String) {
        let now = now()
        state.withLock { state in
            state.actions.archivings[id] = .init(isArchived: isArchived, time: now, principal: principal)
            SampleHistory(state.options, state.actions, in: installation).archive()
        }
    }

    public func give(_ value: Message, to signal: String, of id: ExecutionID) {
        act(on: id) {
            $0.actions.answers[.init(execution: id, signal: signal), default: []].append(
                .init(value: value, time: $1))
        }
    }

    private func act(on id: ExecutionID, _ change: (inout State, Timestamp) -> Void) {
        let top = top(of: id)
        let now = now()
        state.withLock { state in
            change(&state, now)
            state.actions.touched.insert(top)
            go(on: [top], to: now, &state)
        }
    }

    /// The execution that launched the one that launched this one, and so on.
    private func top(of id: ExecutionID) -> ExecutionID {
        var top = id
        while let row = installation.execution(top),
            let message = try? Message(decoding: row.message, as: "admin.Execution"),
            message.message("spec")?.message("metadata")?.enumName("mode") == "CHILD_WORKFLOW",
            let parent = message.message("spec")?.message("metadata")?.message("parent_node_execution")?
                .message("execution_id")
        {
            top = parent.executionID
        }
        return top
    }
}
