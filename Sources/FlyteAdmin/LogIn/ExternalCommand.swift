/// A command of the user's that prints a token.
struct ExternalCommand: TokenSource {
    var arguments: [String]
    /// The key of the configuration that names it.
    var key = "command"
    var timeout = Duration.seconds(60)

    func token() async throws(AdminError) -> AccessToken? {
        do {
            let output = try await CommandOutput.read(of: arguments, timeout: timeout, limit: 1 << 20)
            // Its words stay ours: they may be the secret itself.
            guard
                let text = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace).first
            else { throw CommandOutput.Failure(description: "it printed nothing") }
            return AccessToken(text: String(text), lifetime: AccessToken.lifetime(ofJWT: String(text)))
        } catch let failure as CommandOutput.Failure {
            throw error("'\(arguments.first ?? "")': \(failure.description)")
        } catch {
            throw self.error("it was cancelled")
        }
    }

    private func error(_ message: String) -> AdminError {
        AdminError(kind: .unauthenticated, route: "log-in by '\(key)'", message: message)
    }
}
