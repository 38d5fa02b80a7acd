/// When the clocks of a place were, are and will be how far from UTC: a zone of the IANA database.
///
/// Read from the system's compiled files (TZif, RFC 9636), and so as new as the system's.
public struct TimeZoneRules: Hashable, Sendable {
    /// How the clocks are set for a while.
    struct Setting: Hashable, Sendable {
        /// Seconds east of UTC.
        var offset: Int64
        /// `CET`, `+0530`.
        var abbreviation: String
    }

    /// `Europe/Berlin`.
    public let name: String
    /// Seconds since 1970 at which a setting begins, with its place in `settings`; ascending.
    private let changes: [(at: Int64, setting: Int)]
    private let settings: [Setting]
    /// The setting before the first change.
    private let first: Setting
    /// What holds after the last change; nil where that stays.
    private let rule: YearlyClockRule?

    public static let utc = TimeZoneRules(
        name: "UTC", changes: [], settings: [], first: Setting(offset: 0, abbreviation: "UTC"), rule: nil)

    init(
        name: String, changes: [(at: Int64, setting: Int)], settings: [Setting], first: Setting,
        rule: YearlyClockRule?
    ) {
        self.name = name
        self.changes = changes
        self.settings = settings
        self.first = first
        self.rule = rule
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.settings == b.settings && a.first == b.first && a.rule == b.rule
            && a.changes.elementsEqual(b.changes) { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    // MARK: What the clocks show

    /// How the clocks are set at a moment, in seconds since 1970.
    func setting(at seconds: Int64) -> Setting {
        guard let last = changes.last, seconds >= changes[0].at else {
            return changes.isEmpty ? rule?.setting(at: seconds) ?? first : first
        }
        if seconds >= last.at, let rule { return rule.setting(at: seconds) }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= seconds { low = middle + 1 } else { high = middle }
        }
        return settings[changes[low - 1].setting]
    }

    /// Seconds east of UTC.
    public func offset(at time: Timestamp) -> Int64 { setting(at: time.wholeSeconds).offset }

    /// What the clocks show, to the second: `2026-11-29 03:31:07`, and what they are called then, `CET`.
    public func local(_ time: Timestamp) -> (text: String, abbreviation: String) {
        let setting = setting(at: time.wholeSeconds)
        let text = Timestamp.rfc3339(seconds: time.wholeSeconds + setting.offset, fraction: 0, digits: 0)
        return ("\(text.prefix(10)) \(text.dropFirst(11).prefix(8))", setting.abbreviation)
    }

    /// What the clocks show, to the second and with what they are called: `2026-11-29 03:31:07 CET`.
    public func text(_ time: Timestamp) -> String {
        let local = local(time)
        return "\(local.text) \(local.abbreviation)"
    }

    /// The same to the minute.
    public func minuteText(_ time: Timestamp) -> String {
        let local = local(time)
        return "\(local.text.prefix(16)) \(local.abbreviation)"
    }

    /// The day that it is here at a moment.
    public func day(of time: Timestamp) -> CivilDate {
        let seconds = time.wholeSeconds + offset(at: time)
        return CivilDate(day: Int(seconds >= 0 ? seconds / 86_400 : (seconds + 1) / 86_400 - 1))
    }

    // MARK: Moments

    /// The moment at which a day begins here: midnight, or the first moment after it where the clocks leave that out.
    public func start(of day: CivilDate) -> Timestamp { moment(day, nanosecondOfDay: 0) }

    /// The moment at which the clocks show a time of day: the earlier one where they show it twice, and where they leave it
    /// out the moment as far after the gap as it would be after its beginning.
    func moment(_ day: CivilDate, nanosecondOfDay: Int64) -> Timestamp {
        let local = Int64(day.dayNumber) * 86_400 + nanosecondOfDay / 1_000_000_000
        let before = setting(at: local - 86_400).offset
        let after = setting(at: local + 86_400).offset
        let offset =
            [before, after].sorted(by: >).first { setting(at: local - $0).offset == $0 } ?? before
        return Timestamp(
            seconds: local - offset, nanos: nanosecondOfDay - nanosecondOfDay / 1_000_000_000 * 1_000_000_000)
    }

    /// The same time of day, so many days away.
    public func moved(_ time: Timestamp, days: Int) -> Timestamp {
        let day = day(of: time)
        let local = time + offset(at: time) * 1_000_000_000
        let midnight = Timestamp(seconds: Int64(day.dayNumber) * 86_400, nanos: 0)
        return moment(day.adding(days: days), nanosecondOfDay: local - midnight)
    }

    /// The moments between two at which the clocks are set anew, with the seconds east of UTC from then on; the first is
    /// the beginning itself.
    public func offsets(from start: Timestamp, to end: Timestamp) -> [(at: Timestamp, offset: Int64)] {
        var moments = changes.map(\.at)
        if let rule {
            let last = changes.last?.at ?? .min
            let years = CivilDate(of: start).year...max(CivilDate(of: start).year, CivilDate(of: end).year)
            moments += years.flatMap { rule.changes(inYear: $0) }.filter { $0 > last }
        }
        var offsets = [(at: start, offset: offset(at: start))]
        for moment in moments.sorted() {
            let time = Timestamp(seconds: moment, nanos: 0)
            guard time > start, time < end else { continue }
            let offset = offset(at: time)
            if offset != offsets[offsets.count - 1].offset { offsets.append((time, offset)) }
        }
        return offsets
    }
}
