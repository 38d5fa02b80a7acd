import FlyteModel
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_764_000_000_123_456_789, "2025-11-24T16:00:00.123456789Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
            (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)])
    func isWrittenAndReadAsRFC3339(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).description == text)
        #expect(Timestamp(text)?.nanoseconds == nanoseconds)
    }

    @Test func readsOffsets() {
        #expect(Timestamp("2026-11-23T20:57:14+01:00") == Timestamp("2026-11-23T19:57:14Z"))
    }

    @Test(arguments: [
        "", "2026", "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T19:57:14",
        "9999-01-01T00:00:00Z",
        "2026-11-23T19:57:14.Z", "2026-11-23T19:57:14Zx",
    ])
    func refuses(text: String) { #expect(Timestamp(text) == nil) }

    @Test func clampsWhatLiesBeyond() {
        #expect(Timestamp(seconds: .max, nanos: 5).nanoseconds == .max)
        #expect(Timestamp(seconds: .min, nanos: -5).nanoseconds == .min)
    }
}
