public import FlyteModel

/// An execution that was read and understood, with all that its rows need and that can be made without the archive.
public struct PreparedExecution: Sendable {
    /// Not tied to its definitions before the archive does it.
    var tree: ExecutionTree
    /// Of its messages.
    let hashes: MessageHashes
    /// Of all that was read.
    let digest: [UInt8]
    /// Of the metric spans that the server told, as `SpanRows` sums them up; nil when it told none.
    let toldSpans: Int?
    let maps: TreeLiteralMaps
    /// Whether what is made of it may be kept in memory until it is written.
    let isSmall: Bool
    var frames = PreparedFrames()

    public var capture: ExecutionCapture { tree.capture }

    init(_ tree: ExecutionTree, hashes: MessageHashes, digest: [UInt8], isSmall: Bool) throws {
        (self.tree, self.hashes, self.digest, self.isSmall) = (tree, hashes, digest, isSmall)
        toldSpans = SpanRows.sum(of: tree)
        maps = try TreeLiteralMaps(of: tree, hashes: hashes, isSmall: isSmall)
    }
}
