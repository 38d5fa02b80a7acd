public import FlyteModel
public import Tables

/// An execution of an archive, by its installation and its id.
public struct ArchivedExecution: Hashable, Sendable {
    /// The installation's name in the archive.
    public var source: String
    public var id: ExecutionID

    public init(source: String, id: ExecutionID) {
        self.source = source
        self.id = id
    }

    /// What binds it in SQL as `:source`, `:project`, `:domain` and `:execution`.
    public var cells: [String: Cell] { parameters.mapValues { .text($0) } }

    /// The same as words, for receipts.
    public var parameters: [String: String] {
        ["source": source, "project": id.project, "domain": id.domain, "execution": id.name]
    }

    /// Its page in a console, as `v_execution` has it; nil for one whose name was given out again, since the page there is the
    /// later one's.
    ///
    /// - Parameter base: The console's address.
    public func consoleAddress(_ base: String) -> String? {
        guard !id.name.utf8.contains(UInt8(ascii: "~")) else { return nil }
        return "\(base)/console/projects/\(id.project)/domains/\(id.domain)/executions/\(id.name)"
    }

    /// What picks the rows that belong to it, in a view with a row a node, an attempt, a message, …
    public static let condition =
        "source = :source AND project = :project AND domain = :domain AND execution = :execution"

    /// What picks its own row of `v_execution`.
    public static let ownCondition =
        "source = :source AND project = :project AND domain = :domain AND name = :execution"
}
