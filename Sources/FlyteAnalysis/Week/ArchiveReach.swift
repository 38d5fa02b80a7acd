public import FlyteModel

/// How far back an archive knows of a source, beside the window that another is compared with.
///
/// Where it does not reach back, "new" means no more than "first seen", and the window before is no measure.
public struct ArchiveReach: Hashable, Sendable {
    public enum Extent: String, Hashable, Sendable, CaseIterable {
        /// Something ended before the earlier window: the archive has all of it.
        case whole
        /// The first that ended did so within the earlier window.
        case part
        /// Nothing ended in the earlier window, or before it.
        case none
    }

    public var source: String
    /// When the first execution that the archive has of it ended; nil when none did.
    public var firstEndedAt: Timestamp?
    /// Of the window before.
    public var extent: Extent

    init(source: String, firstEndedAt: Timestamp?, previous: TimeWindow) {
        self.source = source
        self.firstEndedAt = firstEndedAt
        extent =
            switch firstEndedAt {
            case let first? where first < previous.start: .whole
            case let first? where first < previous.end: .part
            default: .none
            }
    }
}
