import FlyteModel

/// The frames of an execution that were made before its rows are.
struct PreparedFrames: Sendable {
    /// Those that its messages share, in their order; empty where the archive is to make them.
    var shared: [Frame] = []
    /// Those of large messages, by the message's place; without those that the archive is to make.
    var large: [Int: [Frame]] = [:]

    init() {}

    /// - Parameters:
    ///   - isSmall: Whether the messages that share frames are few enough.
    ///   - limit: How many bytes the frames of its large messages may take together until they are stored.
    init(
        of messages: CapturedMessages, isSmall: Bool, limit: Int, _ compressor: ZstdCompressor,
        _ dictionary: ZstdDictionary
    ) throws {
        var room = limit
        try Packer.divide(messages) { members in
            if isSmall { shared.append(try Frame(Packer.content(of: members), compressor, dictionary)) }
        } alone: { index, message in
            var frames: [Frame] = []
            var size = 0
            for start in stride(from: 0, to: message.content.count, by: Packer.partBytes) {
                let end = min(start + Packer.partBytes, message.content.count)
                frames.append(try Frame(message.content.bytes(in: start..<end), compressor, dictionary))
                size += frames[frames.count - 1].bytes.count
                if size > room { return }
            }
            large[index] = frames
            room -= size
        }
    }

    /// Those that need no other dictionary than this.
    func needing(_ dictionary: UInt32?) -> PreparedFrames {
        let isSame = { (frames: [Frame]) in frames.allSatisfy { $0.dictionary == dictionary } }
        var those = PreparedFrames()
        if isSame(shared) { those.shared = shared }
        those.large = large.filter { isSame($0.value) }
        return those
    }
}
