import Locking

/// Lends what zstd compresses with to the threads that prepare executions, with the dictionary that the archive uses at
/// the time.
final class FrameCompressor: Sendable {
    private struct State {
        var dictionary: ZstdDictionary?
        var idle: [Worker] = []
        var lent = 0
    }

    // Unchecked: one thread at a time has it, since it is in `idle`, under the lock, or lent to one caller of `frames`.
    private struct Worker: @unchecked Sendable {
        let compressor = ZstdCompressor(level: Zstd.usualLevel)
    }

    /// How many there are at once. Each takes about as much memory as the dictionary it uses, 1.3 MB with one of 110 KiB
    /// and 6.8 MB with one of 256 KiB, and a machine may have a hundred cores.
    private static func most(with dictionary: ZstdDictionary) -> Int {
        max(1, min(8, (10 << 20) / max(1, dictionary.compressingBytes)))
    }

    private let state = Guarded(State())

    /// What frames need from now on; nil for none.
    var dictionary: ZstdDictionary? {
        get { state.withLock { $0.dictionary } }
        set {
            state.withLock {
                $0.dictionary = newValue
                // They have grown with the dictionaries that they have met.
                $0.idle = []
            }
        }
    }

    /// Makes frames; nil when all are lent, and while there is no dictionary: an archive without one wants to see what
    /// it will train one on.
    func frames<Frames>(_ make: (ZstdCompressor, ZstdDictionary) throws -> Frames) rethrows -> Frames? {
        let lent = state.withLock { state -> (Worker, ZstdDictionary)? in
            guard let dictionary = state.dictionary, state.lent < Self.most(with: dictionary) else {
                return nil
            }
            state.lent += 1
            return (state.idle.popLast() ?? Worker(), dictionary)
        }
        guard let (worker, dictionary) = lent else { return nil }
        defer {
            state.withLock {
                $0.lent -= 1
                $0.idle.append(worker)
            }
        }
        return try make(worker.compressor, dictionary)
    }
}
