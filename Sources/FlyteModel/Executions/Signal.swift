import FlyteIDL

/// A signal of a gate node: Flyte's `admin.Signal`. It carries no times.
public struct Signal: Hashable, Sendable {
    public var id: String
    /// The simple type's name, such as `BOOLEAN`; else the name of the kind of type.
    public var type: String
    /// Canonical JSON; nil until the signal is given.
    public var valueJSON: String?

    public init(decoding bytes: [UInt8]) throws(ModelError) {
        let signal = try Message.decoded(bytes, as: "admin.Signal")
        id = signal.message("id")?.string("signal_id") ?? ""
        type = signal.message("type").map(LiteralJSON.typeName) ?? ""
        if let value = signal.message("value"), value.whichOneof("value") != nil {
            valueJSON = try LiteralJSON.text(of: value.encoded())
        }
    }
}
