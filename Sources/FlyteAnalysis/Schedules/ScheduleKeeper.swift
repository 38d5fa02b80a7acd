public import FlyteArchive
import FlyteModel
import Tables

/// Holds what schedules meant against the executions that there are, and keeps in the archive which times have none.
///
/// A time counts as missed only between two that have an execution, when the schedule was the same all the while: a plan that was
/// off for a month is one gap of many times. Of all else it is said how often nothing could be said.
public struct ScheduleKeeper {
    private let archive: Archive

    /// A gap of more times is told as one that could not be looked through: a minute's schedule for two years.
    private static let longestGap = 1_000_000

    public init(_ archive: Archive) { self.archive = archive }

    /// Looks through those of which something was written since the last time.
    ///
    /// - Returns: How many launch plans that were.
    @discardableResult
    public func update() throws -> Int {
        let due = try archive.schedulesDue()
        for subject in due { try archive.keep(try find(subject), of: subject) }
        return due.count
    }

    /// Looks through all of them; those that are not as they were are written.
    ///
    /// - Returns: How many launch plans that were.
    public func rebuild() throws -> Int {
        try update()
        var changed = 0
        for subject in try archive.scheduleSubjects() {
            let found = try find(subject)
            guard try archive.keptSchedule(of: subject) != found else { continue }
            try archive.keep(found, of: subject)
            changed += 1
        }
        return changed
    }

    /// Tells of each launch plan whose kept times are not those of its executions. Changes nothing.
    public func findings() throws -> [Finding] {
        let due = Set(try archive.schedulesDue())
        return try archive.scheduleSubjects().filter { !due.contains($0) }.compactMap { subject in
            let (found, kept) = (try find(subject), try archive.keptSchedule(of: subject))
            guard kept != found else { return nil }
            return Finding(
                place: "schedule \(subject.launchPlan.text)", finding: "differs from the executions",
                detail: "\(kept?.gaps.count ?? 0) gaps are kept, \(found?.gaps.count ?? 0) are found")
        }
    }

    /// nil when no schedule ever ran it.
    private func find(_ subject: ScheduleSubject) throws -> KeptSchedule? {
        let runs = try archive.scheduledRuns(of: subject)
        guard let first = runs.first, let last = runs.last else { return nil }
        let versions = try archive.scheduleVersions(of: subject)
        var schedules: [KeyBytes: Schedule?] = [:]
        func schedule(_ text: String) -> Schedule? {
            if let known = schedules[KeyBytes(text)] { return known }
            let read = Schedule(text)
            schedules[KeyBytes(text)] = .some(read)
            return read
        }
        var kept = KeptSchedule(
            schedule: last.schedule, runs: Int64(runs.count), first: first.at, last: last.at)
        let latest = last.schedule.flatMap(schedule)
        kept.timeZone = latest?.zone.name
        if let latest, latest.contains(last.at, countedFrom: last.at) {
            kept.next = latest.next(after: last.at, countedFrom: last.at)
        }
        for (before, after) in zip(runs, runs.dropFirst()) {
            do {
                guard before.isVersionKnown, after.isVersionKnown else { throw Unjudged(doubt: .notArchived) }
                // By bytes, as all text of a server's.
                guard let text = before.schedule, after.schedule.map({ KeyBytes($0) }) == KeyBytes(text),
                    !Self.isAnother(text, among: versions, from: before.at, to: after.at)
                else { throw Unjudged(doubt: .changed) }
                guard let meant = schedule(text) else { throw Unjudged(doubt: .unreadable) }
                if let gap = try Self.gap(meant, before.at, after.at) { kept.gaps.append(gap) }
            } catch let unjudged as Unjudged {
                kept.unjudged += 1
                kept.doubt = unjudged.doubt
            }
        }
        return kept
    }

    /// Why nothing is said of a stretch.
    private struct Unjudged: Error {
        var doubt: KeptSchedule.Doubt
    }

    /// Whether a version with another schedule was registered between two times: it may have been the one that counted.
    private static func isAnother(
        _ schedule: String, among versions: [ScheduleVersion], from start: Timestamp, to end: Timestamp
    ) -> Bool {
        versions.contains {
            start < $0.createdAt && $0.createdAt < end
                && $0.schedule.map { KeyBytes($0) } != KeyBytes(schedule)
        }
    }

    /// - Returns: nil when every time between both has its execution: there is none.
    private static func gap(
        _ schedule: Schedule, _ before: Timestamp, _ after: Timestamp
    ) throws -> KeptSchedule.Gap? {
        // Runs for other times than these: the scheduler goes by other clocks, or a rate was begun anew.
        let whole = Timestamp(seconds: after.wholeSeconds, nanos: 0)
        guard schedule.contains(Timestamp(seconds: before.wholeSeconds, nanos: 0), countedFrom: before),
            schedule.contains(whole, countedFrom: before)
        else { throw Unjudged(doubt: .offSchedule) }
        let between = TimeWindow(start: before + 1, end: whole)
        guard
            let missed = schedule.times(in: between, countedFrom: before, limit: longestGap + 1),
            let first = missed.first, let last = missed.last
        else { return nil }
        guard missed.count <= longestGap else { throw Unjudged(doubt: .tooLong) }
        return KeptSchedule.Gap(
            from: first, until: last, slots: Int64(missed.count), schedule: schedule.text, before: before,
            after: after)
    }
}
