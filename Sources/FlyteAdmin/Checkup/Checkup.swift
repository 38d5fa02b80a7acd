import FlyteIDL
public import FlyteModel

/// Looks a server over as a harvester sees it: whether it can be reached, what it lets us read, and what its
/// configuration will hide. Reads only, and asks some thirty questions at most.
public struct Checkup: Sendable {
    public struct Finding: Hashable, Sendable {
        public enum State: String, Sendable {
            case ok
            /// Worth knowing: something can be hidden, or could not be found out.
            case note
            /// A harvest will fail, or lack something.
            case problem
        }
        /// A word or two; the same in every run.
        public var check: String
        public var state: State
        /// One sentence.
        public var text: String
        /// What to do about it, with the setting's name; empty when there is nothing to do.
        public var advice: String
    }

    public struct Report: Sendable {
        /// In the order of the checks; what builds on a failed one is left out.
        public var findings: [Finding] = []
        /// Whether Flyte answered at all.
        public var isReachable = false
        public var requests: Int64 = 0

        public var hasProblems: Bool { findings.contains { $0.state == .problem } }
    }

    let client: AdminClient
    let now: @Sendable () -> Timestamp
    let certificate: @Sendable (String) -> ServerCertificate?
    var report = Report()
    /// Requests past the client.
    var asides: Int64 = 0
    /// Seconds of the answers so far.
    var latencies: [Double] = []

    /// - Parameters:
    ///   - client: One that does not try often, so that bad news comes soon.
    ///   - now: Our clock.
    public init(_ client: AdminClient, now: @escaping @Sendable () -> Timestamp) {
        self.init(client, now: now) { ServerCertificate.of($0, timeout: 10) }
    }

    init(
        _ client: AdminClient, now: @escaping @Sendable () -> Timestamp,
        certificate: @escaping @Sendable (String) -> ServerCertificate?
    ) {
        self.client = client
        self.now = now
        self.certificate = certificate
    }

    public static func report(
        on client: AdminClient, now: @escaping @Sendable () -> Timestamp
    ) async -> Report {
        var checkup = Checkup(client, now: now)
        await checkup.run()
        return checkup.report
    }

    mutating func run() async {
        await checkAll()
        report.requests = client.counts.requests + asides
    }

    private mutating func checkAll() async {
        guard await checkConnection() else { return }
        checkCertificate()
        guard await checkProtocol() else { return }
        report.isReachable = true
        await checkLogIn()
        guard let places = await checkProjects() else { return }
        guard let sample = await checkLists(places) else { return checkLatency() }
        await checkData(sample)
        await checkSize(sample)
        checkLatency()
    }

    mutating func add(_ check: String, _ state: Finding.State, _ text: String, _ advice: String = "") {
        report.findings.append(Finding(check: check, state: state, text: text, advice: advice))
    }

    /// Takes the time of an answer.
    mutating func timed<Value>(_ ask: (AdminClient) async throws(AdminError) -> Value)
        async throws(AdminError) -> Value
    {
        let start = ContinuousClock.now
        let value = try await ask(client)
        latencies.append((ContinuousClock.now - start) / .seconds(1))
        return value
    }

    // MARK: Connection

    private mutating func checkConnection() async -> Bool {
        do {
            let before = now()
            asides += 1
            let response = try await client.transport.send(HTTPRequest(url: client.base + "/healthcheck"))
            add("connection", .ok, "\(client.base) answers.")
            checkClock(response, between: before, and: now())
            return true
        } catch {
            let check =
                switch error.kind {
                case .cannotResolve: "name"
                case .tls: "certificate"
                default: "connection"
                }
            add(check, .problem, error.description, Self.advice(on: error))
            return false
        }
    }

    private static func advice(on error: TransportError) -> String {
        let words = error.detail.lowercased()
        switch error.kind {
        case .tls where words.contains("expired"): return "Renew the server's certificate."
        case .tls
        where words.contains("self-signed") || words.contains("self signed") || words.contains("issuer"):
            return "Name the certificate authority's file: 'caCertFilePath' in Flyte's config.yaml."
        case .tls where error.isPlainHTTP:
            return "The port speaks plain HTTP: 'insecure: true', or --insecure."
        case .timedOut where words.contains("nothing in tls"):
            return "Perhaps the port speaks plain HTTP: 'insecure: true', or --insecure."
        case .timedOut: return "A firewall may swallow the packets; check the port."
        default: return ""
        }
    }

    private mutating func checkCertificate() {
        guard client.base.hasPrefix("https:") else {
            let host = client.base.split(separator: "/").last?.split(separator: ":").first ?? ""
            guard host != "127.0.0.1", host != "localhost" else { return }
            return add(
                "certificate", .note,
                "The connection is not encrypted: tokens and data can be read on the way.",
                "Use https.")
        }
        guard let certificate = certificate(client.base), let end = certificate.expiresAt else {
            return add("certificate", .note, "The certificate could not be looked at.")
        }
        let days = (end - now()) / 86_400_000_000_000
        let text = "The certificate is valid until \(end.microsecondText.prefix(10)) (\(days) days)."
        if end < now() {
            add(
                "certificate", .problem,
                "The certificate expired on \(end.microsecondText.prefix(10)); it is only accepted because 'insecureSkipVerify' is set.",
                "Renew it.")
        } else if days < 21 {
            add("certificate", .note, text, "Renew it soon.")
        } else {
            add("certificate", .ok, text)
        }
    }

    private mutating func checkClock(
        _ response: HTTPResponse, between before: Timestamp, and after: Timestamp
    ) {
        guard let date = response.date else {
            return add(
                "clock", .note, "The answers have no Date; our own clock is used for what changed since.",
                "Keep both clocks right.")
        }
        // The server's time is cut to the second.
        let skew =
            date > after ? Double(date - after) / 1e9 : min(0, Double(date - before) / 1e9 + 1)
        let text =
            "The server's clock is \(Self.seconds(abs(skew))) \(skew < 0 ? "behind" : "ahead of") ours."
        switch abs(skew) {
        case ..<2: add("clock", .ok, "The server's clock and ours agree.")
        case ..<120:
            add("clock", .note, text, "Nothing is lost by it: the server's clock decides what changed since.")
        default:
            add(
                "clock", .problem, text,
                "Set the clocks right (NTP). Signed URLs and tokens expire by them, and times of reading are told by ours."
            )
        }
    }

    private static func seconds(_ seconds: Double) -> String {
        for (unit, size) in [("days", 86_400.0), ("h", 3600), ("min", 60)] where seconds >= 2 * size {
            return "\(Int((seconds / size).rounded())) \(unit)"
        }
        return "\(Int(seconds.rounded())) s"
    }

    // MARK: Protocol

    private mutating func checkProtocol() async -> Bool {
        do {
            let version = try await timed { client async throws(AdminError) in try await client.version() }
            if client.speaksJSON {
                add(
                    "protocol", .note, "Only JSON is answered: a proxy lets no protobuf through.",
                    "Let 'Accept: application/octet-stream' pass. Over JSON unknown fields are lost, and values that JSON cannot say (NaN in a struct) make whole answers fail."
                )
            } else {
                add("protocol", .ok, "Flyte's API answers in protobuf over HTTP.")
            }
            add(
                "version", version.isEmpty ? .note : .ok,
                version.isEmpty ? "The server does not tell its version." : "Flyte \(version).")
            return true
        } catch {
            switch error.kind {
            case .unauthenticated, .forbidden:
                // Somebody there asks for a log-in; whether it is Flyte, the next checks tell.
                add("protocol", .ok, "The server asks for a log-in.")
                return true
            case .transport(let failure):
                add("protocol", .problem, failure.description, Self.advice(on: failure))
            case .notFlyte, .unimplemented, .notFound, .redirected, .garbage:
                add("protocol", .problem, error.description)
            default:
                add("protocol", .problem, error.description, "Look into the log of flyteadmin.")
            }
            return false
        }
    }

    // MARK: Log-in

    private mutating func checkLogIn() async {
        do {
            let discovery = AuthDiscovery(base: client.base, transport: client.transport)
            asides += 1
            guard let document = try await discovery.server() else {
                return add("log-in", .ok, "None is needed: the server has authorization off.")
            }
            _ = try await timed { client async throws(AdminError) in try await client.domains() }
            let url = document.string("token_endpoint")
            let isElsewhere = ProviderAddress.isElsewhere(url, than: client.base)
            add(
                "log-in", .ok,
                "Accepted; tokens come from \(ProviderAddress.name(of: url))\(isElsewhere ? ", on another host than the installation" : "")."
            )
            if let words = await ProviderAddress.objection(to: url, from: client.base) {
                add(
                    "log-in", .problem, "The token endpoint \(words).",
                    "No secret is sent there. Have the server name an https address, or set 'tokenUrl'.")
            }
        } catch {
            switch error.kind {
            case .forbidden:
                add(
                    "log-in", .problem, "The log-in works, but may not read: \(error.message).",
                    error.message.contains("required scope")
                        ? "The token lacks the scope 'all'; no fresh one cures that. Add it to the client at the identity provider, or to 'scopes'."
                        : "Give the account the permission to read.")
            case .unauthenticated:
                add("log-in", .problem, error.description)
            default:
                add("log-in", .note, "How to log in could not be found out: \(error.description)")
            }
        }
    }

    // MARK: Projects

    struct Place: Hashable, Sendable {
        var project: String
        var domain: String
    }

    private mutating func checkProjects() async -> [Place]? {
        do {
            let projects = try await timed { client async throws(AdminError) in try await client.projects() }
            let domains = try await timed { client async throws(AdminError) in try await client.domains() }
            guard !projects.isEmpty, !domains.isEmpty else {
                add(
                    "projects", .problem,
                    "The server shows \(projects.count) projects and \(domains.count) domains.",
                    "Give the account the permission to list them, or check the endpoint.")
                return nil
            }
            add(
                "projects", .ok,
                "\(projects.count) projects with \(domains.count) domains, archived ones included.")
            return projects.flatMap { project in domains.map { Place(project: project, domain: $0) } }
        } catch {
            // A refused log-in has been told.
            if !report.hasProblems { add("projects", .problem, error.description) }
            return nil
        }
    }

    private mutating func checkLatency() {
        guard !latencies.isEmpty else { return }
        let median = latencies.sorted()[latencies.count / 2]
        let text = "An answer takes \(Int((median * 1000).rounded())) ms (median of \(latencies.count))."
        if median > 1 {
            add("latency", .note, text, "A harvest takes long; more '--jobs' help if the server bears them.")
        } else {
            add("latency", .ok, text)
        }
    }
}
