/// Chance with a seed, the same on every machine.
struct Lehmer: RandomNumberGenerator {
    private var state: UInt128

    init(seed: UInt64) { state = UInt128(seed) << 1 | 1 }

    mutating func next() -> UInt64 {
        state &*= 0xDA94_2042_E4DD_58B5
        return UInt64(truncatingIfNeeded: state >> 64)
    }
}
