/// The times at which the schedule of a launch plan means it to run.
///
/// Read from the text that ``LaunchPlan/schedule`` has, in the dialects of what fires the schedules of Flyte:
///
/// | written | by whom it is fired | means |
/// |---|---|---|
/// | `0 */8 * * 1-5`, `@daily` | flyteadmin's scheduler (robfig/cron 3) | minute, hour, day of month, month, day of week, 0 is Sunday; where both kinds of days are restricted, either will do |
/// | `CRON_TZ=Europe/Berlin 0 9 * * *`, `TZ=…` | the same | by the clocks of a zone: a time that they leave out does not come, one that they show twice comes twice |
/// | `@every 1h30m`, `every 5 MINUTE` | the same | a fixed rate, counted from a time at which it ran |
/// | `0 10 ? * 6L 2026` | EventBridge (`cron_expression`, deprecated) | minute, hour, day of month, month, day of week, year; 1 is Sunday; `L`, `W` and `#` as there |
///
/// All in UTC where the text names no zone: that is what flyteadmin's scheduler does in a container as it comes. What it does
/// with the `offset` of a cron schedule is nothing, and so it counts nothing here.
public struct Schedule: Hashable, Sendable {
    enum Rule: Hashable, Sendable {
        case cron(CronRule)
        /// Seconds.
        case rate(Int64)
    }

    /// The text that it was read from.
    public let text: String
    /// By whose clocks it goes.
    public let zone: TimeZoneRules
    private let rule: Rule

    /// nil for what none of them takes: such a schedule is never fired.
    public init?(_ text: String) {
        // Nothing else has a meaning in any of them, and in ASCII characters are bytes.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var rest = Array(text.utf8)[...]
        var zone = TimeZoneRules.utc
        var hasZone = false
        for mark in ["TZ=", "CRON_TZ="] where rest.starts(with: mark.utf8) {
            guard let blank = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            let name = String(decoding: rest[(rest.startIndex + mark.utf8.count)..<blank], as: UTF8.self)
            // `Local` is the scheduler's own, which nobody here knows.
            guard name.isEmpty || (name != "local" && name != "Local"),
                let named = name.isEmpty ? .utc : try? TimeZoneRules(named: name)
            else { return nil }
            (zone, hasZone) = (named, true)
            rest = rest[blank...]
            break
        }
        let fields = rest.split { Self.isBlank($0) }.map { String(decoding: $0, as: UTF8.self) }
        guard let first = fields.first, let rule = Self.rule(first, fields, hasZone: hasZone) else {
            return nil
        }
        (self.text, self.zone, self.rule) = (text, zone, rule)
    }

    private static func rule(_ first: String, _ fields: [String], hasZone: Bool) -> Rule? {
        switch (first, fields.count) {
        case ("every", 3) where !hasZone: return rate(fields[1], fields[2]).map(Rule.rate)
        case ("@every", 2): return GoDuration.parse(fields[1]).map { .rate(max(1, $0 / 1_000_000_000)) }
        case (_, 1): return CronRule.alias(first).map(Rule.cron)
        case (_, 5): return CronRule(standard: fields).map(Rule.cron)
        case (_, 6) where !hasZone: return CronRule(eventBridge: fields).map(Rule.cron)
        default: return nil
        }
    }

    private static func rate(_ value: String, _ unit: String) -> Int64? {
        let units: [String: Int64] = ["MINUTE": 60, "HOUR": 3600, "DAY": 86_400]
        // What a protobuf `uint32` holds, but for 0: that never ends.
        guard let count = Int64(value), count > 0, count <= UInt32.max, let length = units[unit] else {
            return nil
        }
        return count * length
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Whether the times of a rate are known only with one of them; others are the calendar's.
    public var needsAnchor: Bool { if case .rate = rule { true } else { false } }

    // MARK: Times

    /// The times in a window, in order.
    ///
    /// - Parameters:
    ///   - anchor: Of a rate: a time at which it ran, whose fraction of a second does not count; it goes on from there in both
    ///     directions.
    ///   - limit: At most so many, the first ones: a rate of a second has 31 million a year.
    /// - Returns: nil for a rate without an anchor.
    public func times(
        in window: TimeWindow, countedFrom anchor: Timestamp? = nil, limit: Int
    ) -> [Timestamp]? {
        guard anchor != nil || !needsAnchor else { return nil }
        var times: [Timestamp] = []
        forEach(in: window, countedFrom: anchor) { time in
            guard times.count < limit else { return false }
            times.append(time)
            return true
        }
        return times
    }

    /// Whether it means this very moment.
    public func contains(_ time: Timestamp, countedFrom anchor: Timestamp? = nil) -> Bool {
        let moment = TimeWindow(start: time, end: time + 1)
        return times(in: moment, countedFrom: anchor, limit: 1)?.isEmpty == false
    }

    /// The first time after a moment; nil when there is none before 2262, and for a rate without an anchor.
    public func next(after time: Timestamp, countedFrom anchor: Timestamp? = nil) -> Timestamp? {
        times(
            in: TimeWindow(start: time + 1, end: Timestamp(nanoseconds: .max)), countedFrom: anchor, limit: 1)?
            .first
    }

    /// Seconds since 1970, cut upwards.
    private static func secondsUp(_ time: Timestamp) -> Int64 {
        time == Timestamp(nanoseconds: .min) ? time.wholeSeconds : (time - 1).wholeSeconds + 1
    }

    /// - Parameter body: False ends it.
    func forEach(in window: TimeWindow, countedFrom anchor: Timestamp?, _ body: (Timestamp) -> Bool) {
        // Times are whole seconds.
        let (start, end) = (Self.secondsUp(window.start), Self.secondsUp(window.end))
        guard start < end else { return }
        func tell(_ seconds: Int64) -> Bool { body(Timestamp(seconds: seconds, nanos: 0)) }
        switch rule {
        case .rate(let seconds):
            guard let anchor else { return }
            let phase = (start - anchor.wholeSeconds) % seconds
            var time = start + (phase == 0 ? 0 : phase < 0 ? -phase : seconds - phase)
            while time < end, tell(time) { time += seconds }
        case .cron(let rule):
            guard zone != .utc else {
                _ = rule.forEach(from: start, to: end, tell)
                return
            }
            // Between two settings of the clocks their time goes on like any other.
            let offsets = zone.offsets(from: window.start, to: window.end)
            for (index, part) in offsets.enumerated() {
                let from = index == 0 ? start : part.at.wholeSeconds
                let to = index + 1 < offsets.count ? offsets[index + 1].at.wholeSeconds : end
                guard
                    rule.forEach(from: from + part.offset, to: to + part.offset, { tell($0 - part.offset) })
                else { return }
            }
        }
    }
}
