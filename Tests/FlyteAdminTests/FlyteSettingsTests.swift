import Foundation
import TestSupport
import Testing

@testable import FlyteAdmin

@Suite struct FlyteSettingsTests {
    private func settings(_ yaml: String, environment: [String: String] = [:]) throws -> FlyteSettings {
        try TemporaryFolder.with { folder in
            let path = folder + "/config.yaml"
            try yaml.write(toFile: path, atomically: false, encoding: .utf8)
            return try FlyteSettings.load(file: path, needsFile: false) { environment[$0] }
        }
    }

    @Test(arguments: [
        ("dns:///flyte.example.org", false, "https://flyte.example.org"),
        ("dns:///flyte.example.org:8089", true, "http://flyte.example.org:8089"),
        ("localhost:30080", true, "http://localhost:30080"),
        ("localhost:30080", false, "https://localhost:30080"),
        ("http://flyte.example.org/", false, "http://flyte.example.org"),
        ("https://flyte.example.org:443", true, "https://flyte.example.org:443"),
        ("[::1]:8088", true, "http://[::1]:8088"),
        ("HTTP://flyte.example.org:80", false, "http://flyte.example.org:80"),
        ("Https://flyte.example.org", true, "https://flyte.example.org"),
        (" flyte.example.org\n", false, "https://flyte.example.org"),
        ("dns:flyte.example.org:443", false, "https://flyte.example.org:443"),
        ("DNS:///flyte.example.org", false, "https://flyte.example.org"),
        ("dns://8.8.8.8/flyte.example.org:443", false, "https://flyte.example.org:443"),
    ]) func makesTheBaseOfEveryFormOfEndpoint(endpoint: String, insecure: Bool, base: String) throws {
        var settings = FlyteSettings()
        settings.endpoint = endpoint
        settings.isInsecure = insecure
        #expect(try settings.base() == base)
    }

    @Test(arguments: [
        "", "dns:///", "http://", "flyte.example.org/console", "user:word@host", "a b", "host?x=1",
    ])
    func refusesWhatIsNoEndpoint(endpoint: String) {
        var settings = FlyteSettings()
        settings.endpoint = endpoint
        #expect(throws: FlyteSettings.Invalid.self) { try settings.base() }
    }

    @Test func whatStandsBeforeAHostIsNotRepeated() {
        var settings = FlyteSettings()
        settings.endpoint = "https://user:pa@ss@host"
        let error = #expect(throws: FlyteSettings.Invalid.self) { try settings.base() }
        #expect(error?.description.hasPrefix("'…@host' is no endpoint.") == true)
    }

    @Test func readsFlytesOwnFile() throws {
        let settings = try settings(
            """
            # as flytectl writes it
            admin:
              endpoint: dns:///flyte.example.org
              insecure: false
              insecureSkipVerify: true
              caCertFilePath: /etc/ca.pem
              authType: Pkce
              clientId: me
              clientSecretLocation: /run/secret
              scopes: [all, offline]
              audience: there
              useAudienceFromAdmin: true
              authorizationHeader: flyte-authorization
              tokenUrl: https://idp/token
              command:
                - get-token
                - --for=flyte
              proxyCommand: ["get-pass"]
              maxRetries: 4
            logger:
              level: 1
            """)
        var expected = FlyteSettings()
        expected.endpoint = "dns:///flyte.example.org"
        expected.skipsVerification = true
        expected.caFile = "/etc/ca.pem"
        expected.authType = .pkce
        expected.clientID = "me"
        expected.clientSecretFile = "/run/secret"
        expected.scopes = ["all", "offline"]
        expected.audience = "there"
        expected.usesServersAudience = true
        expected.authorizationHeader = "flyte-authorization"
        expected.tokenURL = "https://idp/token"
        expected.command = ["get-token", "--for=flyte"]
        expected.proxyCommand = ["get-pass"]
        #expect(settings == expected)
    }

    @Test func readsWhatIsBesidesTheAdminSection() throws {
        let settings = try settings(
            """
            admin:
              endpoint: dns:///flyte.example.org
              httpProxyURL: http://proxy:3128
              pkceConfig: {timeout: 1m30s}
              deviceFlowConfig: {timeout: 5m, pollInterval: 500ms}
            console:
              endpoint: https://console.example.org
            """)
        #expect(
            settings.httpProxy == "http://proxy:3128" && settings.console == "https://console.example.org")
        #expect(settings.browserTimeout == .seconds(90) && settings.deviceTimeout == .seconds(300))
        #expect(settings.devicePollInterval == .milliseconds(500))
        #expect(throws: FlyteSettings.Invalid.self) {
            try self.settings("admin: {pkceConfig: {timeout: soon}}")
        }
    }

    @Test func readsFlytekitsOlderFiles() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/.flyte/config"
            try FileManager.default.createDirectory(
                atPath: folder + "/.flyte", withIntermediateDirectories: true)
            try """
            # flytekit 0.x
            [platform]
            url = dns:///flyte.example.org
            insecure = True
            http_proxy_url: http://proxy:3128
            [credentials]
            auth_mode = client_credentials
            client_id = me
            client_secret = s3cr3t
            scopes = all, offline
            command = get-token,--now
            """.write(toFile: path, atomically: false, encoding: .utf8)
            let settings = try FlyteSettings.load(file: nil, needsFile: true) { $0 == "HOME" ? folder : nil }
            #expect(try settings.base() == "http://flyte.example.org")
            #expect(settings.authType == .clientSecret && settings.clientID == "me")
            #expect(try settings.clientSecret { _ in nil } == "s3cr3t")
            #expect(settings.scopes == ["all", "offline"] && settings.command == ["get-token", "--now"])
            #expect(settings.httpProxy == "http://proxy:3128")
        }
    }

    @Test func anAddressOfTheRESTAPIWins() throws {
        var settings = FlyteSettings()
        settings.endpoint = "dns:///grpc.example.org:8089"
        settings.restBase = "http://rest.example.org:8088"
        #expect(try settings.base() == "http://rest.example.org:8088")
    }

    @Test func theEnvironmentWins() throws {
        let settings = try settings(
            "admin: {endpoint: file:1, insecure: true, clientId: a}",
            environment: [
                "FLYTE_PLATFORM_URL": "environment:2", "FLYTE_PLATFORM_INSECURE": "false",
                "FLYTE_CREDENTIALS_CLIENT_ID": "b", "FLYTE_CREDENTIALS_SCOPES": "x, y",
                "FLYTE_CREDENTIALS_AUTH_MODE": "client_credentials",
            ])
        #expect(try settings.base() == "https://environment:2")
        #expect(settings.clientID == "b")
        #expect(settings.scopes == ["x", "y"])
        #expect(settings.authType == .clientSecret)
    }

    @Test func findsTheFileWhereFlytesToolsDo() throws {
        try TemporaryFolder.with { folder in
            let home = folder + "/home"
            try FileManager.default.createDirectory(
                atPath: home + "/.flyte", withIntermediateDirectories: true)
            try "admin: {endpoint: home:1}".write(
                toFile: home + "/.flyte/config.yaml", atomically: false, encoding: .utf8)
            let other = folder + "/other.yaml"
            try "admin: {endpoint: other:1}".write(toFile: other, atomically: false, encoding: .utf8)
            func endpoint(_ file: String?, _ environment: [String: String]) throws -> String? {
                try FlyteSettings.load(file: file, needsFile: false) { environment[$0] }.endpoint
            }
            #expect(try endpoint(nil, ["HOME": home]) == "home:1")
            #expect(try endpoint(nil, ["HOME": home, "FLYTECTL_CONFIG": other]) == "other:1")
            #expect(try endpoint(other, ["HOME": home, "FLYTECTL_CONFIG": "/none"]) == "other:1")
            #expect(try endpoint(nil, ["HOME": folder + "/nobody"]) == nil)
        }
    }

    @Test(arguments: [
        ("admin:\n  endpoint: [a", ", line 3: did not find expected ',' or ']'."),
        ("admin:\n  insecure: perhaps", ", line 2: 'insecure' is true or false."),
        (
            "admin:\n\n  authType: Magic",
            ", line 3: 'authType' is ClientSecret, Pkce, ExternalCommand or DeviceFlow."
        ),
    ]) func saysWhereAFileIsWrong(yaml: String, words: String) {
        let error = #expect(throws: FlyteSettings.Invalid.self) { try settings(yaml) }
        #expect(error?.description.hasSuffix(words) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        "", "---", "[]", "just text", "admin:", "admin: [1]", "admin: text", "other: 1", "\u{0}",
    ])
    func readsOddFilesAsNothingOrRefusesThem(yaml: String) {
        if let settings = try? settings(yaml) { #expect(settings.endpoint == nil) }
    }

    @Test func refusesAliasesThatGoInCirclesOrExplode() {
        #expect(throws: FlyteSettings.Invalid.self) { try settings("admin: &a {endpoint: *a}") }
        var bomb = "a0: &a0 [1, 1]\n"
        for level in 1..<40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(throws: FlyteSettings.Invalid.self) { try settings(bomb) }
    }

    @Test func saysWhatToDoWithoutAnEndpoint() {
        let error = #expect(throws: FlyteSettings.Invalid.self) {
            try FlyteSettings.load(file: nil, needsFile: true) { _ in nil }
        }
        #expect(
            error?.description
                == "No endpoint is known. Pass --endpoint, or --config with Flyte's config.yaml, or set FLYTE_PLATFORM_URL."
        )
    }

    @Test func saysWhichFileCannotBeRead() {
        let error = #expect(throws: FlyteSettings.Invalid.self) {
            try FlyteSettings.load(file: "/no/such/config.yaml", needsFile: true) { _ in nil }
        }
        #expect(
            error?.description
                == "The configuration '/no/such/config.yaml' cannot be read: No such file or directory.")
    }

    @Test func trimsASecretFromAFile() throws {
        try TemporaryFolder.with { folder in
            try " \ns3cr3t\n".write(toFile: folder + "/secret", atomically: false, encoding: .utf8)
            var settings = FlyteSettings()
            settings.clientSecretFile = folder + "/secret"
            #expect(try settings.clientSecret { _ in nil } == "s3cr3t")
            settings.clientSecretVariable = "V"
            #expect(try settings.clientSecret { _ in "other" } == "other")
            #expect(throws: FlyteSettings.Invalid.self) { try settings.clientSecret { _ in nil } }
            settings.clientSecretVariable = nil
            settings.clientSecretFile = folder + "/missing"
            #expect(throws: FlyteSettings.Invalid.self) { try settings.clientSecret { _ in nil } }
        }
    }
}
