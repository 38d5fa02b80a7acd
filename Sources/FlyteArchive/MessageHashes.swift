import FlyteModel
import Tables

/// The SHA-256 of each message of an execution, in order.
struct MessageHashes {
    // One after the other: a tree of 100,000 nodes has 300,000, and an array for each would be three times as large.
    private var bytes: [UInt8] = []

    init(of messages: CapturedMessages) throws {
        for message in messages { bytes += try SHA256.hash(message.content) }
    }

    /// As the rows have them.
    init(ofExecution row: Int64, in database: Database) throws(ArchiveError) {
        let statement = try database.statement(
            "SELECT sha256 FROM message WHERE execution_id = ? ORDER BY number")
        try statement.bind([.integer(row)])
        defer { statement.reset() }
        while try statement.step() {
            if case .blob(let hash) = statement.cells(1)[0], hash.count == Self.size { bytes += hash }
        }
    }

    private static let size = 32

    subscript(index: Int) -> [UInt8] { Array(bytes[index * Self.size..<(index + 1) * Self.size]) }
}
