import CZstd

/// A dictionary as zstd has prepared it, to compress at one level and to decompress.
// Both halves are only read once they are made, and threads may share them (zstd.h, `ZSTD_createCDict`).
final class ZstdDictionary: @unchecked Sendable {
    let id: UInt32
    let compressing: OpaquePointer?
    let decompressing: OpaquePointer?

    init(_ dictionary: [UInt8], id: UInt32, level: Int32) {
        self.id = id
        compressing = ZSTD_createCDict(dictionary, dictionary.count, level)
        decompressing = ZSTD_createDDict(dictionary, dictionary.count)
    }

    deinit {
        ZSTD_freeCDict(compressing)
        ZSTD_freeDDict(decompressing)
    }
}
