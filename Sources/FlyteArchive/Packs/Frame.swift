/// A zstd frame, ready to be stored.
struct Frame: Sendable {
    /// The id of the dictionary that it needs; nil when none.
    let dictionary: UInt32?
    let bytes: [UInt8]
    /// Of what it holds.
    let contentBytes: Int

    init(
        _ content: [UInt8], _ compressor: ZstdCompressor, _ dictionary: ZstdDictionary?
    ) throws(Zstd.Failure) {
        bytes = try compressor.compress(content, with: dictionary)
        contentBytes = content.count
        self.dictionary = dictionary?.id
    }
}
