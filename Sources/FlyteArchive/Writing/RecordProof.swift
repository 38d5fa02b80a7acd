import FlyteModel
import FlyteTrace

/// What an execution's rows and definitions prove about what is not there.
struct RecordProof {
    /// What the server had lost when it was asked.
    let lost: [LostRow]
    /// The gaps that are none, as the engine never fills those places: indices into the capture's.
    let neverWritten: [Int]
    /// What the server did not hand over of what it had: without what can be made again, as spans are recomputed anyway,
    /// and what the archive's owner did not want in it.
    let gaps: [Withheld]

    /// Whether nothing that ever existed is missing.
    var isComplete: Bool { lost.isEmpty && gaps.isEmpty }

    /// - Parameter tree: Tied to its definitions.
    init(of tree: ExecutionTree) {
        lost = LostRows.all(in: tree)
        neverWritten = NeverWritten.gaps(in: tree)
        let never = Set(neverWritten)
        gaps = tree.capture.withheld.enumerated().filter { index, gap in
            gap.state != .notRequested && gap.state != .redacted && gap.field != "metrics"
                && !never.contains(index)
        }.map(\.element)
    }
}
