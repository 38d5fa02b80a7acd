public import FlyteModel

/// Prepares executions on any thread, while the archive's owner writes others.
public struct ExecutionPreparer: Sendable {
    let compressor: FrameCompressor

    /// Of larger executions, variables and shared frames are made when they are written: here each thread would need
    /// memory for them.
    private static let smallBytes = 128 << 10
    /// With more messages than this, all frames are made when they are written.
    private static let manyMessages = 1000
    /// What the frames of an execution's large messages may take until they are written.
    private static let largeFrameBytes = 256 << 10

    /// Decodes an execution, and hashes all that it has.
    ///
    /// Throws a `ModelError` when what was read cannot be understood, and a `SpoolError` when it cannot be read again.
    public func prepare(_ capture: ExecutionCapture) throws -> PreparedExecution {
        try prepare(try ExecutionTree(decoding: capture))
    }

    /// Hashes all that an execution has.
    ///
    /// Throws as `prepare(_:)` of a capture does.
    public func prepare(_ tree: ExecutionTree) throws -> PreparedExecution {
        let capture = tree.capture
        let hashes = try MessageHashes(of: capture.messages)
        let isSmall = capture.messages.heldBytes.map { $0 <= Self.smallBytes } ?? false
        return try PreparedExecution(
            tree, hashes: hashes,
            digest: try CaptureDigest.digest(of: capture, hashes: hashes), isSmall: isSmall)
    }

    /// Makes frames of the messages of an execution that the archive does not have as it is.
    public func pack(_ execution: inout PreparedExecution) {
        let messages = execution.capture.messages
        let isSmall = execution.isSmall
        guard
            isSmall
                || messages.count <= Self.manyMessages
                    && messages.contains(where: { $0.content.count > Packer.largeBytes })
        else { return }
        // What fails here fails again where the archive does it, and is told there.
        let frames = try? compressor.frames {
            try PreparedFrames(of: messages, isSmall: isSmall, limit: Self.largeFrameBytes, $0, $1)
        }
        if let frames = frames.flatMap({ $0 }) { execution.frames = frames }
    }
}

extension Archive {
    /// What prepares executions for this archive.
    public func preparer() throws(ArchiveError) -> ExecutionPreparer {
        try packer.loadNewest()
        return ExecutionPreparer(compressor: packer.compressor)
    }
}
