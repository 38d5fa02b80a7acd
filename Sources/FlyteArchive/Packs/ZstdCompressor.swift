import CZstd

/// What zstd compresses with: tables that one thread at a time may use.
final class ZstdCompressor {
    private let context: OpaquePointer

    init(level: Int32) {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("zstd has no memory") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    }

    deinit { ZSTD_freeCCtx(context) }

    func compress(_ bytes: [UInt8], with dictionary: ZstdDictionary?) throws(Zstd.Failure) -> [UInt8] {
        ZSTD_CCtx_refCDict(context, dictionary?.compressing)
        return try Zstd.filled(ZSTD_compressBound(bytes.count)) {
            ZSTD_compress2(context, $0.baseAddress, $0.count, bytes, bytes.count)
        }
    }
}
