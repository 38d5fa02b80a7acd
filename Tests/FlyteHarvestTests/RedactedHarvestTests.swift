import FlyteHarvest
import FlyteIDL
import FlyteModel
import FlyteRedaction
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteArchive

/// What must not be in the archive is not in it: not in a column, not in a message, not in a dictionary.
struct RedactedHarvestTests {
    private static let secret = "hunter2-Tr0ub4dor/3+x"
    private static let pattern = "AKIAQWERTYUIOPASDFGH"

    /// An installation of so many executions that hold both secrets wherever there is a place for one.
    private func installation(executions: Int) throws -> StoredInstallation {
        let installation = StoredInstallation(domains: ["production"])
        func message(_ type: String, _ json: String) throws -> Message {
            let text = json.replacingOccurrences(of: "SECRET", with: Self.secret)
                .replacingOccurrences(of: "PATTERN", with: Self.pattern)
                .replacingOccurrences(
                    of: "PERCENT",
                    with: Self.secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
            return try Message(json: text, as: IDL.message(type))
        }
        let scope = #""project": "sales", "domain": "production""#
        func identifier(_ type: String, _ name: String) -> String {
            #"{"resourceType": "\#(type)", \#(scope), "name": "\#(name)", "version": "1"}"#
        }
        let time = #""2026-03-01T00:00:00Z""#
        installation.add(project: try message("admin.Project", #"{"id": "sales", "name": "sales"}"#))
        installation.add(
            definition: try message(
                "admin.Task",
                #"""
                {"id": \#(identifier("TASK", "load")), "closure": {"createdAt": \#(time), "compiledTask": {"template": {
                  "id": \#(identifier("TASK", "load")), "type": "python-task", "container": {"image": "i",
                    "args": ["--db-password", "SECRET", "x-PATTERN"], "env": [{"key": "DB_PASSWORD", "value": "SECRET"}]},
                  "config": {"db_password": "SECRET"}, "custom": {"password": "SECRET", "note": "PATTERN"}}}}}
                """#))
        installation.add(
            definition: try message(
                "admin.Workflow",
                #"""
                {"id": \#(identifier("WORKFLOW", "flow")), "closure": {"createdAt": \#(time), "compiledWorkflow": {"primary": {"template": {
                  "id": \#(identifier("WORKFLOW", "flow")), "nodes": [{"id": "n0", "taskNode": {"referenceId": \#(identifier("TASK", "load"))},
                  "inputs": [{"var": "db_password", "binding": {"scalar": {"primitive": {"stringValue": "SECRET"}}}}]}]}}}}}
                """#))
        installation.add(
            definition: try message(
                "admin.LaunchPlan",
                #"""
                {"id": \#(identifier("LAUNCH_PLAN", "flow")), "spec": {"workflowId": \#(identifier("WORKFLOW", "flow")),
                  "defaultInputs": {"parameters": {"db_password": {"default": {"scalar": {"primitive": {"stringValue": "SECRET"}}}}}},
                  "fixedInputs": {"literals": {"db_password": {"scalar": {"primitive": {"stringValue": "SECRET"}}}}},
                  "envs": {"values": [{"key": "DB_PASSWORD", "value": "SECRET"}]}}, "closure": {"createdAt": \#(time)}}
                """#))
        for number in 0..<executions {
            let execution = #"{\#(scope), "name": "e\#(number)"}"#
            let node = #"{"nodeId": "n0", "executionId": \#(execution)}"#
            let inputs = try message(
                "core.LiteralMap",
                #"""
                {"literals": {"db_password": {"scalar": {"primitive": {"stringValue": "SECRET"}}},
                  "run": {"scalar": {"primitive": {"integer": "\#(number)"}}},
                  "config": {"scalar": {"generic": {"a": {"password": "SECRET"}, "b": "x PATTERN y"}}},
                  "dsn": {"scalar": {"primitive": {"stringValue": "postgres://me:PERCENT@db/x"}}}}}
                """#)
            let outputs = try message(
                "core.LiteralMap",
                #"{"literals": {"o0": {"scalar": {"primitive": {"stringValue": "connected with SECRET"}}}}}"#)
            installation.add(
                execution: try message(
                    "admin.Execution",
                    #"""
                    {"id": \#(execution), "spec": {"launchPlan": \#(identifier("LAUNCH_PLAN", "flow")),
                      "metadata": {"principal": "PATTERN"}, "labels": {"values": {"note": "PATTERN"}},
                      "annotations": {"values": {"password": "SECRET"}}, "tags": ["PATTERN"],
                      "envs": {"values": [{"key": "DB_PASSWORD", "value": "SECRET"}]}},
                     "closure": {"phase": "FAILED", "createdAt": \#(time), "startedAt": \#(time), "updatedAt": \#(time), "duration": "60s",
                      "workflowId": \#(identifier("WORKFLOW", "flow")),
                      "error": {"code": "X", "kind": "USER", "message": "login failed for SECRET and PATTERN"}}}
                    """#), inputs: inputs, outputs: outputs)
            installation.add(
                node: try message(
                    "admin.NodeExecution",
                    #"""
                    {"id": \#(node), "metadata": {"specNodeId": "n0"}, "closure": {"phase": "FAILED", "createdAt": \#(time),
                      "startedAt": \#(time), "updatedAt": \#(time), "duration": "50s",
                      "error": {"code": "X", "kind": "USER", "message": "node: SECRET"}}}
                    """#), inputs: inputs)
            installation.add(
                attempt: try message(
                    "admin.TaskExecution",
                    #"""
                    {"id": {"taskId": \#(identifier("TASK", "load")), "nodeExecutionId": \#(node), "retryAttempt": 0},
                     "closure": {"phase": "FAILED", "createdAt": \#(time), "startedAt": \#(time), "updatedAt": \#(time), "duration": "40s",
                      "logs": [{"name": "log PATTERN", "uri": "https://logs/?filter=PERCENT"}], "reason": "gave up: SECRET",
                      "reasons": [{"message": "env DB_PASSWORD=SECRET", "occurredAt": \#(time)}],
                      "customInfo": {"pod": {"env": [{"name": "DB_PASSWORD", "value": "SECRET"}]}},
                      "metadata": {"externalResources": [{"externalId": "PATTERN", "logs": [{"uri": "SECRET"}]}]},
                      "error": {"code": "X", "kind": "USER", "message": "Traceback: SECRET"}}}
                    """#), inputs: inputs)
        }
        return installation
    }

    private func options() throws -> HarvestOptions {
        var passwords = RedactionRule("passwords")
        passwords.names = [try NamePattern("*password*")]
        var keys = RedactionRule("aws")
        keys.values = [try RegularExpression("AKIA[A-Z]{16}")]
        var options = HarvestOptions()
        options.redactor = Redactor(
            RedactionRules([passwords, keys], key: try RedactionKey("0123456789abcdef", from: "a test")))
        return options
    }

    /// All that the file holds: its bytes, and every frame and dictionary of it unpacked.
    private func contents(_ path: String) throws -> [Data] {
        let archive = try Archive(path: path, mode: .readOnly)
        var contents = [try Data(contentsOf: URL(filePath: path))]
        for row in try archive.query("SELECT id FROM pack").rows {
            contents.append(Data(try archive.packer.content(try #require(row[0].integer))))
        }
        for row in try archive.query("SELECT data FROM dictionary").rows {
            guard case .blob(let bytes) = row[0] else { continue }
            contents.append(Data(bytes))
        }
        return contents
    }

    private static let forms: [String] = [
        secret, pattern, secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "",
        Data(secret.utf8).base64EncodedString(),
    ]

    @Test func whatIsTooLargeToBeSearchedIsLeftOutAndTold() async throws {
        var sampleOptions = SampleInstallation.Options(end: SampleHarvest.end)
        sampleOptions.literalMegabytes = 5
        let sample = SampleInstallation(sampleOptions)
        // The last is the one that was added; others have a few megabytes.
        let row = try #require(
            sample.truth.executions.last { $0.values[6] == "types.large_output" }
        ).values
        let server = try AdminServer(sample.installation)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            var options = try options()
            options.executions = [
                ExecutionID(project: row[0] ?? "", domain: row[1] ?? "", name: row[2] ?? "")
            ]
            let summary = try await SampleHarvest.run(server, into: path, options: options)
            #expect(summary.new == 1 && summary.problems == 0)
            let archive = try Archive(path: path, mode: .readOnly)
            let told = try archive.query(
                "SELECT state, detail FROM v_capture WHERE field = 'outputs' AND detail LIKE '%searched%'"
            ).rows
            #expect(!told.isEmpty && told.allSatisfy { $0[0] == .text("redacted") })
            #expect(try archive.query("SELECT max(raw_bytes) < 1000000 FROM pack").rows == [[.integer(1)]])
        }
    }

    @Test func aPlantedSecretIsNowhereInTheFile() async throws {
        // So many that a dictionary is trained.
        let server = try AdminServer(try installation(executions: 320))
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let plain = folder + "/plain.db"
            var one = HarvestOptions()
            one.executions = [ExecutionID(project: "sales", domain: "production", name: "e0")]
            _ = try await SampleHarvest.run(server, into: plain, options: one)
            let found = try contents(plain)
            for form in Self.forms.prefix(3) {
                #expect(
                    found.contains { $0.range(of: Data(form.utf8)) != nil },
                    "the test plants nothing: \(form)")
            }

            let path = folder + "/redacted.db"
            let summary = try await SampleHarvest.run(server, into: path, options: try options())
            #expect(summary.problems == 0 && summary.new == 320)
            let contents = try contents(path)
            #expect(contents.count > 20)
            for form in Self.forms {
                #expect(!contents.contains { $0.range(of: Data(form.utf8)) != nil }, "\(form)")
            }

            let archive = try Archive(path: path, mode: .readOnly)
            #expect(try archive.query("SELECT count(*) FROM dictionary").rows == [[.integer(1)]])
            // Equal secrets stay equal, and no other.
            #expect(
                try archive.query("SELECT rule, count(DISTINCT token) FROM v_redaction GROUP BY rule").rows
                    == [[.text("aws"), .integer(1)], [.text("passwords"), .integer(1)]])
            #expect(
                try archive.query(
                    """
                    SELECT count(*), count(DISTINCT value_text) FROM v_literal
                    WHERE name = 'db_password' AND value_text LIKE '[redacted:passwords:%]'
                    """
                ).rows.first?.last == .integer(1))
            let fields = try archive.query(
                "SELECT DISTINCT field FROM v_redaction WHERE execution = 'e7' ORDER BY 1"
            ).rows.map { $0[0].text }
            #expect(
                fields == [
                    "annotation", "custom_info", "env", "error", "external_id", "inputs", "label", "log",
                    "outputs",
                    "principal", "reason", "tags",
                ])
            // The ledger says so, and nothing is missing for it.
            #expect(
                try archive.query("SELECT DISTINCT state FROM v_capture").rows == [[.text("redacted")]])
            #expect(
                try archive.query("SELECT DISTINCT is_complete FROM v_execution").rows == [[.integer(1)]])
            // Definitions have rows of their own.
            #expect(
                try archive.query(
                    "SELECT DISTINCT definition_kind FROM v_redaction WHERE definition IS NOT NULL ORDER BY 1"
                ).rows.map { $0[0].text } == ["launch_plan", "task", "workflow"])
        }
    }

    @Test func anUnchangedExecutionStaysUnchanged() async throws {
        let server = try AdminServer(try installation(executions: 5))
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/twice.db"
            var options = try options()
            _ = try await SampleHarvest.run(server, into: path, options: options)
            let once = try SampleHarvest.dump(path)
            options.isFull = true
            let again = try await SampleHarvest.run(server, into: path, options: options)
            #expect(again.unchanged == 5 && again.wroteNothing)
            #expect(try SampleHarvest.dump(path) == once)
        }
    }

    /// An execution that cannot be read has a problem, in words that may quote a secret of another's.
    @Test func aProblemsWordsAreRedactedToo() async throws {
        let server = try AdminServer(try installation(executions: 2))
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/problem.db"
            server.setFaults(
                Faults([
                    .init(.refuseAsFlyte(code: 13, message: "not found: \(Self.secret) \(Self.pattern)")) {
                        $0.path.hasSuffix("/executions/sales/production/e1")
                    }
                ]))
            var options = try options()
            options.jobs = 1
            let client = SampleHarvest.client(server)
            let told = Told()
            let summary = try await Harvester(
                try await HarvestPlan(options, client: client), client: client,
                archive: try Archive(path: path, mode: .readWrite), source: "s", toolVersion: "test",
                options: options, now: { SampleHarvest.later }
            ) { told.add("\($0)") }.run()
            #expect(summary.problems == 1)
            let problem = told.lines.filter { $0.hasPrefix("problem(") }
            #expect(problem.count == 1 && problem[0].contains("[redacted:passwords:"))
            #expect(!told.lines.contains { $0.contains(Self.secret) || $0.contains(Self.pattern) })
            let archive = try Archive(path: path, mode: .readOnly)
            let message = try archive.query("SELECT message FROM v_problem").rows.first?[0].text ?? ""
            #expect(message.contains("not found: [redacted:passwords:"))
            for form in Self.forms {
                #expect(!(try contents(path)).contains { $0.range(of: Data(form.utf8)) != nil }, "\(form)")
            }
        }
    }

    // Unchecked: the lock guards the lines.
    private final class Told: @unchecked Sendable {
        private let lock = NSLock()
        private var list: [String] = []
        var lines: [String] { lock.withLock { list } }
        func add(_ line: String) { lock.withLock { list.append(line) } }
    }

    @Test func aTrialTellsWhatWouldBeReplacedAndNeverTheSecret() async throws {
        let server = try AdminServer(try installation(executions: 3))
        defer { server.stop() }
        let client = SampleHarvest.client(server)
        let options = try options()
        let plan = try await HarvestPlan(options, client: client)
        let result = try await RedactionTrial(plan, client: client, options: options).run(
            at: SampleHarvest.later)
        #expect(result.executions == 3 && result.errors.isEmpty)
        let executions = Set(
            result.findings.compactMap { finding -> String? in
                if case .execution(let id) = finding.subject { id.name } else { nil }
            })
        #expect(executions == ["e0", "e1", "e2"])
        #expect(
            result.findings.contains { $0.redaction.field == "inputs" && $0.redaction.name == "db_password" })
        #expect(!"\(result.findings)".contains(Self.secret))
        // The archive's own account is the same.
        try await TemporaryFolder.with { folder in
            _ = try await SampleHarvest.run(server, into: folder + "/a.db", options: options)
            let archive = try Archive(path: folder + "/a.db", mode: .readOnly)
            #expect(
                try archive.query("SELECT count(*), sum(count) FROM v_redaction").rows
                    == [
                        [
                            .integer(Int64(result.findings.count)),
                            .integer(Int64(result.findings.reduce(0) { $0 + $1.redaction.count })),
                        ]
                    ])
        }
    }
}
