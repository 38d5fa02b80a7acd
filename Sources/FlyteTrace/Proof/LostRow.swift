public import FlyteModel

/// A row that a workflow's definition, or another row, proves to have existed, and that the server no longer has.
public struct LostRow: Hashable, Sendable {
    /// The node, by the id that the engine gave it, that had the row or the rows.
    public var place: CapturePlace
    /// `node`: the node's own row; `attempts`: an attempt of it; `nodes`: all that ran inside of it; `phase`: what its row would
    /// say of its end.
    public var field: String
    /// What proves it: a sentence.
    public var detail: String

    public init(place: CapturePlace, field: String, detail: String) {
        (self.place, self.field, self.detail) = (place, field, detail)
    }
}
