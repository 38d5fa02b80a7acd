/// The bytes of a TZif file, one after another.
struct TZifReader {
    struct Block {
        var version: Int
        var universals: Int
        var standards: Int
        var leaps: Int
        var times: Int
        var types: Int
        var names: Int

        func length(timeSize: Int) -> Int {
            times * timeSize + times + types * 6 + names + leaps * (timeSize + 4) + standards + universals
        }
    }

    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var rest: ArraySlice<UInt8> { bytes[min(position, bytes.count)...] }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { position += count }
        return rest.prefix(count)
    }

    mutating func header() -> Block? {
        guard let head = take(44), head.starts(with: "TZif".utf8) else { return nil }
        let start = head.startIndex
        let version = head[start + 4]
        var counts: [Int] = []
        for index in 0..<6 {
            let number = head[(start + 20 + index * 4)...].prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard number < 1 << 16 else { return nil }
            counts.append(number)
        }
        return Block(
            version: version == 0 ? 1 : Int(version) - 0x30, universals: counts[0], standards: counts[1],
            leaps: counts[2], times: counts[3], types: counts[4], names: counts[5])
    }

    mutating func numbers(_ count: Int, isLong: Bool) -> [Int64]? {
        let size = isLong ? 8 : 4
        guard let part = take(count * size) else { return nil }
        return (0..<count).map { index in
            let bytes = part[(part.startIndex + index * size)...].prefix(size)
            let number = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return isLong ? Int64(bitPattern: number) : Int64(Int32(truncatingIfNeeded: number))
        }
    }
}
