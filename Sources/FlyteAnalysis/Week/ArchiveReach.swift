public import FlyteModel

/// From when to when an archive knows a source, beside the window that is told of and the one it is compared with.
///
/// Where it does not reach back, "new" means no more than "first seen", and the window before is no measure. Where it was
/// not harvested since, nothing has stopped: nobody looked.
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
    /// When the last harvest that was not cut off began; nil when the archive tells of none.
    public var harvestedAt: Timestamp?
    /// Of the window before.
    public var extent: Extent
    /// How much of the window had passed when it was harvested last, from 0 to 1; 1 where nobody knows.
    public var share: Double

    init(
        source: String, firstEndedAt: Timestamp?, harvestedAt: Timestamp?, window: TimeWindow,
        previous: TimeWindow
    ) {
        self.source = source
        self.firstEndedAt = firstEndedAt
        self.harvestedAt = harvestedAt
        extent =
            switch firstEndedAt {
            case let first? where first < previous.start: .whole
            case let first? where first < previous.end: .part
            default: .none
            }
        share =
            switch harvestedAt {
            case let last? where last < window.end && window.start < window.end:
                last <= window.start ? 0 : Double(last - window.start) / Double(window.end - window.start)
            default: 1
            }
    }
}
