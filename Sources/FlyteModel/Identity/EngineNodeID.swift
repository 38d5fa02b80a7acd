/// The ids that the engine gives to what runs below the top level.
public enum EngineNodeID {
    /// Ids longer than this are replaced by a hash of them.
    public static let longest = 20

    /// `<parent>-<attempt>-<spec>`, or its hash when that is too long.
    ///
    /// - Parameters:
    ///   - spec: The node's id in its workflow.
    ///   - parent: nil at the top level.
    ///   - attempt: The attempt of the parent that the node belongs to, its `retry_group`.
    public static func node(_ spec: String, in parent: String?, attempt: Int) -> String {
        shortened(parent.map { "\($0)-\(attempt)-\(spec)" } ?? spec)
    }

    /// `f` and the 32-bit FNV-1a hash in base 32, for what is too long.
    public static func shortened(_ id: String) -> String {
        guard id.utf8.count > longest else { return id }
        var value: UInt32 = 2_166_136_261
        for byte in id.utf8 { value = (value ^ UInt32(byte)) &* 16_777_619 }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz123456".utf8)
        let bits = UInt64(value) << 3
        let digits = stride(from: UInt64(30), through: 0, by: -5).map { alphabet[Int(bits >> $0 & 31)] }
        return "f" + String(decoding: digits, as: UTF8.self)
    }
}
