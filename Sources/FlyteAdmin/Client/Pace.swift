/// Time and chance as a client sees them; a test puts its own in their place.
public struct Pace: Sendable {
    /// How long ago some fixed moment was. Never goes back.
    public var now: @Sendable () -> Duration
    /// Throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// Between 0 and 1.
    public var chance: @Sendable () -> Double

    public init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
        chance: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.chance = chance
    }

    private static let start = ContinuousClock.now

    public static let system = Pace(
        now: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) },
        chance: { Double.random(in: 0...1) })
}
