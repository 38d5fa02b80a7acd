import FlyteModel
import Tables

/// The SHA-256 of each message of an execution, in order.
struct MessageHashes {
    // One after the other, as an array for each would be three times as large.
    private var bytes: [UInt8] = []
    /// Those that are hashed when they are asked for.
    private var messages: CapturedMessages?

    private static let size = 32
    /// Of the hundreds of thousands that a large tree has, memory is short enough.
    private static let most = 30_000

    init(of messages: CapturedMessages) throws {
        guard messages.count <= Self.most else {
            self.messages = messages
            return
        }
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

    func hash(at index: Int) throws -> [UInt8] {
        if let messages { return try SHA256.hash(messages[index].content) }
        return Array(bytes[index * Self.size..<(index + 1) * Self.size])
    }
}
