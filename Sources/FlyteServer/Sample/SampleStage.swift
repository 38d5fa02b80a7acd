import Locking
public import FlyteModel

/// A sample installation whose time is moved by hand: what was open goes on, and new executions begin.
public final class SampleStage: Sendable {
    public let installation: StoredInstallation
    private let options: Guarded<SampleInstallation.Options>

    public init(_ options: SampleInstallation.Options) {
        installation = SampleInstallation(options).installation
        self.options = Guarded(options)
    }

    /// Up to when things have happened.
    public func now() -> Timestamp { options.withLock { $0.now } }

    /// Lets so many seconds pass. Time does not cross midnight (UTC): each day has a history of its own.
    ///
    /// - Returns: false, and nothing happens, when it would.
    public func advance(seconds: Int64) -> Bool {
        options.withLock { options in
            let day: Int64 = 86_400_000_000_000
            let later = options.now + seconds * 1_000_000_000
            guard seconds >= 0, later.nanoseconds / day == options.end.nanoseconds / day else { return false }
            options.passed += seconds
            installation.become(SampleInstallation(options).installation)
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
}
