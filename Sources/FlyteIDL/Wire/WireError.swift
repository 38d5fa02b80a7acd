/// Why bytes are not a protobuf message.
public enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end inside a field.
    case truncated
    /// A varint is longer than ten bytes or wider than 64 bits, or a tag wider than 32.
    case varintTooLong
    /// A tag names field 0 or a wire type that does not exist, or a group ends that never began.
    case invalidTag
    /// A `string` field is not UTF-8.
    case invalidUTF8
    /// Messages or groups lie deeper than `Message.depthLimit`.
    case tooDeep

    public var description: String {
        switch self {
        case .truncated: "the bytes end inside a field"
        case .varintTooLong: "a number is longer than it may be"
        case .invalidTag: "a field has no valid tag"
        case .invalidUTF8: "a text is not UTF-8"
        case .tooDeep: "messages are nested too deeply"
        }
    }
}
