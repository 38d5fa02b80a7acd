import FlyteModel
import Synchronization

/// Makes frames for an archive, on any thread, with the dictionary that the archive uses at the time.
final class FrameCompressor: Sendable {
    private struct State {
        var dictionary: ZstdDictionary?
        var idle: [Worker] = []
    }

    /// One thread at a time has it: it is in `idle`, or with whoever took it out.
    private struct Worker: @unchecked Sendable {
        let compressor = ZstdCompressor(level: Zstd.usualLevel)
    }

    private let state = Mutex(State())
    /// For frames of large messages; one, as its tables take megabytes.
    private let large = Mutex<ZstdCompressor?>(nil)

    /// What frames need from now on; nil for none.
    var dictionary: ZstdDictionary? {
        get { state.withLock { $0.dictionary } }
        set { state.withLock { $0.dictionary = newValue } }
    }

    func frame(_ content: [UInt8]) throws(Zstd.Failure) -> Frame {
        let (dictionary, idle) = state.withLock { ($0.dictionary, $0.idle.popLast()) }
        let worker = idle ?? Worker()
        defer { state.withLock { $0.idle.append(worker) } }
        return try Frame(content, worker.compressor, dictionary)
    }

    /// The frames of a large message, one for each part of it; nil when others are made at the moment, or when all of
    /// them take more than a number of bytes.
    func frames(of message: MessageContent, partBytes: Int, limit: Int) throws -> [Frame]? {
        let dictionary = dictionary
        let frames: [Frame]?? = try large.withLockIfAvailable { kept in
            let compressor = kept ?? ZstdCompressor(level: Zstd.usualLevel)
            kept = compressor
            var frames: [Frame] = []
            var size = 0
            for start in stride(from: 0, to: message.count, by: partBytes) {
                let part = try message.bytes(in: start..<min(start + partBytes, message.count))
                frames.append(try Frame(part, compressor, dictionary))
                size += frames[frames.count - 1].bytes.count
                if size > limit { return nil }
            }
            return frames
        }
        return frames ?? nil
    }
}
