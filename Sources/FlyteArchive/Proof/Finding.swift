public import Tables

/// Something in an archive that is not as it should be.
public struct Finding: Hashable, Sendable {
    /// Where: an execution with its message or row, or a table with its row, or the file.
    public var place: String
    /// What is wrong, in a few words that are the same for all of a kind.
    public var finding: String
    /// What exactly: columns, ids, SQLite's words. Never a value of somebody's.
    public var detail: String

    /// That it says something of the server, which contradicts itself, and nothing of the archive: no damage.
    public var isOddity: Bool

    public init(place: String, finding: String, detail: String, isOddity: Bool = false) {
        self.place = place
        self.finding = finding
        self.detail = detail
        self.isOddity = isOddity
    }

    /// Findings as rows.
    public static func table(_ findings: [Finding]) -> Table {
        Table(
            columns: [Column("place"), Column("finding"), Column("detail")],
            rows: findings.map { [.text($0.place), .text($0.finding), .text($0.detail)] })
    }
}

extension Finding {
    /// Something that cannot be read.
    init(damage error: any Error, at place: String) {
        self.init(
            place: place, finding: "cannot be read",
            detail: (error as? ArchiveError)?.detail ?? "\(error)")
    }
}
