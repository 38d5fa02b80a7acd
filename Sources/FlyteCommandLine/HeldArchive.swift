import FlyteArchive
import FlyteModel
import Glibc

extension ArchiveLock {
    /// The right to write an archive, for as long as this process has it.
    static func hold(_ path: String) throws(ArchiveError) -> ArchiveLock {
        try ArchiveLock(
            archive: path, who: "process \(getpid()), since \(Timestamp.now.secondText)")
    }
}

/// An archive that a command changes, with the right to do so.
struct HeldArchive {
    let archive: Archive
    private let lock: ArchiveLock

    /// - Parameter isNew: Whether the archive may be made. Otherwise nothing is left where there is none.
    init(_ path: String, orNew isNew: Bool = false) throws {
        if !isNew || access(path, F_OK) == 0 { _ = try Archive(path: path, mode: .readOnly) }
        lock = try .hold(path)
        archive = try Archive(path: path, mode: .readWrite)
    }
}
