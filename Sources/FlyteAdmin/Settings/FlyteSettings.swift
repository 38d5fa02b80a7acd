import Glibc

/// How to reach and enter a Flyte installation: the `admin` section of Flyte's `config.yaml`, and the
/// environment variables that flytekit knows.
public struct FlyteSettings: Hashable, Sendable {
    public enum AuthType: String, CaseIterable, Sendable {
        case clientSecret, pkce, externalCommand, deviceFlow
        /// Sends no token, whatever else is set.
        case none
    }

    /// As written: `dns:///host:port`, `host:port`, `http://…`.
    public var endpoint: String?
    /// Scheme, host and port of the REST API, where the endpoint serves only gRPC.
    public var restBase: String?
    public var isInsecure = false
    /// TLS without verification.
    public var skipsVerification = false
    public var caFile: String?
    public var authType: AuthType?
    public var clientID: String?
    public var clientSecretFile: String?
    /// The name of an environment variable.
    public var clientSecretVariable: String?
    /// The secret itself, from an INI file of flytekit's: the one place where Flyte has it so.
    var clientSecretInFile: String?
    /// Where that was read.
    private var fileWithSecret: String?
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
    /// A proxy for the requests to the identity provider alone, as Flyte's tools have it.
    public var httpProxy: String?
    /// A proxy for all requests; nil for what curl's own environment variables say.
    public var proxy: String?
    /// Sent along with each request to the server. Their values may be secrets.
    public var headers: [HTTPHeader] = []
    /// The console's address, where that is not the endpoint.
    public var console: String?
    /// Hosts of the object store, which may be on this machine, its link or its host although the installation is not.
    public var storeHosts: [String] = []
    /// Bytes of an answer of the server's, and of an object of its store's, at most; nil for the usual.
    public var largestAnswer: Int?
    public var largestObject: Int?
    /// How long a person has to log in at a browser, and with a code on another device.
    var browserTimeout = Duration.seconds(120)
    var deviceTimeout = Duration.seconds(600)
    /// Between two questions whether the code was entered, where the server does not say.
    var devicePollInterval = Duration.seconds(5)

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
        if let path = file ?? environment("_FLYTECTL_CONFIG_PYFLYTE_OVERRIDE")
            ?? environment("FLYTECTL_CONFIG")
        {
            try settings.read(file: path)
        } else {
            let home = environment("HOME").map { [$0 + "/.flyte/config", $0 + "/.flyte/config.yaml"] } ?? []
            let found = (["flytekit.config"] + home).first { access($0, F_OK) == 0 && !Self.isFolder($0) }
            if let found { try settings.read(file: found) }
        }
        settings.readEnvironment(environment)
        if needsFile, settings.endpoint == nil {
            throw Invalid(
                "No endpoint is known. Pass --endpoint, or --config with Flyte's config.yaml, or set FLYTE_PLATFORM_URL."
            )
        }
        return settings
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
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
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
            return try read(INI(String(decoding: text, as: UTF8.self)), path: path)
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
        console = yaml["console"]?["endpoint"]?.text ?? console
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
        httpProxy = admin["httpProxyURL"]?.text ?? httpProxy
        func time(_ section: String, _ key: String) throws(Invalid) -> Duration? {
            guard let value = admin[section]?[key] else { return nil }
            guard let time = value.text.flatMap({ Self.duration($0) }) else {
                throw Invalid(
                    "The configuration '\(path)', line \(value.line): '\(key)' is a time such as 90s or 2m.")
            }
            return time
        }
        browserTimeout = try time("pkceConfig", "timeout") ?? browserTimeout
        deviceTimeout = try time("deviceFlowConfig", "timeout") ?? deviceTimeout
        devicePollInterval = try time("deviceFlowConfig", "pollInterval") ?? devicePollInterval
    }

    /// Reads a time in Go's manner: `1h30m`, `90s`, `500ms`.
    static func duration(_ text: String) -> Duration? {
        var rest = text[...]
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let seconds = ["h": 3600, "m": 60, "s": 1, "ms": 0.001][unit]
            else { return nil }
            total += number * seconds
        }
        return text.isEmpty || total > 1e6 ? nil : .seconds(total)
    }

    /// The sections and names of flytekit's older files; lists have commas.
    mutating func read(_ ini: INI, path: String) throws(Invalid) {
        func flag(_ section: String, _ key: String) -> Bool? {
            ini[section, key].map { ["1", "true", "yes", "on"].contains($0.lowercased()) }
        }
        func list(_ key: String) -> [String]? { ini["credentials", key].map(Self.list) }
        endpoint = ini["platform", "url"] ?? endpoint
        isInsecure = flag("platform", "insecure") ?? isInsecure
        skipsVerification = flag("platform", "insecure_skip_verify") ?? skipsVerification
        caFile = ini["platform", "ca_cert_file_path"] ?? caFile
        httpProxy = ini["platform", "http_proxy_url"] ?? httpProxy
        console = ini["platform", "console_endpoint"] ?? console
        if let text = ini["credentials", "auth_mode"] {
            guard let type = Self.authType(text) else {
                throw Invalid(
                    "The configuration '\(path)': 'auth_mode' is client_credentials, Pkce, external_process or DeviceFlow."
                )
            }
            authType = type
        }
        clientID = ini["credentials", "client_id"] ?? clientID
        if let secret = ini["credentials", "client_secret"] {
            (clientSecretInFile, fileWithSecret) = (secret, path)
        }
        clientSecretFile = ini["credentials", "client_secret_location"] ?? clientSecretFile
        clientSecretVariable = ini["credentials", "client_secret_env_var"] ?? clientSecretVariable
        scopes = list("scopes") ?? scopes
        audience = ini["credentials", "audience"] ?? audience
        command = list("command") ?? command
        proxyCommand = list("proxy_command") ?? proxyCommand
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0).trimmed }
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
            scopes = Self.list(list)
        }
        audience = text("FLYTE_CREDENTIALS_AUDIENCE") ?? audience
        if let line = text("FLYTE_CREDENTIALS_COMMAND") {
            command = Self.list(line)
        }
        if let line = text("FLYTE_CREDENTIALS_PROXY_COMMAND") {
            proxyCommand = Self.list(line)
        }
        httpProxy = text("FLYTE_PLATFORM_HTTP_PROXY_URL") ?? httpProxy
        console = text("FLYTE_PLATFORM_CONSOLE_ENDPOINT") ?? console
    }

    /// Scheme, host and port of the REST API.
    public func base() throws(Invalid) -> String {
        guard let text = (restBase ?? endpoint)?.trimmed, !text.isEmpty else {
            throw Invalid("The endpoint is empty.")
        }
        var rest = text[...]
        var scheme = isInsecure ? "http" : "https"
        // gRPC's names (https://grpc.github.io/grpc/core/md_doc_naming.html) may name a DNS server before the host.
        if let (itsScheme, host) = Self.split(rest, behind: ["dns:", "http://", "https://"]) {
            rest = host
            if itsScheme != "dns:" {
                scheme = String(itsScheme.dropLast(3))
            } else if rest.hasPrefix("//") {
                rest = rest.dropFirst(2).drop { $0 != "/" }.dropFirst()
            }
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"/@?#\\".utf8.contains($0) })
        else {
            // What stands before an '@' may be a password.
            let told = text.utf8.lastIndex(of: UInt8(ascii: "@")).map { "…" + text[$0...] } ?? text
            throw Invalid(
                "'\(told)' is no endpoint. Write host, host:port, dns:///host, http://host or https://host, without a path."
            )
        }
        return "\(scheme)://\(rest)"
    }

    /// A text parted behind the first of some beginnings that it has, in whatever case.
    private static func split(
        _ text: Substring, behind beginnings: [String]
    ) -> (beginning: String, rest: Substring)? {
        for beginning in beginnings where text.prefix(beginning.count).lowercased() == beginning {
            return (beginning, text.dropFirst(beginning.count))
        }
        return nil
    }

    /// The secret of client credentials; nil when none is configured.
    func clientSecret(_ environment: Environment) throws(Invalid) -> String? {
        if let name = clientSecretVariable {
            // Files that were read into a variable end with a line.
            guard let secret = environment(name)?.trimmed, !secret.isEmpty else {
                throw Invalid(
                    "The environment variable '\(name)', which should hold the client secret, is empty.")
            }
            return secret
        }
        if let clientSecretInFile { return clientSecretInFile }
        guard let path = clientSecretFile ?? (authType == .clientSecret ? Self.defaultSecretFile : nil) else {
            return nil
        }
        do throws(FileBytes.Failure) {
            let text = String(decoding: try FileBytes.read(path, limit: 1 << 16), as: UTF8.self).trimmed
            guard !text.isEmpty else { throw FileBytes.Failure(description: "it is empty") }
            return text
        } catch {
            throw Invalid("The client secret in '\(path)' cannot be read: \(error.description).")
        }
    }

    /// The file that the secret of client credentials comes from; nil where it comes from elsewhere, or there is none.
    public var secretFile: String? {
        guard clientSecretVariable == nil, authType == nil && command.isEmpty || authType == .clientSecret
        else {
            return nil
        }
        return fileWithSecret ?? clientSecretFile
            ?? (authType == .clientSecret ? Self.defaultSecretFile : nil)
    }

    // Flyte's own default.
    private static let defaultSecretFile = "/etc/secrets/client_secret"

    /// What the settings say of logging in.
    ///
    /// - Parameters:
    ///   - transport: For questions to the server.
    ///   - oauthTransport: For the identity provider, where that has a proxy of its own.
    ///   - prompt: Who can log in at a browser; nil when nobody is there.
    func authenticator(
        base: String, transport: any Transport, oauthTransport: (any Transport)? = nil, pace: Pace,
        environment: Environment, prompt: LogInPrompt? = nil
    ) throws(Invalid) -> any Authenticator {
        let client = OAuthClient(
            discovery: AuthDiscovery(base: base, transport: transport, headers: headers),
            transport: oauthTransport ?? transport, scopes: scopes, audience: audience,
            usesServersAudience: usesServersAudience, tokenURL: tokenURL)
        let source: (any TokenSource)?
        // As flytekit has it, a secret or a command is meant to be used, whatever `authType` is missing.
        switch authType ?? (command.isEmpty ? .clientSecret : .externalCommand) {
        case .none: source = nil
        case .externalCommand:
            guard !command.isEmpty else {
                throw Invalid("'authType' is ExternalCommand, and 'command' is not set.")
            }
            source = ExternalCommand(arguments: command)
        case .clientSecret:
            source = try clientSecret(environment).map { secret in
                ClientCredentials(id: clientID ?? "flytepropeller", secret: secret, client: client)
            }
        case .pkce:
            source = InteractiveLogIn(
                flow: BrowserFlow(client: client, timeout: browserTimeout), client: client, prompt: prompt)
        case .deviceFlow:
            source = InteractiveLogIn(
                flow: DeviceFlow(
                    client: client, timeout: deviceTimeout, pollInterval: devicePollInterval, pace: pace),
                client: client, prompt: prompt)
        }
        let proxySource =
            proxyCommand.isEmpty ? nil : ExternalCommand(arguments: proxyCommand, key: "proxyCommand")
        guard source != nil || proxySource != nil else { return NoAuthentication() }
        return TokenAuthenticator(
            source: source, proxySource: proxySource, header: authorizationHeader ?? "authorization",
            pace: pace)
    }

    /// A client for the installation, which logs in when the server asks for it.
    ///
    /// - Parameter timeout: Seconds without a connection or a byte, after which a request is given up; nil for the
    ///   usual.
    public func client(
        options: AdminClient.Options, userAgent: String, timeout: Int? = nil,
        environment: Environment = processEnvironment, prompt: LogInPrompt? = nil
    ) async throws -> AdminClient {
        var transportOptions = CurlTransport.Options()
        if let timeout {
            transportOptions.idleTimeout = timeout
            transportOptions.connectTimeout = min(timeout, transportOptions.connectTimeout)
        }
        transportOptions.userAgent = userAgent
        transportOptions.caFile = caFile
        transportOptions.skipsVerification = skipsVerification
        transportOptions.proxy = proxy
        let transport = CurlTransport(options: transportOptions)
        transportOptions.proxy = httpProxy
        let oauthTransport = httpProxy == nil ? nil : CurlTransport(options: transportOptions)
        let base = try base()
        let authenticator = try authenticator(
            base: base, transport: transport, oauthTransport: oauthTransport, pace: options.pace,
            environment: environment, prompt: prompt)
        var options = options
        options.headers = headers
        options.storeHosts = storeHosts
        options.largestAnswer = largestAnswer ?? options.largestAnswer
        options.largestObject = largestObject ?? options.largestObject
        return AdminClient(base: base, transport: transport, authenticator: authenticator, options: options)
    }
}
