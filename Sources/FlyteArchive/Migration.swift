import EmbeddedFiles

/// A step of the archive's schema. Steps are only ever added.
enum Migration {
    static let applicationID: Int64 = 0x464C_4F47  // "FLOG"
    static let steps = EmbeddedFile.schema

    /// The version that this tool writes.
    static var newest: Int { steps.count }
}
