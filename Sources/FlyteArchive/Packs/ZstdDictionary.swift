import CZstd

/// A dictionary as zstd has prepared it, to compress at one level and to decompress.
// Unchecked: once made, both halves are only read, and threads may share them (zstd.h, `ZSTD_createCDict`).
final class ZstdDictionary: @unchecked Sendable {
    let id: UInt32
    let compressing: OpaquePointer?
    let decompressing: OpaquePointer?

    init(_ dictionary: [UInt8], id: UInt32, level: Int32) {
        self.id = id
        compressing = ZSTD_createCDict(dictionary, dictionary.count, level)
        decompressing = ZSTD_createDDict(dictionary, dictionary.count)
    }

    /// What it takes in memory to compress with it.
    var compressingBytes: Int { compressing.map { ZSTD_sizeof_CDict($0) } ?? 0 }

    deinit {
        ZSTD_freeCDict(compressing)
        ZSTD_freeDDict(decompressing)
    }
}
