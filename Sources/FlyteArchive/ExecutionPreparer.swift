public import FlyteModel

/// Prepares executions on any thread, while the archive's owner writes others.
public struct ExecutionPreparer: Sendable {
    let compressor: FrameCompressor

    /// What larger executions need besides is made when it is written: here it would take memory for each thread.
    private static let smallBytes = 128 << 10
    /// More are not looked through for large ones.
    private static let manyMessages = 1000
    /// What the frames of a large message may take until it is written.
    private static let largeFrameBytes = 256 << 10

    /// Throws a `ModelError` when what was read cannot be understood, and a `SpoolError` when it cannot be read again.
    public func prepare(_ capture: ExecutionCapture) throws -> PreparedExecution {
        let hashes = try MessageHashes(of: capture.messages)
        let isSmall = capture.messages.heldBytes.map { $0 <= Self.smallBytes } ?? false
        var prepared = try PreparedExecution(
            try ExecutionTree(decoding: capture), hashes: hashes,
            digest: try CaptureDigest.digest(of: capture, hashes: hashes), isSmall: isSmall)
        if isSmall || capture.messages.count <= Self.manyMessages {
            prepared.frames =
                try compressor.frames {
                    try PreparedFrames(
                        of: capture.messages, isSmall: isSmall, limit: Self.largeFrameBytes, $0, $1)
                } ?? prepared.frames
        }
        return prepared
    }
}

extension Archive {
    /// What prepares executions for this archive.
    public func preparer() throws(ArchiveError) -> ExecutionPreparer {
        try packer.loadNewest()
        return ExecutionPreparer(compressor: packer.compressor)
    }
}
