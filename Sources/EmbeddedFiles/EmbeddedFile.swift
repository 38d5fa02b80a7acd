import CEmbeddedFiles

/// A file of the repository that the executable carries.
public struct EmbeddedFile: Hashable, Sendable {
    /// The file's name without its ending.
    public let name: String
    public let text: String

    /// The steps of the archive's schema, in order.
    public static let schema = list(embedded_schema())
    /// The named queries.
    public static let queries = list(embedded_queries())
    /// The protobuf definitions of Flyte's messages.
    public static let idl = list(embedded_idl())
    /// What 'flightlog help TOPIC' tells.
    public static let topics = list(embedded_topics())
    /// Style sheets of the reports.
    public static let assets = list(embedded_assets())

    private static func list(_ entries: UnsafePointer<embedded_file>) -> [EmbeddedFile] {
        var files: [EmbeddedFile] = []
        var entry = entries
        while let name = entry.pointee.name, let text = entry.pointee.text {
            files.append(EmbeddedFile(name: String(cString: name), text: String(cString: text)))
            entry += 1
        }
        return files
    }
}
