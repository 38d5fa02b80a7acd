public import FlyteModel

extension Archive {
    /// The file's size before and after, in bytes.
    public struct Compaction: Hashable, Sendable {
        public var before: Int64
        public var after: Int64
    }

    /// Trains a dictionary on what is there, packs everything again with it, and gives back all room that is not
    /// needed. No row and no byte of a message changes.
    ///
    /// It works within the file, in one transaction, and then by SQLite's own VACUUM, which is another: readers go
    /// on meanwhile, who may read the file stays as it was, and a process that dies leaves an archive that is whole.
    /// A copy renamed into place would lose readers' and the file's identity, and leave the old blocks on the disk.
    public func compact(at now: Timestamp) throws -> Compaction {
        let before = FileSpace.size(of: path)
        // Both transactions may write the whole file anew beside it; and VACUUM builds it once more.
        try FileSpace.require(2 * before, beside: path)
        try writing { try packer.repackAll(at: now.nanoseconds) }
        try vacuum()
        return Compaction(before: before, after: FileSpace.size(of: path))
    }

    /// Writes the file anew, without holes.
    func vacuum() throws(ArchiveError) {
        try database.execute("VACUUM")
        try settle()
    }
}
