import FlyteModel
import Testing

@Suite struct TimeExpressionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var written: String
        var result: String
        var testDescription: String { written }

        init(_ written: String, _ result: String) {
            self.written = written
            self.result = result
        }
    }

    /// A Wednesday.
    static let now = CivilDate(isoYear: 2026, week: 3)!.adding(days: 2).start + 37_800_250_000_000

    // GNU date -u -d gives the same for each, where it knows the words.
    @Test(arguments: [
        Case("now", "2026-01-14T10:30:00.250000Z"), Case(" NOW ", "2026-01-14T10:30:00.250000Z"),
        Case("now-7d", "2026-01-07T10:30:00.250000Z"), Case("now-90m", "2026-01-14T09:00:00.250000Z"),
        Case("now+2h", "2026-01-14T12:30:00.250000Z"), Case("now-30s", "2026-01-14T10:29:30.250000Z"),
        Case("today", "2026-01-14T00:00:00.000000Z"), Case("yesterday", "2026-01-13T00:00:00.000000Z"),
        Case("tomorrow", "2026-01-15T00:00:00.000000Z"), Case("today-2w", "2025-12-31T00:00:00.000000Z"),
        Case("monday", "2026-01-12T00:00:00.000000Z"), Case("Wednesday", "2026-01-14T00:00:00.000000Z"),
        Case("thursday", "2026-01-08T00:00:00.000000Z"), Case("monday-1w", "2026-01-05T00:00:00.000000Z"),
        Case("2026-01-05", "2026-01-05T00:00:00.000000Z"),
        Case("2026-01-05T09:30", "2026-01-05T09:30:00.000000Z"),
        Case("2026-01-05 09:30:15", "2026-01-05T09:30:15.000000Z"),
        Case("2026-01-05T09:30:15.25Z", "2026-01-05T09:30:15.250000Z"),
        Case("2026-01-05T09:30:15,1234567899Z", "2026-01-05T09:30:15.123456Z"),
        Case("2026-01-05T00:30:00+02:00", "2026-01-04T22:30:00.000000Z"),
        Case("2026-01-05T23:30:00-0130", "2026-01-06T01:00:00.000000Z"),
        Case("2026-01-05T09:30+05", "2026-01-05T04:30:00.000000Z"),
        Case("2026-W03", "2026-01-12T00:00:00.000000Z"), Case("2020-W53", "2020-12-28T00:00:00.000000Z"),
        Case("2024-02-29", "2024-02-29T00:00:00.000000Z"),
    ]) func means(_ expected: Case) throws {
        let time = try TimeExpression(expected.written).timestamp(now: Self.now)
        #expect(time.microsecondText == expected.result)
    }

    @Test(arguments: [
        Case(
            "",
            "The time is empty. "
                + "Write '2026-01-05', '2026-01-05T09:30:00Z', '2026-W02', 'now-7d', 'today' or 'monday'."),
        Case(
            "soon",
            "'soon' is no time. "
                + "Write '2026-01-05', '2026-01-05T09:30:00Z', '2026-W02', 'now-7d', 'today' or 'monday'."),
        Case("now-7x", "'now-7x' is no time: 'x' is no unit. Use s, m, h, d or w, as in 'now-7d'."),
        Case("now-d", "'now-d' is no time: '-d' should be a number and a unit, as in 'now-7d'."),
        Case("now-7", "'now-7' is no time: '-7' should be a number and a unit, as in 'now-7d'."),
        Case("2026-02-30", "'2026-02-30' is no time: there is no 30. day of month 2 in 2026."),
        Case("2026-13-01", "'2026-13-01' is no time: there is no 1. day of month 13 in 2026."),
        Case("2025-W53", "'2025-W53' is no time: there is no week 53 in 2025."),
        Case("2026-01-05T24:00", "'2026-01-05T24:00' is no time: there is no hour 24."),
        Case("2026-01-05T10:61", "'2026-01-05T10:61' is no time: there is no minute 61."),
        Case("1066-10-14", "'1066-10-14' is out of range: times go from 1677 to 2262."),
        Case(
            "now-99999999999999999999d",
            "'now-99999999999999999999d' is out of range: times go from 1677 to 2262."),
        Case(
            "2026-1-5",
            "'2026-1-5' is no time. "
                + "Write '2026-01-05', '2026-01-05T09:30:00Z', '2026-W02', 'now-7d', 'today' or 'monday'."),
        Case(
            "05.01.2026",
            "'05.01.2026' is no time. "
                + "Write '2026-01-05', '2026-01-05T09:30:00Z', '2026-W02', 'now-7d', 'today' or 'monday'."),
        Case(
            "now٣",
            "'now٣' is no time. "
                + "Write '2026-01-05', '2026-01-05T09:30:00Z', '2026-W02', 'now-7d', 'today' or 'monday'."),
    ]) func saysWhatIsWrongWith(_ expected: Case) {
        #expect(performing: { try TimeExpression(expected.written) }, throws: { "\($0)" == expected.result })
    }

    @Test func aMomentBeyondWhatCanBeToldIsAnError() throws {
        let expression = try TimeExpression("now+300w")
        #expect(throws: TimeExpression.ParseError.self) {
            try expression.timestamp(now: Timestamp(nanoseconds: .max - 1))
        }
    }

    @Test func theDefaultWindowIsTheLastWholeWeek() {
        let window = TimeWindow(lastWeekBefore: Self.now)
        #expect(window.description == "2026-01-05T00:00:00.000000Z/2026-01-12T00:00:00.000000Z")
        #expect(window.previous.description == "2025-12-29T00:00:00.000000Z/2026-01-05T00:00:00.000000Z")
        #expect(window.contains(window.start) && !window.contains(window.end))
        // On a Monday at midnight the week before is over.
        #expect(TimeWindow(lastWeekBefore: window.end) == window)
    }

    // From the tables of ISO 8601's usual explanations: the days around New Year.
    @Test(arguments: [
        Case("2005-01-01", "2004-W53"), Case("2005-12-31", "2005-W52"), Case("2007-01-01", "2007-W1"),
        Case("2008-12-29", "2009-W1"), Case("2010-01-03", "2009-W53"), Case("1969-12-31", "1970-W1"),
    ]) func weeksAreThoseOfISO8601(_ expected: Case) throws {
        let date = CivilDate(of: try TimeExpression(expected.written).timestamp(now: Self.now))
        #expect("\(date.isoWeek.year)-W\(date.isoWeek.week)" == expected.result)
        #expect(CivilDate(isoYear: date.isoWeek.year, week: date.isoWeek.week) == date.monday)
    }
}
