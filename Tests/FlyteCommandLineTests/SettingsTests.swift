import EmbeddedFiles
import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteCommandLine

struct SettingsTests {
    private func settings(_ yaml: String, name: String = "flightlog.yaml") throws -> FlightlogSettings {
        try TemporaryFolder.with { folder in
            let path = folder + "/" + name
            try yaml.write(toFile: path, atomically: false, encoding: .utf8)
            return try FlightlogSettings.load(option: path) { _ in nil }
        }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    @Test func theExampleSaysEverythingThatCanBeSaid() throws {
        let path = Self.root + "/Tests/Fixtures/settings/flightlog.yaml"
        let settings = try FlightlogSettings.load(option: path) { _ in nil }
        #expect(settings.archive == Self.root + "/Tests/Fixtures/settings/runs.db")
        #expect(settings.sources.map(\.name) == ["production", "sandbox"])
        let source = settings.sources[0]
        #expect(source.flyte.endpoint == "dns:///flyte.example.com")
        #expect(source.flyte.authType == .clientSecret && source.flyte.clientID == "flightlog")
        #expect(
            source.flyte.clientSecretVariable == "FLIGHTLOG_CLIENT_SECRET" && source.flyte.scopes == ["all"])
        #expect(source.flyte.headers == [HTTPHeader("X-Team", "data")])
        #expect(source.harvest.projects == ["sales", "vision"] && source.harvest.domains == ["production"])
        #expect(source.harvest.jobs == 16 && source.rate == 20)
        #expect(source.harvest.grace == 600_000_000_000 && source.harvest.overlap == 300_000_000_000)
        #expect(source.harvest.serverSpans == .auto && source.harvest.skips.isEmpty)
        #expect(source.harvest.console == "https://console.example.com")
        #expect(settings.sources[1].harvest.skips == [.outputs, .spans])
        #expect(settings.redaction != nil)
        // And with every line in force that is commented out, but for files that are not there.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let all = text.split(separator: "\n").filter {
            !$0.contains("ca-file") && !$0.contains("gateway.key") && !$0.contains("flyte-config")
        }.map { String($0).replacingOccurrences(of: "^( +)# ", with: "$1", options: .regularExpression) }
            .joined(separator: "\n")
        let full = try self.settings(all).sources[0]
        #expect(full.flyte.restBase == "https://rest.example.com" && full.flyte.skipsVerification)
        #expect(full.flyte.proxy == "http://proxy.example.com:3128")
        #expect(
            full.flyte.command == ["get-token", "--for", "flyte"]
                && full.flyte.proxyCommand == ["get-proxy-token"])
        #expect(full.flyte.tokenURL == "https://idp.example.com/token")
        #expect(full.flyte.authorizationHeader == "flyte-authorization")
    }

    @Test func everyKeyStandsInTheExampleAndInTheHelp() throws {
        let example = try String(
            contentsOfFile: Self.root + "/Tests/Fixtures/settings/flightlog.yaml", encoding: .utf8)
        for key in SourceSettings.keys + AuthSettings.keys + RedactionSettings.keys
            + RedactionSettings.ruleKeys
        {
            #expect(example.contains("\(key):") || example.contains("or \(key)"), "\(key)")
        }
        for (topic, sources) in [("configuration", 2), ("redaction", 0)] {
            let text = try #require(EmbeddedFile.topics.first { $0.name == topic }).text
            let block = try #require(text.firstMatch(of: /(?s)```yaml\n(.*?)```/)).1
            #expect(try settings(String(block)).sources.count == sources)
            if topic == "configuration" { #expect(block == example) }
        }
    }

    @Test(arguments: [
        ("archive: [", "2:1: did not find expected node content."),
        (
            "archiv: x",
            "1:1: the settings has no key 'archiv'. Did you mean 'archive'? It can have archive, sources, redaction, time-zone."
        ),
        ("archive: {a: 1}", "1:10: 'archive' is one text."),
        ("archive: a\narchive: b", "2:1: 'archive' is here a second time."),
        (
            "- 1",
            "1:1: the settings is written as 'key: value' lines: archive, sources, redaction, time-zone."
        ),
        ("sources: prod", "1:10: the sources are a list: a line with '- ' for each."),
        ("sources:\n  - endpoint: a", "2:5: A source needs a 'name'."),
        (
            "sources:\n  - name: a",
            "2:5: The source 'a' needs an 'endpoint', or a 'flyte-config' that names one."
        ),
        ("sources:\n  - name: a\n    endpoint: a/b", "3:15: 'a/b' is no endpoint."),
        (
            "sources:\n  - {name: a, endpoint: a}\n  - {name: a, endpoint: b}",
            "3:5: Another source is called 'a' too."
        ),
        (
            "sources:\n  - {name: a, endpoint: a, jobs: many}",
            "2:34: 'jobs' is a whole number from 1 to 1000."
        ),
        ("sources:\n  - {name: a, endpoint: a, rate: 0}", "2:34: 'rate' is a number above 0."),
        (
            "sources:\n  - {name: a, endpoint: a, grace: 5}",
            "2:35: 'grace' is a time such as 90s, 10m, 2h or 1d."
        ),
        (
            "sources:\n  - {name: a, endpoint: a, skip: [input]}",
            "2:35: A part to skip is one of inputs, outputs, spans, definitions. Did you mean 'inputs'?"
        ),
        ("sources:\n  - {name: a, endpoint: a, insecure: 2}", "2:38: 'insecure' is true or false."),
        (
            "sources:\n  - {name: a, flyte-config: none.yaml}",
            "none.yaml' cannot be read: No such file or directory."
        ),
        (
            "sources:\n  - {name: a, endpoint: a, auth: {type: magic}}",
            "2:41: 'type' is one of none, client-secret, external-command, device-flow, pkce."
        ),
        ("sources:\n  - {name: a, endpoint: a, auth: {secret: s3cr3t}}", "2:35: 'auth' has no key 'secret'."),
        (
            "sources:\n  - {name: a, endpoint: a, headers: {X: {file: none}}}",
            "/none' cannot be read: No such file or directory."
        ),
        ("redaction: {}", "1:12: 'redaction' needs 'rules'."),
        (
            "redaction:\n  rules:\n    - {name: a}",
            "3:7: The rule 'a' finds nothing: it needs 'names' or 'values'."
        ),
        (
            "redaction:\n  rules:\n    - {name: a b, names: [x]}",
            "3:14: A rule's name is up to 40 letters, digits, '-' and '_'."
        ),
        (
            "redaction:\n  rules:\n    - {name: a, values: ['a(b']}",
            "3:26: 'a(b' is no regular expression: a '(' has no ')'."
        ),
        (
            "redaction: {key-file: a, key-variable: b}",
            "1:12: The key comes from 'key-file' or from 'key-variable', not from both."
        ),
    ]) func saysWhatIsWrongAndWhere(yaml: String, words: String) {
        let error = #expect(throws: Failure.self) { try settings(yaml) }
        let text = error?.description ?? ""
        #expect(text.contains(words), "\(text)")
        #expect(text.contains("/flightlog.yaml:") && !text.contains("\n"))
        #expect(!text.contains("s3cr3t"))
    }

    @Test func areLookedForInThreePlaces() throws {
        try TemporaryFolder.with { folder in
            let config = folder + "/.config/flightlog"
            try FileManager.default.createDirectory(atPath: config, withIntermediateDirectories: true)
            try "archive: home.db".write(
                toFile: config + "/flightlog.yaml", atomically: false, encoding: .utf8)
            try "archive: /named.db".write(toFile: folder + "/a.yaml", atomically: false, encoding: .utf8)
            try "archive: /option.db".write(toFile: folder + "/b.yaml", atomically: false, encoding: .utf8)
            func archive(_ option: String?, _ environment: [String: String]) throws -> String? {
                try FlightlogSettings.load(option: option) { environment[$0] }.archive
            }
            let named = folder + "/a.yaml"
            #expect(try archive(nil, ["HOME": folder]) == config + "/home.db")
            #expect(try archive(nil, ["HOME": folder, "FLIGHTLOG_SETTINGS": named]) == "/named.db")
            #expect(try archive(folder + "/b.yaml", ["FLIGHTLOG_SETTINGS": named]) == "/option.db")
            #expect(try archive(nil, [:]) == nil)
            let error = #expect(throws: Failure.self) { try archive("/no/such.yaml", [:]) }
            #expect(error?.description == "There are no settings '/no/such.yaml'.")
        }
    }

    // MARK: Harvests

    private static let sample = SampleInstallation(
        SampleInstallation.Options(end: Timestamp(nanoseconds: 1_772_625_600_000_000_000)))

    @Test func oneSourceAfterTheOtherAndTheWorstExitCode() throws {
        let server = try AdminServer(Self.sample.installation)
        defer { server.stop() }
        let id = try #require(Self.sample.truth.executions.first { $0.values[0] == "vision" }?.values)
        let name = [id[0], id[1], id[2]].compactMap { $0 }.joined(separator: "/")
        try TemporaryFolder.with { folder in
            let path = folder + "/flightlog.yaml"
            func write(_ second: String) throws {
                try """
                archive: runs.db
                sources:
                  - {name: dead, endpoint: 'http://127.0.0.1:\(try RawServer.closedPort())'}
                  - name: alive
                    endpoint: \(server.address)
                    projects: [vision]
                    domains: [production]
                    console: https://console.example.com/
                    skip: [inputs, outputs, spans, definitions]
                \(second)
                """.write(toFile: path, atomically: false, encoding: .utf8)
            }
            try write("")
            let result = try Tool.run("harvest", "--settings", path)
            #expect(result.code == 1)
            #expect(result.err.contains("dead: ") && result.err.contains("refuses connections"))
            #expect(result.err.contains("alive:\n"), "\(result.err)")
            let archive = try Archive(path: folder + "/runs.db", mode: .readOnly)
            #expect(
                try archive.query(
                    "SELECT DISTINCT source, project, domain, is_complete, console_url LIKE 'https://console.example.com/console/%' FROM v_execution"
                ).rows == [[.text("alive"), .text("vision"), .text("production"), .integer(1), .integer(1)]])
            // What was skipped is written down, and is not there.
            #expect(
                try archive.query(
                    "SELECT DISTINCT field, state FROM v_capture WHERE state = 'not_requested' ORDER BY 1"
                ).rows.map { $0[0].text }
                    == ["definitions", "inputs", "metrics", "outputs"])
            #expect(try archive.query("SELECT count(*) FROM v_literal").rows == [[.integer(0)]])
            #expect(
                try archive.query("SELECT count(*) FROM v_definition WHERE created_at IS NOT NULL").rows == [
                    [.integer(0)]
                ])
            #expect(
                try archive.query("SELECT count(*) FROM v_span WHERE origin = 'server'").rows == [
                    [.integer(0)]
                ])

            let one = try Tool.run(
                "harvest", folder + "/one.db", "--settings", path, "--source", "alive", "--execution", name)
            #expect(one.code == 0, "\(one.err)")
            let two = try Tool.run("harvest", "--settings", path, "--execution", name)
            #expect(two.code == 64 && two.err.contains("name it with --source"))
            let unknown = try Tool.run("harvest", "--settings", path, "--source", "alife")
            #expect(unknown.code == 64 && unknown.err.contains("it has dead, alive"))
        }
    }

    @Test func aDryRunListsAndWritesNothing() throws {
        let server = try AdminServer(Self.sample.installation)
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let path = folder + "/flightlog.yaml"
            try """
            sources:
              - {name: s, endpoint: '\(server.address)', projects: [vision], domains: [production]}
            redaction:
              rules:
                - {name: all, names: ['*'], projects: [vision]}
            """.write(toFile: path, atomically: false, encoding: .utf8)
            let result = try Tool.run("harvest", folder + "/runs.db", "--settings", path, "--redact-dry-run")
            #expect(result.code == 0, "\(result.err)")
            #expect(
                result.out.hasPrefix(
                    "source,project,domain,execution,definition,node_id,attempt,field,name,rule,count\n"))
            #expect(
                result.out.split(whereSeparator: \.isNewline).count > 100 && result.out.contains(",inputs,"))
            #expect(result.err.hasSuffix("; nothing was written.\n"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["flightlog.yaml"])
            let without = try Tool.run(
                "harvest", folder + "/runs.db", "--endpoint", server.address, "--redact-dry-run")
            #expect(
                without.code == 64
                    && without.err.contains("--redact-dry-run needs settings with a 'redaction' section"))
        }
    }

    /// Secrets of a log-in stand in no message, whatever becomes of them.
    @Test func secretsAreNotToldOnStandardError() throws {
        let server = try RawServer { request in
            if request.path == "/token" {
                return .http(
                    400, ["Content-Type": "application/json"], Array(#"{"error": "invalid_client"}"#.utf8))
            }
            return .http(401, ["Content-Type": "text/plain"], Array("no".utf8))
        }
        try TemporaryFolder.with { folder in
            try "cl1ent-s3cret\n".write(toFile: folder + "/secret", atomically: false, encoding: .utf8)
            try "g4teway-k3y\n".write(toFile: folder + "/key", atomically: false, encoding: .utf8)
            try """
            archive: runs.db
            sources:
              - name: s
                endpoint: \(server.base)
                auth: {client-secret-file: secret, token-url: '\(server.base)/token', scopes: [all]}
                headers: {X-Key: {file: key}}
            """.write(toFile: folder + "/flightlog.yaml", atomically: false, encoding: .utf8)
            let result = try Tool.run("harvest", "--settings", folder + "/flightlog.yaml")
            #expect(result.code == 1 && result.err.contains("invalid_client"), "\(result.err)")
            #expect(server.requests.contains { $0.path == "/token" })
            #expect(server.requests.first?.headers["x-key"] == "g4teway-k3y")
            for secret in ["s3cret", "k3y"] { #expect(!result.err.contains(secret)) }
        }
    }
}
