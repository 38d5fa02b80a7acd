import Tables
import Testing

/// Values in the words of people.
struct HumanTextTests {
    @Test(
        arguments: [
            (0, "0 s"), (0.0001, "< 1 ms"), (0.0006, "1 ms"), (0.042, "42 ms"), (0.42, "420 ms"),
            (0.9994, "999 ms"), (0.9995, "1.0 s"), (1.26, "1.3 s"), (9.94, "9.9 s"), (9.96, "10 s"),
            (59.4, "59 s"),
            (59.5, "1 min"), (60, "1 min"), (245, "4 min 05 s"), (599.4, "9 min 59 s"), (599.6, "10 min"),
            (3300, "55 min"), (3569, "59 min"), (3571, "1 h"), (7620, "2 h 07 min"), (35_969, "9 h 59 min"),
            (35_971, "10 h"), (50_400, "14 h"), (84_599, "23 h"), (84_601, "1 d"), (273_600, "3 d 04 h"),
            (862_199, "9 d 23 h"), (862_201, "10 d"), (1_728_000, "20 d"), (-245, "−4 min 05 s"),
            (.nan, "–"), (.infinity, "–"), (1e300, "11574074074 d"),
        ] as [(Double, String)])
    func shortDurations(seconds: Double, text: String) { #expect(HumanText.shortDuration(seconds) == text) }

    /// A longer time never reads as a shorter one.
    @Test func shortDurationsKeepTheOrder() {
        let units = ["ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86_400]
        func read(_ text: String) -> Double {
            let words = text.split(separator: " ")
            return stride(from: 0, to: words.count - 1, by: 2).reduce(0) {
                $0 + (Double(words[$1]) ?? .nan) * (units[String(words[$1 + 1])] ?? .nan)
            }
        }
        var last = 0.0
        for seconds in sequence(first: 0.001, next: { $0 < 1e7 ? $0 * 1.003 : nil }) {
            let shown = read(HumanText.shortDuration(seconds))
            #expect(shown >= last, "\(seconds)")
            #expect(abs(shown - seconds) <= max(0.00051, seconds * 0.051), "\(seconds)")
            last = shown
        }
    }

    @Test(
        arguments: [
            (0, "0 %"), (0.0001, "< 0.1 %"), (0.001, "0.1 %"), (0.04, "4 %"), (0.042, "4.2 %"),
            (0.0996, "10 %"), (0.57, "57 %"), (0.994, "99 %"), (0.9951, "99.5 %"), (0.9988, "99.8 %"),
            (0.9996, "> 99.9 %"), (1, "100 %"), (1.5, "150 %"), (-0.04, "−4 %"), (.nan, "–"),
        ] as [(Double, String)])
    func shortPercents(share: Double, text: String) { #expect(HumanText.shortPercent(share) == text) }

    @Test(
        arguments: [
            (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"),
            (10_240, "10 KiB"), (1_023_488, "1 MiB"), (1_610_612_736, "1.5 GiB"), (.max, "8 EiB"),
            (.min, "−8 EiB"), (-5, "−5 bytes"),
        ] as [(Int64, String)])
    func bytes(number: Int64, text: String) { #expect(HumanText.bytes(number) == text) }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "−1,234,567"),
            (.min, "−9,223,372,036,854,775,808"),
        ] as [(Int64, String)])
    func grouped(number: Int64, text: String) { #expect(HumanText.grouped(number) == text) }

    @Test func timesAreToTheSecondAndSayTheirZone() {
        #expect(HumanText.time("2026-11-29T02:31:07.999999Z") == "2026-11-29 02:31:07 UTC")
        #expect(HumanText.time("2026-11-29T02:31:07Z", saysZone: false) == "2026-11-29 02:31:07")
        let clock = ZoneClock(name: "Here") { _ in ZoneClock.Reading(time: "noon", zone: "HT") }
        #expect(HumanText.time("2026-11-29T02:31:07.5Z", in: clock) == "noon HT")
    }

    @Test(
        arguments: [
            "", "never", "2026-11-29", "2026-11-29T02:31:07", "2026-11-29T02:31:07+01:00",
            "2026-11-29 02:31:07Z",
            "2026-11-29T02:31:07.Z", "2026-11-29T02:31:07.12x4Z", "2026-11-29T02:31:07.1234567890123Z",
            "２026-11-29T02:31:07Z",
        ])
    func whatIsNoTimeStaysAsItIs(text: String) { #expect(HumanText.time(text) == text) }
}
