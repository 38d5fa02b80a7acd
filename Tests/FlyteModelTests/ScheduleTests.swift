import Foundation
import TestSupport
import Testing

@testable import FlyteModel

/// The times that schedules mean.
struct ScheduleTests {
    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    private func window(_ start: String, _ end: String) throws -> TimeWindow {
        TimeWindow(start: try time(start), end: try time(end))
    }

    private func times(_ schedule: String, _ start: String, _ end: String) throws -> [String] {
        let found = try #require(Schedule(schedule)).times(in: window(start, end), limit: 1000)
        return try #require(found).map(\.description)
    }

    private static let schedules = [
        "0 */8 * * *", "*/5 * * * *", "17 3 * * 1-5", "0 0 1,15 * *", "0 9 13 * 5", "0 9 */2 * 5",
        "0 9 */1 * 5",
        "30 2 29 2 *", "0 0 30 2 *", "0 0 31 * *", "5-59/17 0-6/2 * jan-mar,DEC sun", "0 12 ? * MON",
        "7/20 5 * * *",
        "0 0 1 1 ?", "59 23 31 12 *", "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly",
        "@annually",
        "CRON_TZ=Europe/Berlin 0 9 * * *", "TZ=Europe/Berlin 30 2 * * *", "TZ=America/New_York 30 1 * * *",
        "TZ=Europe/Berlin */15 2 * 3,10 0", "CRON_TZ=Asia/Kolkata 0 0 * * 1",
        "TZ=Australia/Lord_Howe 45 1 * * *",
        "CRON_TZ=Asia/Tokyo @daily", "TZ=America/Sao_Paulo 0 0 * * *",
        "0 10 * * ? *", "15 12 * * ? *", "0 18 ? * MON-FRI *", "0 8 1 * ? *", "0/15 * * * ? *",
        "0/10 * ? * MON-FRI *",
        "0/5 8-17 ? * MON-FRI *", "15 10 ? * 6L 2019-2027", "0 9 ? * 3#2 *", "0 9 L * ? *", "0 9 LW * ? *",
        "0 9 1W * ? *",
        "0 9 15W * ? *", "0 9 31W * ? *", "0 9 ? * L *", "0 9 ? * tue#5 *", "0 9 ? * SUNL *",
        "0 0 1 1 ? 2027",
        "0 0 29 2 ? 2024/4",
    ]

    // Two years of every minute, one of them a leap year.
    @Test func eachIsWhatALookAtEveryMinuteFinds() throws {
        let window = try window("2027-01-01T00:00:00Z", "2029-01-01T00:00:00Z")
        let input =
            "\(window.start.wholeSeconds) \(window.end.wholeSeconds)\n"
            + Self.schedules.map { $0 + "\n" }.joined()
        let said = try SecondImplementation.run("times", in: "schedules", input: Data(input.utf8))
        let lines = String(decoding: said, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count == Self.schedules.count + 1)
        for (schedule, line) in zip(Self.schedules, lines) {
            let found = try #require(Schedule(schedule)).times(in: window, limit: .max)
            #expect(
                found?.map { String($0.wholeSeconds) }.joined(separator: " ") == String(line), "\(schedule)")
        }
    }

    @Test func windowsAreHalfOpen() throws {
        #expect(
            try times("0 */8 * * *", "2026-01-01T08:00:00Z", "2026-01-02T00:00:00Z")
                == ["2026-01-01T08:00:00Z", "2026-01-01T16:00:00Z"])
        #expect(try times("0 * * * *", "2026-01-01T08:00:00.000000001Z", "2026-01-01T09:00:00Z") == [])
        #expect(try times("0 * * * *", "2026-01-01T09:00:00Z", "2026-01-01T09:00:00Z") == [])
        #expect(
            try times("0 * * * *", "1969-12-31T22:30:00Z", "1970-01-01T00:30:00Z")
                == ["1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z"])
    }

    // 29 March 2026 has no 2:30 in Berlin, 25 October two.
    @Test func clocksThatAreSetLeaveOutAndRepeat() throws {
        let schedule = "CRON_TZ=Europe/Berlin 30 2 * * *"
        #expect(
            try times(schedule, "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z")
                == ["2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"])
        #expect(
            try times(schedule, "2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z")
                == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"])
        #expect(try #require(Schedule(schedule)).zone.name == "Europe/Berlin")
        #expect(try #require(Schedule("TZ= @daily")).zone == .utc)
    }

    @Test(arguments: [
        ("every 90 MINUTE", 5400), ("every 1 HOUR", 3600), ("every 2 DAY", 172_800), ("@every 1h30m", 5400),
        ("@every 1.5h", 5400), ("@every .5m", 30), ("@every 90.9s", 90), ("@every 10ms", 1),
        ("@every -3h", 1),
    ]) func ratesGoOnFromATimeAtWhichTheyRan(text: String, seconds: Int64) throws {
        let schedule = try #require(Schedule(text))
        let anchor = try time("2026-01-01T00:00:07.25Z")
        let (before, after) = (anchor - 2 * seconds * 1_000_000_000, anchor + 2 * seconds * 1_000_000_000)
        let found = try #require(
            schedule.times(in: TimeWindow(start: before, end: after), countedFrom: anchor, limit: 100))
        #expect(found.map { $0.wholeSeconds - anchor.wholeSeconds } == [-seconds, 0, seconds, 2 * seconds])
        #expect(
            schedule.times(in: TimeWindow(start: before, end: after), limit: 1) == nil && schedule.needsAnchor
        )
    }

    @Test(arguments: [
        "", " ", "hourly", "@reboot", "@every", "@every 1", "@every h", "@every 1.2.3s",
        "@every 99999999999h", "* * * *",
        "* * * * * *", "* * * * ? * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *",
        "* * * 0 *",
        "* * * * 7", "5-1 * * * *", "*/0 * * * *", "1/2/3 * * * *", "1-2-3 * * * *", "a * * * *",
        "-1 * * * *", "1.5 * * * *",
        "99999999999999999999 * * * *", "٣ * * * *", "0 0 * * MONDAY", "TZ=Europe/Berlin",
        "TZ=Nowhere/Land 0 0 * * *",
        "TZ=Local @daily", "TZ=../../etc/passwd 0 0 * * *", " TZ=UTC 0 0 * * *", "TZ=UTC 0 10 ? * MON *",
        "every 0 HOUR",
        "every 5 WEEK", "every -5 HOUR", "every 4294967296 MINUTE", "every 5", "0 10 * * * *", "0 10 ? * ? *",
        "0 10 1 * 2 *", "? 10 * * ? *", "0 10 * * ? 1969", "0 10 32W * ? *", "0 10 W * ? *", "0 10 L-3 * ? *",
        "0 10 ? * 8L *", "0 10 ? * 0 *", "0 10 ? * 3#6 *", "0 10 ? * 3#1,6#3 *", "0 10 1,L * ? *",
        "0 10 ? * 2,? *",
        "\u{0}", "0 0 * * *\u{301}",
    ]) func whatNoSchedulerTakesIsNone(text: String) {
        #expect(Schedule(text) == nil)
    }

    @Test func hostileOnesEnd() throws {
        let all = TimeWindow(start: Timestamp(nanoseconds: .min), end: Timestamp(nanoseconds: .max))
        for text in [
            "0 0 30 2 *", ", * * * *", "* * , * ,", "0 0 ? 2 MON#5 1970", "TZ=Europe/Berlin 0 0 31 4 *",
        ] {
            guard let schedule = Schedule(text) else { continue }
            #expect(schedule.times(in: all, limit: 10) == [], "\(text)")
            #expect(schedule.next(after: try time("2026-01-01T00:00:00Z")) == nil)
        }
        #expect(try #require(Schedule("* * * * *")).times(in: all, limit: 3)?.count == 3)
        #expect(
            try #require(Schedule("*/99999999999 */9223372036854775807 * * *")).times(in: all, limit: 3)?
                .count == 3)
        let rate = try #require(Schedule("every 4294967295 DAY"))
        // The next one is in 11,767,033 years.
        #expect(rate.times(in: all, countedFrom: Timestamp(nanoseconds: .min), limit: 9)?.count == 1)
        #expect(
            try #require(Schedule(String(repeating: "1,", count: 100_000) + "1 * * * *")).times(
                in: all, limit: 1)?.count == 1)
    }

    @Test func theNextOneMayBeYearsAway() throws {
        let leap = try #require(Schedule("0 12 29 2 *"))
        #expect(leap.next(after: try time("2096-03-01T00:00:00Z"))?.description == "2104-02-29T12:00:00Z")
        #expect(leap.contains(try time("2028-02-29T12:00:00Z")))
        #expect(!leap.contains(try time("2028-02-29T12:00:00.5Z")))
        let rate = try #require(Schedule("every 1 HOUR"))
        let anchor = try time("2026-01-01T00:20:00Z")
        #expect(rate.next(after: anchor, countedFrom: anchor)?.description == "2026-01-01T01:20:00Z")
        #expect(rate.next(after: anchor) == nil)
    }
}
