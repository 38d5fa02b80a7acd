public import FlyteModel

/// How far the first harvest of a project and domain is: it may take days, and be cut off often.
public struct FirstHarvest: Hashable, Sendable {
    /// The server's time when it began: what changed since then is for the next incremental harvest.
    public var began: Timestamp
    /// When the first and the last execution were made, about.
    public var oldest: Timestamp
    public var newest: Timestamp
    /// Executions made before are in the archive; nil when nothing is known of them.
    public var from: Timestamp?
    /// Executions made then and later, but before it began, are in the archive; nil when nothing is known of them.
    public var to: Timestamp?
    /// Nanoseconds of making that hold a good number of executions.
    public var step: Int64

    public init(began: Timestamp, oldest: Timestamp, newest: Timestamp, step: Int64) {
        self.began = began
        self.oldest = oldest
        self.newest = newest
        self.step = step
    }

    /// A step so many times as long; the longest that there is where that would be longer. One execution of year 1 in a
    /// page makes a step of centuries.
    public static func saturated(_ step: Int64, times factor: Int) -> Int64 {
        let (product, overflow) = step.multipliedReportingOverflow(by: Int64(factor))
        return overflow ? .max : product
    }

    /// Six numbers; of the ends each may be `-`.
    var text: String {
        let times = [began, oldest, newest, from, to].map { $0.map { String($0.nanoseconds) } ?? "-" }
        return (times + [String(step)]).joined(separator: " ")
    }

    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, let step = Int64(parts[5]), step > 0 else { return nil }
        let times = parts.prefix(5).map { Int64($0).map(Timestamp.init(nanoseconds:)) }
        guard let began = times[0], let oldest = times[1], let newest = times[2] else { return nil }
        self.init(began: began, oldest: oldest, newest: newest, step: step)
        (from, to) = (times[3], times[4])
    }
}
