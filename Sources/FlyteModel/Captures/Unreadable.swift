public import FlyteIDL

/// Something that an archive has byte for byte and that our reader cannot take, or cannot show as it is.
public struct Unreadable: Hashable, Sendable {
    public var place: CapturePlace
    /// As `Withheld` has it: `inputs`, `outputs`, `data`, `signals`, `dynamic_workflow`, … or the message's kind.
    public var field: String
    /// What exactly, such as a variable; empty where the field is all.
    public var what: String
    public var reason: WireError

    public init(place: CapturePlace, field: String, what: String = "", reason: WireError) {
        self.place = place
        self.field = field
        self.what = what
        self.reason = reason
    }

    /// A sentence for people.
    public var detail: String {
        let shown =
            reason == .invalidUTF8
            ? "it is shown with U+FFFD for what is none, and kept as it came" : "it is kept as it came"
        return "\(what.isEmpty ? "" : "\(what): ")\(reason); \(shown)"
    }
}
