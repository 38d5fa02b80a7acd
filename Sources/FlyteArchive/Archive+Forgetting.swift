import FlyteModel
import Tables

extension Archive {
    /// Whether an execution was erased at its owner's wish, and is not to come back.
    func isForgotten(_ id: ExecutionID, source: SourceID) throws(ArchiveError) -> Bool {
        try database.row(
            "SELECT 1 FROM tombstone WHERE source_id = ? AND kind = 'execution' AND digest = ?",
            [.integer(source.id), .blob(SHA256.hash(Array(id.description.utf8)))]) != nil
    }
}
