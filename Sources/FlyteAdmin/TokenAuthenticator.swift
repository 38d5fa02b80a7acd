import FlyteIDL
import Glibc

/// Logs in as Flyte's clients do: nothing is sent until the server answers 401; then a token is got, kept in
/// memory, renewed a little before it expires, and once more when it is refused.
actor TokenAuthenticator: Authenticator {
    private let settings: FlyteSettings
    private let base: String
    private let transport: any Transport
    private let secret: String?
    private var token: Token?
    private var header: String
    private var proxyToken: String?
    private var renewal: Task<Token?, any Error>?

    private struct Token: Sendable {
        var text: String
        var expiresAt: ContinuousClock.Instant?
    }

    init(settings: FlyteSettings, base: String, transport: any Transport) throws {
        self.settings = settings
        self.base = base
        self.transport = transport
        secret = try settings.clientSecret()
        header = settings.authorizationHeader ?? "authorization"
    }

    func headers() async throws(AdminError) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        if !settings.proxyCommand.isEmpty {
            if proxyToken == nil { proxyToken = try Self.output(of: settings.proxyCommand, "proxyCommand") }
            if let proxyToken { headers.append(HTTPHeader("proxy-authorization", "Bearer \(proxyToken)")) }
        }
        if let expiry = token?.expiresAt, expiry < .now + .seconds(30) { _ = try await renew() }
        if let token { headers.append(HTTPHeader(header, "Bearer \(token.text)")) }
        return headers
    }

    func renew() async throws(AdminError) -> Bool {
        // Many requests are refused at once; they share one log-in.
        let task = renewal ?? Task { try await self.fetch() }
        renewal = task
        defer { renewal = nil }
        do {
            token = try await task.value
            return token != nil
        } catch let error as AdminError {
            throw error
        } catch {
            throw AdminError(kind: .unauthenticated, route: "log-in", message: "\(error)")
        }
    }

    private func fetch() async throws(AdminError) -> Token? {
        if settings.authType == .externalCommand || (settings.authType == nil && !settings.command.isEmpty) {
            guard !settings.command.isEmpty else {
                throw AdminError(
                    kind: .unauthenticated, route: "log-in", message: "'command' is not configured")
            }
            return Token(text: try Self.output(of: settings.command, "command"))
        }
        if let secret { return try await clientCredentials(secret) }
        switch settings.authType {
        case .pkce, .deviceFlow:
            throw AdminError(
                kind: .unauthenticated, route: "log-in",
                message:
                    "a person must log in for 'authType' \(settings.authType?.rawValue ?? ""); use ClientSecret or ExternalCommand for a harvest"
            )
        default: return nil
        }
    }

    // MARK: Client credentials

    private func clientCredentials(_ secret: String) async throws(AdminError) -> Token? {
        var tokenURL = settings.tokenURL
        var scopes = settings.scopes
        if settings.authorizationHeader == nil || tokenURL == nil || scopes.isEmpty {
            let metadata = try await document(
                "/.well-known/oauth-authorization-server", "service.OAuth2MetadataResponse")
            let client = try await document(
                "/config/v1/flyte_client", "service.PublicClientAuthConfigResponse")
            tokenURL = tokenURL ?? metadata?.string("token_endpoint")
            if scopes.isEmpty {
                scopes = client?.strings("scopes") ?? metadata?.strings("scopes_supported") ?? []
            }
            if settings.authorizationHeader == nil, let key = client?.string("authorization_metadata_key"),
                !key.isEmpty
            {
                header = key
            }
        }
        guard let tokenURL, !tokenURL.isEmpty else { return nil }
        let id = settings.clientID ?? "flytepropeller"
        var form = "grant_type=client_credentials"
        if !scopes.isEmpty { form += "&scope=" + Route.encoded(scopes.joined(separator: " ")) }
        if let audience = settings.audience { form += "&audience=" + Route.encoded(audience) }
        let basic = Base64.encoded(Array("\(Route.encoded(id)):\(Route.encoded(secret))".utf8))
        let request = HTTPRequest(
            "POST", url: tokenURL,
            headers: [
                HTTPHeader("Authorization", "Basic \(basic)"), HTTPHeader("Accept", "application/json"),
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
            ], body: Array(form.utf8))
        let response = try await send(request, "POST token endpoint")
        let answer = try? JSONValue(parsing: response.body)
        guard response.status == 200, let text = answer?["access_token"]?.string else {
            let words = [answer?["error"]?.string, answer?["error_description"]?.string].compactMap { $0 }
            throw AdminError(
                kind: .unauthenticated, route: "POST token endpoint", status: response.status,
                message: words.isEmpty ? "no token" : words.joined(separator: ": "))
        }
        let seconds = answer?["expires_in"]?.double
        return Token(text: text, expiresAt: seconds.map { .now + .seconds($0) })
    }

    /// A discovery document; nil when the server says by 501 that it needs no log-in.
    private func document(_ path: String, _ type: String) async throws(AdminError) -> Message? {
        // Only this exact type gives the names of RFC 8414.
        let request = HTTPRequest(url: base + path, headers: [HTTPHeader("Accept", "application/json")])
        let response = try await send(request, "GET \(path)")
        if response.status == 501 { return nil }
        guard response.status == 200 else { throw AdminError(response, route: "GET \(path)") }
        return try? Message(json: response.body, as: IDL.message(type))
    }

    private func send(_ request: HTTPRequest, _ route: String) async throws(AdminError) -> HTTPResponse {
        do {
            return try await transport.send(request)
        } catch {
            throw AdminError(kind: .transport(error), route: route)
        }
    }

    // MARK: Commands

    /// The trimmed standard output of a command. Its words stay ours: they may hold secrets.
    private static func output(of command: [String], _ key: String) throws(AdminError) -> String {
        func failure(_ message: String) -> AdminError {
            AdminError(kind: .unauthenticated, route: "log-in by '\(key)'", message: message)
        }
        var descriptors: [Int32] = [0, 0]
        guard pipe(&descriptors) == 0 else { throw failure("no pipe") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptors[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, descriptors[0])
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let status =
            command.first.map { posix_spawnp(&process, $0, &actions, nil, &arguments, environ) } ?? ENOENT
        close(descriptors[1])
        defer { close(descriptors[0]) }
        guard status == 0 else {
            throw failure("'\(command[0])' cannot be run: \(String(cString: strerror(status)))")
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while output.count < 1 << 20 {
            let count = read(descriptors[0], &buffer, buffer.count)
            if count <= 0 { break }
            output += buffer.prefix(count)
        }
        var result: Int32 = 0
        waitpid(process, &result, 0)
        guard result == 0 else { throw failure("'\(command[0])' failed") }
        let text = String(decoding: output, as: UTF8.self)
        let trimmed = text.split { $0.isWhitespace }.first.map(String.init) ?? ""
        guard !trimmed.isEmpty else { throw failure("'\(command[0])' printed nothing") }
        return trimmed
    }
}
