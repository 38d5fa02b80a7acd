import FlyteModel
import FlyteServer
import Foundation
import TestSupport
import Testing

@testable import FlyteAdmin

/// A server is looked over, and what its configuration hides is told with the setting's name.
struct CheckupTests {
    private static let sample = SampleInstallation(
        SampleInstallation.Options(end: Timestamp(nanoseconds: 1_772_625_600_000_000_000))
    ).installation

    private static let now: @Sendable () -> Timestamp = HTTPServer.systemTime

    private func client(_ base: String, _ settings: FlyteSettings? = nil) async throws -> AdminClient {
        var options = AdminClient.Options()
        options.retry.tries = 1
        options.retry.triesAtFirstContact = 1
        var settings = settings ?? FlyteSettings()
        settings.endpoint = base
        return try await settings.client(options: options, userAgent: "test", environment: { _ in nil })
    }

    private func report(
        _ settings: FlyteSettings? = nil, _ change: (inout AdminServer.Options) -> Void = { _ in }
    ) async throws -> Checkup.Report {
        var options = AdminServer.Options()
        change(&options)
        let server = try AdminServer(Self.sample, options: options)
        defer { server.stop() }
        return await Checkup.report(on: try await client(server.address, settings), now: Self.now)
    }

    private func finding(_ report: Checkup.Report, _ check: String) throws -> Checkup.Finding {
        try #require(report.findings.first { $0.check == check }, "\(report.findings.map(\.check))")
    }

    @Test func aGoodServerHasNoProblems() async throws {
        let report = try await report()
        #expect(report.isReachable && !report.hasProblems)
        #expect(
            report.findings.map(\.check) == [
                "connection", "clock", "protocol", "version", "log-in", "projects", "lists", "filters",
                "order",
                "archived", "signed URLs", "data", "metric spans", "message size", "latency",
            ])
        #expect(report.findings.filter { $0.state != .ok }.map(\.check) == ["message size"])
        #expect(report.requests <= 30)
        #expect(try finding(report, "version").text == "Flyte v1.16.8.")
        #expect(try finding(report, "archived").text.contains("are seen"))
    }

    /// A server's own answers, with another word on where tokens come from.
    private struct Elsewhere: Transport {
        let real = CurlTransport()
        var tokenURL: String

        func send(_ request: HTTPRequest, sink: BodySink?) async throws(TransportError) -> HTTPResponse {
            guard request.path == "/.well-known/oauth-authorization-server" else {
                return try await real.send(request, sink: sink)
            }
            return .json(#"{"token_endpoint":"\#(tokenURL)"}"#)
        }
    }

    @Test(
        arguments: [
            (
                "https://idp.test/token?secret=1",
                "https://idp.test/token, on another host than the installation.", nil
            ),
            (
                "http://user:secret@idp.test/token", "http://idp.test/token, on another host",
                "The token endpoint 'http://idp.test' has a user in its address."
            ),
            (
                "http://idp.test/token", "http://idp.test/token, on another host",
                "The token endpoint 'http://idp.test' is on another host than the installation, and not https."
            ),
        ] as [(String, String, String?)])
    func aTokenEndpointElsewhereIsNamed(_ url: String, _ name: String, _ problem: String?) async throws {
        let server = try AdminServer(Self.sample, options: AdminServer.Options())
        defer { server.stop() }
        let client = AdminClient(base: server.address, transport: Elsewhere(tokenURL: url))
        let report = await Checkup.report(on: client, now: Self.now)
        let told = report.findings.filter { $0.check == "log-in" }
        #expect(told.first?.text.contains("tokens come from " + name) == true, "\(told)")
        #expect(told.dropFirst().map(\.text) == [problem].compactMap { $0 })
        #expect(told.dropFirst().allSatisfy { $0.state == .problem && $0.advice.contains("'tokenUrl'") })
        #expect(!"\(told)".contains("secret="), "\(told)")
    }

    @Test func unsignedURLsAreToldWithTheSetting() async throws {
        let finding = try finding(try await report { $0.signsURLs = false }, "signed URLs")
        #expect(finding.state == .note)
        #expect(finding.text.contains("storage.limits.maxDownloadMBs"))
        #expect(finding.advice.contains("remoteData.signedUrls.enabled: true"))
    }

    @Test func nativeURLsAreToldWithTheSetting() async throws {
        let finding = try finding(try await report { $0.givesNativeURLs = true }, "signed URLs")
        #expect(finding.state == .note && finding.text.contains("s3://flyte/"))
        #expect(finding.advice.contains("remoteData.scheme"))
    }

    @Test func aStoreThatCannotBeReachedIsTold() async throws {
        for fault in [Faults.Fault.refuse(status: 403, retryAfter: nil), .reset] {
            let report = try await report {
                $0.faults = Faults([.init(fault) { $0.path.hasPrefix("/signed/") }])
            }
            let finding = try finding(report, "signed URLs")
            #expect(finding.state == .note && finding.advice.contains("outside address"))
            #expect(!report.hasProblems)
        }
    }

    @Test func theLimitOfMessagesIsReadFromTheRefusal() async throws {
        let finding = try finding(try await report { $0.messageLimit = 30_000 }, "message size")
        #expect(finding.state == .note && finding.text.contains("Answers over 30000 bytes"))
        #expect(finding.advice.contains("server.grpc.maxMessageSizeBytes"))
    }

    @Test(arguments: [(-600, "10 min behind"), (600, "10 min ahead of"), (-40, "behind"), (1, "agree")])
    func aClockThatIsWrongIsTold(seconds: Int64, words: String) async throws {
        let report = try await report { $0.clock = { Self.now() + seconds * 1_000_000_000 } }
        let finding = try finding(report, "clock")
        #expect(finding.text.contains(words), "\(finding.text)")
        #expect(finding.state == (abs(seconds) > 120 ? .problem : abs(seconds) > 2 ? .note : .ok))
    }

    @Test(arguments: [
        ("filters", "filters"), ("sort_by.direction", "order"), ("token", "order"),
    ])
    func aParameterThatGetsLostIsFound(parameter: String, check: String) async throws {
        let report = try await report { $0.faults = Faults([.init(.withoutParameter(parameter))]) }
        #expect(try finding(report, check).state == .problem)
        #expect(report.hasProblems && report.isReachable)
    }

    @Test func aProxyThatLetsOnlyJSONThroughIsTold() async throws {
        let report = try await report {
            $0.faults = Faults([
                .init(.refuse(status: 406, retryAfter: nil)) {
                    $0.values(of: "Accept").contains("application/octet-stream")
                }
            ])
        }
        let finding = try finding(report, "protocol")
        #expect(finding.state == .note && finding.text.contains("Only JSON"))
        #expect(!report.hasProblems)
    }

    @Test(arguments: [
        (Faults.Fault.html, "is not Flyte's"),
        (.redirect(status: 302, to: "https://idp.test/login?x=1"), "redirects"),
        (.contentType("application/grpc"), "is not Flyte's"),
        (.refuse(status: 404, retryAfter: nil), "is not Flyte's"),
    ])
    func whatIsNotFlyteIsTold(fault: Faults.Fault, words: String) async throws {
        let report = try await report { $0.faults = Faults([.init(fault)]) }
        #expect(!report.isReachable && report.hasProblems)
        #expect(report.findings.last?.check == "protocol")
        #expect(report.findings.last?.text.contains(words) == true, "\(report.findings)")
    }

    @Test func nobodyThereIsToldAtOnce() async throws {
        let port = try RawServer.closedPort()
        let refused = await Checkup.report(on: try await client("http://127.0.0.1:\(port)"), now: Self.now)
        #expect(!refused.isReachable && refused.findings.map(\.check) == ["connection"])
        let unknown = await Checkup.report(on: try await client("http://no-such-host.invalid"), now: Self.now)
        #expect(!unknown.isReachable && unknown.findings.map(\.check) == ["name"])
        let grpc = try RawServer { _ in .bytes([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]) }
        defer { grpc.stop() }
        let wrong = await Checkup.report(on: try await client(grpc.base), now: Self.now)
        #expect(wrong.findings.last?.text.contains("gRPC port") == true)
    }

    // MARK: Log-in

    private func report(secret: String?, _ logIn: LogIn) async throws -> Checkup.Report {
        var options = AdminServer.Options()
        options.logIn = logIn
        let server = try AdminServer(Self.sample, options: options)
        defer { server.stop() }
        var settings = FlyteSettings()
        settings.endpoint = server.address
        if secret != nil {
            settings.clientID = "flightlog"
            settings.clientSecretVariable = "SECRET"
        }
        var once = AdminClient.Options()
        once.retry.tries = 1
        let client = try await settings.client(
            options: once, userAgent: "test", environment: { $0 == "SECRET" ? secret : nil })
        return await Checkup.report(on: client, now: Self.now)
    }

    @Test func aLogInThatWorksIsTold() async throws {
        let report = try await report(secret: "open-sesame", LogIn())
        #expect(!report.hasProblems)
        #expect(try finding(report, "log-in").text.contains("/oauth2/token"))
    }

    @Test func aRefusedLogInIsTold() async throws {
        for secret in [nil, "wrong"] {
            let report = try await report(secret: secret, LogIn())
            #expect(try finding(report, "log-in").state == .problem)
            #expect(report.isReachable && report.findings.last?.check == "log-in")
            #expect(
                !report.findings.contains { $0.text.contains("open-sesame") || $0.text.contains("wrong") })
        }
    }

    @Test func aMissingPermissionIsToldFromAnExpiredToken() async throws {
        var logIn = LogIn()
        logIn.scopes = []
        let permission = try finding(try await report(secret: "open-sesame", logIn), "log-in")
        #expect(permission.state == .problem && permission.advice.contains("lacks the scope 'all'"))
        logIn = LogIn()
        logIn.lifetime = -1
        let expired = try finding(try await report(secret: "open-sesame", logIn), "log-in")
        #expect(expired.state == .problem && expired.text.contains("Token is expired"))
    }

    // MARK: Certificates

    private func certificate(days: Int64?) async throws -> [Checkup.Finding] {
        // Whoever answers: the certificate is looked at when a connection is there.
        let transport = FakeTransport { _, _ in .protobuf() }
        var checkup = Checkup(
            AdminClient(base: "https://flyte.test", transport: transport), now: Self.now
        ) { _ in
            days.map { ServerCertificate(expiresAt: Self.now() + $0 * 86_400_000_000_000 + 60_000_000_000) }
        }
        await checkup.run()
        return checkup.report.findings.filter { $0.check == "certificate" }
    }

    @Test func aCertificateThatEndsSoonIsTold() async throws {
        #expect(try await certificate(days: 90).map(\.state) == [.ok])
        #expect(try await certificate(days: 3).map(\.state) == [.note])
        #expect(try await certificate(days: -2).map(\.state) == [.problem])
        #expect(try await certificate(days: nil).map(\.state) == [.note])
    }

    @Test func readsOpenSSLsDates() {
        #expect(
            ServerCertificate.time("Nov  5 12:00:00 2026 GMT")
                == Timestamp(seconds: 1_793_880_000, nanos: 0))
        #expect(ServerCertificate.time("tomorrow") == nil)
    }

    // MARK: Recordings

    @Test(arguments: [RecordedExchange.Set.propellerCases, .scriptedLocal])
    func aRecordedServerIsLookedOver(set: RecordedExchange.Set) async throws {
        let client = AdminClient(base: "http://flyte.test", transport: try RecordedTransport(set))
        let report = await Checkup.report(on: client, now: Self.now)
        // A recording answers what was asked, and no filters.
        #expect(report.isReachable)
        #expect(try finding(report, "lists").state == .ok)
        #expect(try finding(report, "data").state == .ok, "\(report.findings)")
    }
}
