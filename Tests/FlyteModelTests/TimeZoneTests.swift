import Foundation
import Testing

@testable import FlyteModel

/// Times on the clocks of other places.
struct TimeZoneTests {
    /// Python reads the same files with code of its own: instants from 1850 to 2250, and times of day, in every zone.
    private static let script = """
        import datetime, random, sys, zoneinfo
        chance = random.Random(7)
        for name in sorted(zoneinfo.available_timezones()):
            if name in ("UTC", "localtime", "posixrules") or name.startswith(("right/", "posix/")):
                continue
            zone = zoneinfo.ZoneInfo(name)
            for _ in range(60):
                second = chance.randint(-3786825600, 8836128000)
                time = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=second)
                local = time.astimezone(zone)
                print(name, second, int(local.utcoffset().total_seconds()), local.tzname())
                # Days on which the clocks are set, too: each of them has a day like this one.
                day = datetime.datetime(chance.randint(1970, 2100), chance.choice([3, 4, 9, 10, 11]), chance.randint(1, 30))
                wall = day + datetime.timedelta(seconds=chance.choice([0, 5400, 7200, 9000, 10799, 86399]))
                moment = wall.replace(tzinfo=zone)
                utc = moment.astimezone(datetime.timezone.utc) - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
                print(name, wall.isoformat(), int(utc.total_seconds()))
        """

    @Test func allZonesAreThoseOfPython() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", Self.script]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var zones: [String: TimeZoneRules] = [:]
        var different: [String] = []
        var count = 0
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            let zone = try zones[words[0]] ?? TimeZoneRules(named: words[0])
            zones[words[0]] = zone
            count += 1
            if words.count == 4 {
                let time = Timestamp(seconds: try #require(Int64(words[1])), nanos: 0)
                let setting = zone.setting(at: time.wholeSeconds)
                if String(setting.offset) != words[2] || setting.abbreviation != words[3] {
                    different.append("\(line): \(setting)")
                }
            } else {
                let time = try TimeExpression(words[1]).timestamp(now: time(0), in: zone)
                if String(time.wholeSeconds) != words[2] { different.append("\(line): \(time.wholeSeconds)") }
            }
        }
        #expect(zones.count > 300 && count > 40_000)
        #expect(different.prefix(10) == [])
    }

    private func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds, nanos: 0) }

    private func at(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test func weeksAndDaysAreThoseOfTheZone() throws {
        let berlin = try TimeZoneRules(named: "Europe/Berlin")
        // Monday 26 October 2026, after the night in which the clocks went back.
        let now = try at("2026-10-26T12:00:00Z")
        let week = TimeWindow(lastWeekBefore: now, in: berlin)
        #expect(week.description == "2026-10-18T22:00:00.000000Z/2026-10-25T23:00:00.000000Z")
        #expect(week.end - week.start == 169 * 3_600_000_000_000)
        #expect(week.days(in: berlin) == 7 && week.hasWholeDays(in: berlin) && !week.hasWholeDays(in: .utc))
        #expect(
            week.previous(in: berlin).description == "2026-10-11T22:00:00.000000Z/2026-10-18T22:00:00.000000Z"
        )
        #expect(week.previous(in: berlin) == TimeWindow(weekUntil: week.start, in: berlin))
        #expect(TimeWindow(weekFrom: week.start, in: berlin) == week)
        func means(_ text: String) throws -> String {
            try TimeExpression(text).timestamp(now: now, in: berlin).description
        }
        #expect(try means("today") == "2026-10-25T23:00:00Z")
        #expect(try means("today-1d") == "2026-10-24T22:00:00Z")
        #expect(try means("now-1d") == "2026-10-25T12:00:00Z")
        #expect(try means("now-2d") == "2026-10-24T11:00:00Z")
        #expect(try means("now-48h") == "2026-10-24T12:00:00Z")
        #expect(try means("sunday") == "2026-10-24T22:00:00Z")
        #expect(try means("2026-W43") == "2026-10-18T22:00:00Z")
        #expect(try means("2026-10-25T02:30") == "2026-10-25T00:30:00Z")
        #expect(try means("2026-03-29T02:30") == "2026-03-29T01:30:00Z")
        #expect(try means("2026-10-25T02:30Z") == "2026-10-25T02:30:00Z")
        #expect(berlin.local(now) == ("2026-10-26 13:00:00", "CET"))
    }

    /// In São Paulo daylight saving time began at midnight, which so did not exist; Samoa went without a whole day.
    @Test(
        arguments: [
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
            ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z"),
            ("UTC", "2026-01-01", "2026-01-01T00:00:00Z"),
        ])
    func aDayBeginsWithItsFirstMoment(zone: String, day: String, start: String) throws {
        let rules = try TimeZoneRules(named: zone)
        #expect(try TimeExpression(day).timestamp(now: time(0), in: rules).description == start)
    }

    @Test func theMomentsAreToldAtWhichClocksAreSet() throws {
        let berlin = try TimeZoneRules(named: "Europe/Berlin")
        func offsets(_ start: String, _ end: String) throws -> [String] {
            try berlin.offsets(from: at(start), to: at(end)).map { "\($0.at) \($0.offset)" }
        }
        #expect(
            try offsets("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z") == [
                "2026-01-01T00:00:00Z 3600", "2026-03-29T01:00:00Z 7200", "2026-10-25T01:00:00Z 3600",
            ])
        #expect(
            try offsets("2090-05-01T00:00:00Z", "2090-12-01T00:00:00Z") == [
                "2090-05-01T00:00:00Z 7200", "2090-10-29T01:00:00Z 3600",
            ])
    }

    @Test(arguments: [
        "", "Nowhere/Nothing", "../../etc/passwd", "/etc/localtime", "Europe", "zone.tab", ".", "Ä",
    ])
    func whatIsNoZoneIsRefused(name: String) {
        #expect(throws: TimeZoneError.self) { try TimeZoneRules(named: name) }
    }

    @Test func aMachineWithoutZonesSaysSo() {
        let error = #expect(throws: TimeZoneError.self) {
            try TimeZoneRules(named: "Europe/Berlin", folder: "/nowhere")
        }
        #expect(
            error?.description
                == "This machine has no time zones ('/nowhere'); install the package tzdata, or take UTC.")
        #expect(throws: Never.self) { try TimeZoneRules(named: "UTC", folder: "/nowhere") }
    }

    /// A file that is cut or has other bytes is refused or read, and never a trap.
    @Test(arguments: UInt64(0)..<20) func brokenFilesAreHarmless(seed: UInt64) throws {
        let whole = Array(try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")))
        var state = seed &+ 1
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<100 {
            var bytes = whole
            for _ in 0..<next(4) { bytes[next(bytes.count)] = UInt8(next(256)) }
            if next(2) == 0 { bytes = Array(bytes.prefix(next(bytes.count))) }
            guard let rules = TimeZoneRules(name: "X", file: bytes) else { continue }
            for seconds: Int64 in [-9_000_000_000, 0, 1_700_000_000, 9_000_000_000] {
                _ = rules.local(time(seconds))
                _ = rules.start(of: CivilDate(of: time(seconds)))
            }
            _ = rules.offsets(from: time(0), to: time(4_000_000_000))
        }
    }
}
