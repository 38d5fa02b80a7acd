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

    @Test(arguments: ["", "m", "Gi", "five", "1 Gi", "0x10", "nan", "1e999"])
    func refuses(text: String) { #expect(Quantity(text) == nil) }
}
