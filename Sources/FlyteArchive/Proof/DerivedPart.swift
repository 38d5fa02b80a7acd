import FlyteTrace

/// Rows of an archive that follow from what it keeps, by rules of their own; in the order in which they are made.
public enum DerivedPart: String, CaseIterable, Sendable {
    /// What errors have in common.
    case error
    /// What definitions say, and their edges.
    case definition
    /// All that belongs to an execution.
    case execution

    /// The version of the rules by which this tool makes the rows: whoever lets a row say something else of the same
    /// messages raises it, and then the rows of older archives are made again. For a new column its schema step does it.
    var rules: Int64 {
        switch self {
        case .error: Int64(Fingerprint.rule)
        case .definition: 1
        case .execution: 2
        }
    }

    /// What rows gain that are made again by these rules.
    var gain: String {
        switch self {
        case .error: "fingerprints that tell errors apart by their causes"
        case .definition: "nothing yet"
        case .execution:
            "classes of causes, causes that no retry made good, paths of nodes, and the elements, replicas and containers "
                + "of attempts"
        }
    }
}
