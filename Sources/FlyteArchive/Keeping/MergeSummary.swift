/// What copying executions from one archive into another did.
public struct MergeSummary: Hashable, Sendable {
    /// Executions that the archive did not have.
    public var new = 0
    /// Executions that the other archive had seen later.
    public var updated = 0
    /// Executions that both archives had alike.
    public var unchanged = 0
    /// Executions that this archive had seen later.
    public var older = 0
    /// Executions that stay away because they were forgotten here.
    public var forgotten = 0
    /// Executions that are here though the other archive has forgotten them, or parts of them.
    public var forgottenThere = 0
    /// Definitions that the archive did not have.
    public var definitions = 0
    /// Rows of the journal that are new or say more: harvests, problems, watermarks, marks.
    public var journal = 0
    /// Entries of the price book that are new.
    public var prices = 0
    /// Entries of the other price book that stayed away, as this one says something else of the same place and time.
    public var contradictingPrices = 0
    /// What could not be read over there, and stayed behind.
    public var damaged: [ArchiveError] = []

    public init() {}

    /// Whether the archive already had all of it.
    public var changedNothing: Bool {
        new == 0 && updated == 0 && definitions == 0 && journal == 0 && prices == 0
    }
}
