import Glibc
public import FlyteModel
import Tables

extension Archive {
    /// Copies all that another archive knows into this one: executions, definitions, journal and prices. Of an execution
    /// that both have, the later observation stays. Each execution is one transaction, and merging again changes
    /// nothing, so that a merge that was cut off is simply done again.
    ///
    /// What cannot be read over there stays behind, is told in the summary, and keeps this archive's watermark
    /// from passing it.
    public func merge(_ other: Archive, at now: Timestamp) throws -> MergeSummary {
        guard try !isSameFile(as: other) else {
            throw ArchiveError(.other, path: path, detail: "it cannot be merged into itself")
        }
        let copier = ArchiveCopier(from: other, to: self, at: now)
        try copier.copyAll()
        return copier.summary
    }

    private func isSameFile(as other: Archive) throws(ArchiveError) -> Bool {
        var own = stat()
        var its = stat()
        guard stat(path, &own) == 0, stat(other.path, &its) == 0 else { return false }
        return own.st_dev == its.st_dev && own.st_ino == its.st_ino
    }
}
