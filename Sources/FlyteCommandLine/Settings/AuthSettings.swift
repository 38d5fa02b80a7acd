import FlyteAdmin

/// How to log in, where that differs from what Flyte's own configuration says.
enum AuthSettings {
    private enum Kind: String, CaseIterable {
        case none
        case clientSecret = "client-secret"
        case externalCommand = "external-command"
        case deviceFlow = "device-flow"
        case pkce
    }

    static let keys = [
        "type", "client-id", "client-secret-file", "client-secret-variable", "scopes", "audience",
        "token-url",
        "header", "command", "proxy-command",
    ]

    static func read(_ value: SettingsValue, into flyte: inout FlyteSettings) throws {
        let members = try value.members(of: "'auth'", keys)
        if let type = members["type"] {
            flyte.authType =
                switch try type.choice("'type'", Kind.self) {
                case .none: .some(.none)
                case .clientSecret: .clientSecret
                case .externalCommand: .externalCommand
                case .deviceFlow: .deviceFlow
                case .pkce: .pkce
                }
        }
        if let id = members["client-id"] { flyte.clientID = try id.text("'client-id'") }
        if let file = members["client-secret-file"] {
            flyte.clientSecretFile = try file.path("'client-secret-file'", mustExist: true)
            flyte.clientSecretVariable = nil
        }
        if let variable = members["client-secret-variable"] {
            flyte.clientSecretVariable = try variable.text("'client-secret-variable'")
        }
        if let scopes = members["scopes"] { flyte.scopes = try scopes.texts("'scopes'") }
        if let audience = members["audience"] { flyte.audience = try audience.text("'audience'") }
        if let url = members["token-url"] { flyte.tokenURL = try url.text("'token-url'") }
        if let header = members["header"] { flyte.authorizationHeader = try header.text("'header'") }
        if let command = members["command"] { flyte.command = try command.texts("'command'") }
        if let command = members["proxy-command"] {
            flyte.proxyCommand = try command.texts("'proxy-command'")
        }
    }

    /// Says that a secret is none.
    static func warn(of path: String) {
        guard FileBytes.isOpenToAll(path) else { return }
        Terminal.say(
            "flightlog: warning: '\(path)' has a secret in it, and anybody on this machine can read it: 'chmod o-rwx' it."
        )
    }

    /// A secret from a file or from an environment variable.
    static func secret(_ file: SettingsValue?, _ variable: SettingsValue?, _ place: SettingsValue) throws
        -> String
    {
        if let file, variable == nil {
            let path = try file.path("'file'", mustExist: true)
            warn(of: path)
            do {
                let text = String(decoding: try FileBytes.read(path, limit: 1 << 16), as: UTF8.self)
                return text.trimmed
            } catch {
                throw file.failure("'\(path)' cannot be read: \(error).")
            }
        }
        if let variable, file == nil {
            let name = try variable.text("'variable'")
            guard let text = FlyteSettings.processEnvironment(name) else {
                throw variable.failure("The environment variable '\(name)' is empty.")
            }
            return text
        }
        throw place.failure("A secret comes from a 'file' or from a 'variable'.")
    }
}
