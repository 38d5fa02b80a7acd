/// The frames of an execution that were made before its rows are.
struct PreparedFrames: Sendable {
    /// Those that its messages share, in their order; empty where the archive is to make them.
    var shared: [Frame] = []
    /// Those of large messages, by the message's place; without those that the archive is to make.
    var large: [Int: [Frame]] = [:]

    /// Those that need no other dictionary than this.
    func needing(_ dictionary: UInt32?) -> PreparedFrames {
        let isSame = { (frames: [Frame]) in frames.allSatisfy { $0.dictionary == dictionary } }
        return PreparedFrames(shared: isSame(shared) ? shared : [], large: large.filter { isSame($0.value) })
    }
}
