import FlyteIDL
import Glibc

/// A token and how long it is good for. Its text is a secret: it lives in memory only, and in no message.
struct AccessToken: Sendable, CustomStringConvertible {
    var text: String
    /// From the moment it was given; nil when nobody said.
    var lifetime: Duration?

    var description: String { "token" }
}

extension AccessToken {
    /// How long a JSON web token is still good for, by its own word and our clock; nil for other tokens, and for
    /// those whose time is over by a clock that may be wrong.
    static func lifetime(ofJWT text: String) -> Duration? {
        guard let end = claim("exp", ofJWT: text)?.double else { return nil }
        let left = end - Double(time(nil))
        return left > 0 && left < 1e9 ? .seconds(left) : nil
    }

    /// What a JSON web token says of itself; unverified, for the server does that.
    static func claim(_ name: String, ofJWT text: String) -> JSONValue? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64.decode(String(parts[1])) else { return nil }
        return (try? JSONValue(parsing: payload))?[name]
    }
}
