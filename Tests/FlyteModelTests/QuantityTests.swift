import FlyteModel
import Testing

struct QuantityTests {
    @Test(
        arguments: [
            ("500m", 0.5), ("2", 2), ("1.5Gi", 1_610_612_736), ("1e3", 1000), ("128974848", 128_974_848),
            ("129M", 129e6),
            ("123Mi", 128_974_848), ("1E", 1e18), ("+0.5", 0.5), ("100n", 1e-7),
        ] as [(String, Double)])
    func reads(text: String, value: Double) throws {
        #expect(abs(try #require(Quantity(text)).value - value) <= value * 1e-12)
    }

    @Test(
        arguments: [
            ("9m", 0.009), ("700m", 0.7), ("0.1", 0.1), ("3u", 3e-6), ("-1500m", -1.5),
        ] as [(String, Double)])
    func isTheNearestDouble(text: String, value: Double) { #expect(Quantity(text)?.value == value) }

    @Test(
        arguments: [
            ("9007199254740993", 9_007_199_254_740_993), ("0.1Gi", 107_374_183), ("1.5", 2), ("1m", 1),
            ("0.30", 1), ("1e-3", 1), ("0", 0), ("8Ei", nil), ("7Ei", 8_070_450_532_247_928_832),
            ("-1500m", -1), ("1e18", 1_000_000_000_000_000_000), ("20e18", nil), ("1.25Ki", 1280),
        ] as [(String, Int64?)])
    func hasWholeUnitsExactly(text: String, units: Int64?) throws {
        #expect(try #require(Quantity(text)).units == units)
    }

    @Test(arguments: [
        "", "m", "Gi", "five", "1 Gi", "0x10", "nan", "1e999", ".", "1e", "1e3Gi", "++1", "1Zi",
    ])
    func refuses(text: String) { #expect(Quantity(text) == nil) }
}
