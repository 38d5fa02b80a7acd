/// A token and how long it is good for. Its text is a secret: it lives in memory only, and in no message.
struct AccessToken: Sendable, CustomStringConvertible {
    var text: String
    /// From the moment it was given; nil when nobody said.
    var lifetime: Duration?

    var description: String { "token" }
}
