import EmbeddedFiles

/// The definitions of all messages that travel between Flyte and its clients.
///
/// They are the `.proto` files that the executable carries, read when first asked for.
public enum IDL {
    /// All messages, in the order of the files.
    public static let messages: [MessageType] = definitions.messages
    public static let enums: [EnumType] = definitions.enums

    /// The message of a name that our own code spells out, such as `admin.Execution`.
    public static func message(_ name: String) -> MessageType {
        guard let type = messageOrNil(name) else { preconditionFailure("no message is called \(name)") }
        return type
    }

    /// The message of a name that comes from outside, with or without `flyteidl.`.
    public static func messageOrNil(_ name: String) -> MessageType? {
        definitions.messagesByName[Definitions.shortName(name)]
    }

    /// The enum of a name that our own code spells out, such as `core.TaskExecution.Phase`.
    public static func enumeration(_ name: String) -> EnumType {
        guard let type = definitions.enumsByName[name] else {
            preconditionFailure("no enum is called \(name)")
        }
        return type
    }

    private static let definitions = Definitions(files: EmbeddedFile.idl.map(\.text))
}
