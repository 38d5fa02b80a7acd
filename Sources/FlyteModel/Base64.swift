/// Standard base64 with padding, RFC 4648 §4.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    public static func encoded(_ data: some Collection<UInt8>) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((data.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var count = 0
        for byte in data {
            group = group << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                for shift in [18, 12, 6, 0] as [UInt32] { result.append(alphabet[Int(group >> shift & 63)]) }
                group = 0
                count = 0
            }
        }
        if count > 0 {
            group <<= UInt32(8 * (3 - count))
            for index in 0...count { result.append(alphabet[Int(group >> UInt32(18 - 6 * index) & 63)]) }
            for _ in count..<3 { result.append(UInt8(ascii: "=")) }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
