import Glibc

/// How to reach and enter a Flyte installation: the `admin` section of Flyte's `config.yaml`, and the
/// environment variables that flytekit knows.
public struct FlyteSettings: Hashable, Sendable {
    public enum AuthType: String, CaseIterable, Sendable {
        case clientSecret, pkce, externalCommand, deviceFlow
    }

    /// As written: `dns:///host:port`, `host:port`, `http://…`.
    public var endpoint: String?
    public var isInsecure = false
    /// TLS without verification.
    public var skipsVerification = false
    public var caFile: String?
    public var authType: AuthType?
    public var clientID: String?
    public var clientSecretFile: String?
    /// The name of an environment variable.
    public var clientSecretVariable: String?
    public var scopes: [String] = []
    public var audience: String?
    /// Asks for the audience that the server names.
    public var usesServersAudience = false
    /// The header that carries the token; nil for `authorization`, which flyteadmin always reads.
    public var authorizationHeader: String?
    public var tokenURL: String?
    /// Prints a token.
    public var command: [String] = []
    /// Prints a token for a proxy before the server.
    public var proxyCommand: [String] = []

    public init() {}

    /// What is wrong with the settings.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
        public init(_ description: String) { self.description = description }
    }

    /// Reads the file, or the one that Flyte's tools would read, and then the environment, which wins.
    ///
    /// - Parameters:
    ///   - needsFile: Whether there must be an endpoint in the end.
    ///   - environment: The process's, but for tests.
    public static func load(
        file: String?, needsFile: Bool, environment: @escaping Environment = processEnvironment
    ) throws(Invalid) -> FlyteSettings {
        var settings = FlyteSettings()
        if let path = file ?? environment("FLYTECTL_CONFIG") {
            try settings.read(file: path)
        } else if let home = environment("HOME"), access(home + "/.flyte/config.yaml", F_OK) == 0 {
            try settings.read(file: home + "/.flyte/config.yaml")
        }
        settings.readEnvironment(environment)
        if needsFile, settings.endpoint == nil {
            throw Invalid(
                "No endpoint is known. Pass --endpoint, or --config with Flyte's config.yaml, or set FLYTE_PLATFORM_URL."
            )
        }
        return settings
    }

    /// The value of a variable; nil when it is unset or empty.
    public typealias Environment = @Sendable (String) -> String?

    public static let processEnvironment: Environment = { name in
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    mutating func read(file path: String) throws(Invalid) {
        let text: [UInt8]
        do {
            text = try FileBytes.read(path, limit: 1 << 20)
        } catch {
            throw Invalid("The configuration '\(path)' cannot be read: \(error.description).")
        }
        do {
            try read(YAML(text), path: path)
        } catch let error as YAML.SyntaxError {
            throw Invalid("The configuration '\(path)', line \(error.line): \(error.problem).")
        } catch let error as Invalid {
            throw error
        } catch {
            throw Invalid("The configuration '\(path)' cannot be read.")
        }
    }

    mutating func read(_ yaml: YAML, path: String) throws(Invalid) {
        guard let admin = yaml["admin"] else { return }
        func flag(_ key: String) throws(Invalid) -> Bool? {
            guard let value = admin[key] else { return nil }
            guard let flag = value.flag else {
                throw Invalid("The configuration '\(path)', line \(value.line): '\(key)' is true or false.")
            }
            return flag
        }
        endpoint = admin["endpoint"]?.text ?? endpoint
        isInsecure = try flag("insecure") ?? isInsecure
        skipsVerification = try flag("insecureSkipVerify") ?? skipsVerification
        caFile = admin["caCertFilePath"]?.text ?? caFile
        if let value = admin["authType"] {
            guard let type = Self.authType(value.text ?? "") else {
                throw Invalid(
                    "The configuration '\(path)', line \(value.line): 'authType' is ClientSecret, Pkce, ExternalCommand or DeviceFlow."
                )
            }
            authType = type
        }
        clientID = admin["clientId"]?.text ?? clientID
        clientSecretFile = admin["clientSecretLocation"]?.text ?? clientSecretFile
        clientSecretVariable = admin["clientSecretEnvVar"]?.text ?? clientSecretVariable
        scopes = admin["scopes"]?.texts ?? scopes
        audience = admin["audience"]?.text ?? audience
        usesServersAudience = try flag("useAudienceFromAdmin") ?? usesServersAudience
        authorizationHeader = admin["authorizationHeader"]?.text ?? authorizationHeader
        tokenURL = admin["tokenUrl"]?.text ?? tokenURL
        command = admin["command"]?.texts ?? command
        proxyCommand = admin["proxyCommand"]?.texts ?? proxyCommand
    }

    /// Flyte's tools differ in case and in names.
    static func authType(_ text: String) -> AuthType? {
        switch text.lowercased() {
        case "clientsecret", "client_credentials", "basic": .clientSecret
        case "pkce", "standard": .pkce
        case "externalcommand", "external_process": .externalCommand
        case "deviceflow": .deviceFlow
        default: nil
        }
    }

    mutating func readEnvironment(_ text: Environment) {
        func flag(_ name: String) -> Bool? {
            text(name).map { ["1", "true", "yes"].contains($0.lowercased()) }
        }
        endpoint = text("FLYTE_PLATFORM_URL") ?? endpoint
        isInsecure = flag("FLYTE_PLATFORM_INSECURE") ?? isInsecure
        skipsVerification = flag("FLYTE_PLATFORM_INSECURE_SKIP_VERIFY") ?? skipsVerification
        caFile = text("FLYTE_PLATFORM_CA_CERT_FILE_PATH") ?? caFile
        authType = text("FLYTE_CREDENTIALS_AUTH_MODE").flatMap(Self.authType) ?? authType
        clientID = text("FLYTE_CREDENTIALS_CLIENT_ID") ?? clientID
        clientSecretFile = text("FLYTE_CREDENTIALS_CLIENT_SECRET_LOCATION") ?? clientSecretFile
        clientSecretVariable = text("FLYTE_CREDENTIALS_CLIENT_SECRET_ENV_VAR") ?? clientSecretVariable
        if text("FLYTE_CREDENTIALS_CLIENT_SECRET") != nil, clientSecretVariable == nil,
            clientSecretFile == nil
        {
            clientSecretVariable = "FLYTE_CREDENTIALS_CLIENT_SECRET"
        }
        if let list = text("FLYTE_CREDENTIALS_SCOPES") {
            scopes = list.split(separator: ",").map { String($0.drop { $0 == " " }) }
        }
        audience = text("FLYTE_CREDENTIALS_AUDIENCE") ?? audience
        if let line = text("FLYTE_CREDENTIALS_COMMAND") {
            command = line.split(separator: ",").map(String.init)
        }
        if let line = text("FLYTE_CREDENTIALS_PROXY_COMMAND") {
            proxyCommand = line.split(separator: ",").map(String.init)
        }
    }

    /// Scheme, host and port of the REST API.
    public func base() throws(Invalid) -> String {
        guard var rest = endpoint, !rest.isEmpty else { throw Invalid("The endpoint is empty.") }
        var scheme = isInsecure ? "http" : "https"
        for (prefix, itsScheme) in [("dns:///", scheme), ("http://", "http"), ("https://", "https")]
        where rest.hasPrefix(prefix) {
            rest = String(rest.dropFirst(prefix.count))
            scheme = itsScheme
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.isEmpty,
            !rest.contains(where: { $0 == "/" || $0 == " " || $0 == "@" || $0 == "?" || $0 == "#" })
        else {
            throw Invalid(
                "'\(endpoint ?? "")' is no endpoint. Write host, host:port, dns:///host, http://host or https://host, without a path."
            )
        }
        return "\(scheme)://\(rest)"
    }

    /// The secret of client credentials; nil when none is configured.
    func clientSecret(_ environment: Environment) throws(Invalid) -> String? {
        if let name = clientSecretVariable {
            guard let secret = environment(name) else {
                throw Invalid(
                    "The environment variable '\(name)', which should hold the client secret, is empty.")
            }
            return secret
        }
        guard let path = clientSecretFile ?? (authType == .clientSecret ? Self.defaultSecretFile : nil) else {
            return nil
        }
        do throws(FileBytes.Failure) {
            let text = String(decoding: try FileBytes.read(path, limit: 1 << 16), as: UTF8.self)
            let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            guard !trimmed.isEmpty else { throw FileBytes.Failure(description: "it is empty") }
            return String(trimmed)
        } catch {
            throw Invalid("The client secret in '\(path)' cannot be read: \(error.description).")
        }
    }

    // Flyte's own default.
    private static let defaultSecretFile = "/etc/secrets/client_secret"

    /// What the settings say of logging in.
    func authenticator(
        base: String, transport: any Transport, pace: Pace, environment: Environment
    ) throws(Invalid) -> any Authenticator {
        let source: (any TokenSource)?
        // As flytekit has it, a secret or a command is meant to be used, whatever `authType` is missing.
        switch authType ?? (command.isEmpty ? .clientSecret : .externalCommand) {
        case .externalCommand:
            guard !command.isEmpty else {
                throw Invalid("'authType' is ExternalCommand, and 'command' is not set.")
            }
            source = ExternalCommand(arguments: command)
        case .clientSecret:
            source = try clientSecret(environment).map { secret in
                ClientCredentials(
                    id: clientID ?? "flytepropeller", secret: secret, scopes: scopes, audience: audience,
                    usesServersAudience: usesServersAudience, tokenURL: tokenURL,
                    discovery: AuthDiscovery(base: base, transport: transport))
            }
        case .pkce, .deviceFlow: source = PersonalLogin()
        }
        let proxySource =
            proxyCommand.isEmpty ? nil : ExternalCommand(arguments: proxyCommand, key: "proxyCommand")
        guard source != nil || proxySource != nil else { return NoAuthentication() }
        return TokenAuthenticator(
            source: source, proxySource: proxySource, header: authorizationHeader ?? "authorization",
            pace: pace)
    }

    /// A client for the installation, which logs in when the server asks for it.
    public func client(
        options: AdminClient.Options, userAgent: String, environment: Environment = processEnvironment
    ) async throws -> AdminClient {
        var transportOptions = CurlTransport.Options()
        transportOptions.userAgent = userAgent
        transportOptions.caFile = caFile
        transportOptions.skipsVerification = skipsVerification
        let transport = CurlTransport(options: transportOptions)
        let base = try base()
        let authenticator = try authenticator(
            base: base, transport: transport, pace: options.pace, environment: environment)
        return AdminClient(base: base, transport: transport, authenticator: authenticator, options: options)
    }
}
