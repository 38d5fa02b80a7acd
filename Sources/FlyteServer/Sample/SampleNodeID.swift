/// Ids below the top level, as the engine makes them.
enum SampleNodeID {
    /// `<parent>-<attempt>-<spec>`, or a hash of it when that is longer than 20 characters.
    ///
    /// - Parameter isExecution: For a child execution: `<parent>-<node>-<attempt>`.
    static func id(parent: String?, attempt: Int, spec: String, isExecution: Bool = false) -> String {
        guard let parent else { return spec.utf8.count > 20 ? hash(spec) : spec }
        let text = isExecution ? "\(parent)-\(spec)-\(attempt)" : "\(parent)-\(attempt)-\(spec)"
        return text.utf8.count > 20 ? hash(text) : text
    }

    /// `f` and the 32-bit FNV-1a hash in base 32.
    private static func hash(_ text: String) -> String {
        var value: UInt32 = 2_166_136_261
        for byte in text.utf8 { value = (value ^ UInt32(byte)) &* 16_777_619 }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz123456".utf8)
        let bits = UInt64(value) << 3
        let digits = stride(from: UInt64(30), through: 0, by: -5).map { alphabet[Int(bits >> $0 & 31)] }
        return "f" + String(decoding: digits, as: UTF8.self)
    }
}
