public import FlyteModel

/// A launch plan of a domain, all its versions together: what a schedule is of.
public struct ScheduleSubject: Hashable, Sendable {
    /// The row of the project's domain.
    public var scope: Int64
    /// Its name, by its bytes as all that is found by a text of a server's.
    public var launchPlan: KeyBytes
}

/// A time that a schedule meant and that has an execution.
public struct ScheduledRun: Hashable, Sendable {
    public var at: Timestamp
    /// The schedule of the launch plan's version that ran; nil for none, and when the version is not in the archive.
    public var schedule: String?
    public var isVersionKnown: Bool
}

/// A version of a launch plan, and since when there is one.
public struct ScheduleVersion: Hashable, Sendable {
    public var createdAt: Timestamp
    public var schedule: String?
}

/// What is kept of how a launch plan's schedule was met.
public struct KeptSchedule: Hashable, Sendable {
    /// Times without an execution between two that have one.
    public struct Gap: Hashable, Sendable {
        public var from: Timestamp
        public var until: Timestamp
        public var slots: Int64
        public var schedule: String
        public var before: Timestamp
        public var after: Timestamp

        public init(
            from: Timestamp, until: Timestamp, slots: Int64, schedule: String, before: Timestamp,
            after: Timestamp
        ) {
            (self.from, self.until, self.slots, self.schedule) = (from, until, slots, schedule)
            (self.before, self.after) = (before, after)
        }
    }

    /// Why nothing is said of the time between two runs.
    public enum Doubt: String, Hashable, Sendable {
        case notArchived = "not_archived"
        case unreadable
        case changed
        case offSchedule = "off_schedule"
        case tooLong = "too_long"
    }

    /// Of the version that ran last, and the same below.
    public var schedule: String?
    public var timeZone: String?
    /// Times that have an execution.
    public var runs: Int64
    public var unjudged: Int64 = 0
    public var doubt: Doubt?
    public var first: Timestamp
    public var last: Timestamp
    public var next: Timestamp?
    /// In order.
    public var gaps: [Gap] = []

    public init(schedule: String?, runs: Int64, first: Timestamp, last: Timestamp) {
        (self.schedule, self.runs, self.first, self.last) = (schedule, runs, first, last)
    }
}
