import FlyteAdmin

extension StopFlag {
    /// How long what is in hand gets to end once the flag is set.
    private static let patience = Duration.seconds(4)

    /// Does the work, and cancels it a little after the flag was set.
    ///
    /// - Returns: nil when the work was cancelled before its end.
    public func unlessSet<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        do {
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    while !self.isSet { try await Task.sleep(for: .milliseconds(100)) }
                    try await Task.sleep(for: Self.patience)
                    return nil
                }
                // Whichever is first ends the other.
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch  where isSet && Self.isCancellation(error) {
            return nil
        }
    }

    static func isCancellation(_ error: any Error) -> Bool {
        if let error = error as? AdminError, case .transport(let transport) = error.kind {
            return transport.kind == .cancelled
        }
        return error is CancellationError
    }
}
