import FlyteAdmin
import FlyteArchive
import FlyteIDL
import FlyteModel
import FlyteRedaction
import TestSupport
import Testing

@testable import FlyteHarvest

struct ArchiveWriterTests {
    @Test(arguments: [
        (Duration.zero, Duration.milliseconds(100)), (.milliseconds(20), .milliseconds(100)),
        (.milliseconds(50), .milliseconds(200)), (.seconds(1), .seconds(4)), (.seconds(60), .seconds(5)),
    ])
    func committingTakesAFifthOfTheTimeUpToAnIntervalOfFiveSeconds(took: Duration, interval: Duration) {
        #expect(ArchiveWriter.interval(after: took) == interval)
    }

    /// Nothing but its name told that it is one.
    @Test func whatWasASecretInATreeIsNoneOfAnErrorsWords() async throws {
        try await TemporaryFolder.with { folder in
            var rule = RedactionRule("login")
            rule.names = [try NamePattern("*password*")]
            let redactor = Redactor(
                RedactionRules([rule], key: try RedactionKey("0123456789abcdef", from: "a test")))
            let inputs = Message(
                "core.LiteralMap",
                ["literals": ["password": ["scalar": ["primitive": ["string_value": "hunter2-tr0ub"]]]]])
            var capture = ExecutionCapture(
                id: ExecutionID(project: "p", domain: "d", name: "x"),
                observedAt: Timestamp(nanoseconds: 1))
            capture.messages.append(
                CapturedMessage(kind: .literalMap, direction: .input, bytes: inputs.encoded()))
            let secrets = try redactor.redact(&capture, workflow: nil, task: { _ in nil })
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let harvest = try archive.beginHarvest(
                ofSourceNamed: "s", endpoint: "http://s", toolVersion: "test", at: Timestamp(nanoseconds: 1))
            let writer = try ArchiveWriter(
                archive: archive, harvest, endpoint: "http://s", console: nil, redactor: redactor,
                heldBytes: 1 << 20, now: Timestamp(nanoseconds: 1))
            let error = AdminError(
                kind: .garbage, route: "GET /x", status: 500, message: "cannot log in with hunter2-tr0ub")
            #expect(await writer.withoutSecrets(error).message.contains("hunter2"))
            await writer.learn(secrets)
            #expect(await !writer.withoutSecrets(error).message.contains("hunter2"))
        }
    }
}
