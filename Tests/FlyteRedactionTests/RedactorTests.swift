import FlyteIDL
import FlyteModel
import FlyteRedaction
import Foundation
import TestSupport
import Testing

struct RedactorTests {
    private static let id = ExecutionID(project: "sales", domain: "production", name: "a1b2")

    private func redactor(
        names: [String] = [], values: [String] = [], tasks: [String] = [], key: String = "0123456789abcdef"
    ) throws -> Redactor {
        var rule = RedactionRule("r")
        rule.names = try names.map { try NamePattern($0) }
        rule.values = try values.map { try RegularExpression($0) }
        rule.tasks = try tasks.map { try NamePattern($0) }
        return Redactor(RedactionRules([rule], key: try RedactionKey(key, from: "a test")))
    }

    private func inputs(_ json: String) throws -> CapturedMessage {
        CapturedMessage(
            kind: .literalMap, direction: .input,
            bytes: try Message(json: #"{"literals": \#(json)}"#, as: IDL.message("core.LiteralMap")).encoded()
        )
    }

    private func message(
        _ kind: CapturedMessage.Kind, _ type: String, _ json: String, at place: CapturePlace = .execution
    ) throws -> CapturedMessage {
        CapturedMessage(
            kind: kind, place: place, bytes: try Message(json: json, as: IDL.message(type)).encoded())
    }

    private func redacted(
        _ redactor: Redactor, _ messages: CapturedMessage..., tasks: [String: String] = [:]
    ) throws -> ExecutionCapture {
        var capture = ExecutionCapture(
            id: Self.id, observedAt: Timestamp(nanoseconds: 0),
            messages: CapturedMessages(messages))
        _ = try redactor.redact(&capture, workflow: "train") { tasks[$0] }
        return capture
    }

    private func holds(_ capture: ExecutionCapture, _ text: String) -> Bool {
        capture.messages.contains { Data($0.bytes).range(of: Data(text.utf8)) != nil }
    }

    private func json(_ message: CapturedMessage) throws -> String? {
        try LiteralJSON.text(ofMap: message.bytes)
    }

    // MARK: By name

    /// The same value under one key in every shape that a variable takes: always gone, always one token.
    @Test(arguments: [
        #"{"api_key": {"scalar": {"primitive": {"stringValue": "s3cr3t-value"}}}}"#,
        #"{"config": {"map": {"literals": {"apiKey": {"scalar": {"primitive": {"stringValue": "s3cr3t-value"}}}}}}}"#,
        #"{"config": {"scalar": {"generic": {"db": {"api-key": "s3cr3t-value"}}}}}"#,
        #"{"config": {"scalar": {"generic": {"env": [{"name": "API_KEY", "value": "s3cr3t-value"}]}}}}"#,
        #"{"config": {"scalar": {"primitive": {"stringValue": "{\"api_key\": \"s3cr3t-value\", \"n\": 1}"}}}}"#,
        #"{"config": {"scalar": {"primitive": {"stringValue": "https://h/?api_key=s3cr3t-value&x=1"}}}}"#,
        #"{"config": {"scalar": {"primitive": {"stringValue": "--api-key=s3cr3t-value"}}}}"#,
        #"{"api_keys": {"collection": {"literals": [{"scalar": {"primitive": {"stringValue": "s3cr3t-value"}}}]}}}"#,
        #"{"api_key": {"scalar": {"union": {"value": {"scalar": {"primitive": {"stringValue": "s3cr3t-value"}}}}}}}"#,
    ]) func findsAValueByItsNameInEveryShape(literals: String) throws {
        let capture = try redacted(
            try redactor(names: ["*api_key*", "apikey"]), try inputs(literals),
            try message(
                .attempt, "admin.TaskExecution",
                #"{"closure": {"error": {"message": "denied: s3cr3t-value"}, "logs": [{"name": "log", "uri": "https://l/s3cr3t-value/x"}]}}"#
            ))
        #expect(!holds(capture, "s3cr3t-value"))
        let tokens = Set(capture.redactions.map(\.token))
        #expect(tokens.count == 1)
        let first = try #require(tokens.first)
        let values = try #require(try json(capture.messages[0]))
        #expect(values.contains(first))
        let attempt = try TaskExecution(decoding: capture.messages[1].bytes)
        #expect(attempt.error?.message == "denied: \(first)")
        #expect(attempt.logs.first?.uri == "https://l/\(first)/x")
        #expect(Set(capture.redactions.map(\.field)) == ["inputs", "error", "log"])
        #expect(capture.withheld.map(\.state) == [.redacted, .redacted, .redacted])
    }

    @Test func replacesNumbersAndShortValuesWhereTheirNameSaysSo() throws {
        let capture = try redacted(
            try redactor(names: ["pin", "seed"]),
            try inputs(
                #"""
                {"pin": {"scalar": {"primitive": {"integer": "42"}}}, "seed": {"scalar": {"primitive": {"integer": "12345678"}}},
                 "copy": {"scalar": {"primitive": {"integer": "12345678"}}}, "other": {"scalar": {"primitive": {"integer": "42"}}},
                 "text": {"scalar": {"primitive": {"stringValue": "42 and 12345678"}}}}
                """#))
        let values = try #require(try json(capture.messages[0]))
        // 42 is everybody's number, and stays where nothing says that it is a secret.
        #expect(values.contains(#""other":42"#) && values.contains(#""text":"42 and [redacted:r:"#))
        #expect(!values.contains("12345678") && values.contains(#""pin":"[redacted:r:"#))
    }

    @Test func findsKeysInMessagePack() throws {
        // {"user": "me", "password": "hunter2hunter2", "n": [1, {"password": 77}]}
        var packed: [UInt8] = [0x83, 0xA4] + Array("user".utf8) + [0xA2] + Array("me".utf8)
        packed += [0xA8] + Array("password".utf8) + [0xAE] + Array("hunter2hunter2".utf8)
        packed += [0xA1] + Array("n".utf8) + [0x92, 0x01, 0x81, 0xA8] + Array("password".utf8) + [0x4D]
        let base64 = Data(packed).base64EncodedString()
        let capture = try redacted(
            try redactor(names: ["password"]),
            try inputs(#"{"c": {"scalar": {"binary": {"tag": "msgpack", "value": "\#(base64)"}}}}"#))
        let values = try #require(try json(capture.messages[0]))
        #expect(values.hasPrefix(#"{"c":{"n":[1,{"password":"[redacted:r:"#))
        #expect(values.hasSuffix(#","user":"me"}}"#) && !values.contains("hunter2"))
    }

    @Test func leavesFlagsAndNothingAlone() throws {
        let given = try inputs(
            #"{"use_password": {"scalar": {"primitive": {"boolean": true}}}, "password": {"scalar": {"noneType": {}}}}"#
        )
        #expect(try redacted(try redactor(names: ["*password*"]), given).messages == [given])
    }

    @Test func knowsEnvironmentsLabelsArgumentsBindingsAndSignals() throws {
        let execution = try message(
            .execution, "admin.Execution",
            #"""
            {"spec": {"envs": {"values": [{"key": "TOKEN_A", "value": "value-one"}]}, "labels": {"values": {"token-b": "value-two"}},
             "annotations": {"values": {"x/token": "value-three"}}, "metadata": {"principal": "me"}}}
            """#)
        let workflow = try message(
            .dynamicWorkflow, "admin.DynamicNodeWorkflowResponse",
            #"""
            {"compiledWorkflow": {"primary": {"template": {"nodes": [{"id": "n0", "inputs": [
              {"var": "token", "binding": {"scalar": {"primitive": {"stringValue": "value-four"}}}},
              {"var": "token", "binding": {"promise": {"nodeId": "n1", "var": "token"}}}]}]}},
             "tasks": [{"template": {"container": {"args": ["run", "--token", "value-five", "--token=value-six"],
               "env": [{"key": "MY_TOKEN", "value": "value-seven"}]}, "config": {"token": "value-eight"}}}]}}
            """#)
        let signal = try message(
            .signal, "admin.Signal",
            #"{"id": {"signalId": "token"}, "value": {"scalar": {"primitive": {"stringValue": "value-nine"}}}}"#
        )
        let capture = try redacted(try redactor(names: ["*token*"]), execution, workflow, signal)
        for number in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"] {
            #expect(!holds(capture, "value-\(number)"), "value-\(number)")
        }
        #expect(capture.redactions.count == 9)
        // Names of things lead from one to the other.
        #expect(holds(capture, "n1") && holds(capture, "MY_TOKEN"))
    }

    @Test func replacesAFilesPlaceAndNotItsKind() throws {
        let capture = try redacted(
            try redactor(names: ["credentials"]),
            try inputs(
                #"{"credentials": {"scalar": {"blob": {"uri": "s3://b/key.json", "metadata": {"type": {"format": "jsonfile"}}}}}}"#
            ))
        #expect(!holds(capture, "s3://b/key.json") && holds(capture, "jsonfile"))
    }

    // MARK: By value

    @Test func findsValuesByTheirLooksAnywhere() throws {
        let capture = try redacted(
            try redactor(values: ["AKIA[0-9A-Z]{16}"]),
            try message(
                .node, "admin.NodeExecution",
                #"{"closure": {"error": {"message": "no access for ü=AKIAABCDEFGHIJKLMNOP; AKIAZZ"}}}"#,
                at: .node("n0")))
        let node = try NodeExecution(decoding: capture.messages[0].bytes)
        let token = try #require(capture.redactions.first?.token)
        #expect(node.error?.message == "no access for ü=\(token); AKIAZZ")
        #expect(capture.redactions.map(\.place.nodeID) == ["n0"])
    }

    @Test(arguments: [
        "s3/cr t+ü\"x", "plain-secret",
    ]) func findsASecretHoweverItIsWritten(secret: String) throws {
        let quoted = JSONValue.string(secret).text
        let forms = [
            secret,
            String(quoted.dropFirst().dropLast()),
            secret.addingPercentEncoding(
                withAllowedCharacters: CharacterSet(charactersIn: "a"..."z").union(
                    CharacterSet(charactersIn: "0"..."9"))) ?? "",
            Data(secret.utf8).base64EncodedString(),
            Data("user:\(secret)".utf8).base64EncodedString(),
            Data("me:\(secret)!".utf8).base64EncodedString(),
            secret.replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(
                of: "ü", with: "\\u00fc"),
        ]
        let error = JSONValue.object([
            .init("closure", ["error": ["message": .string(forms.joined(separator: " | "))]])
        ])
        let capture = try redacted(
            try redactor(names: ["password"]),
            try inputs(#"{"password": {"scalar": {"primitive": {"stringValue": \#(quoted)}}}}"#),
            try message(.execution, "admin.Execution", error.text))
        let text = try #require(try Execution(decoding: capture.messages[1].bytes).error?.message)
        for part in text.components(separatedBy: " | ") {
            #expect(part.contains("[redacted:r:"), "\(part)")
        }
        #expect(!text.contains("cr%20") && !text.contains(secret))
    }

    // MARK: What stays

    @Test func keepsWhatHoldsNoSecretByteForByte() throws {
        // A field twice, in no order, and one that nobody knows.
        let odd: [UInt8] = [0x1A, 0x00, 0x0A, 0x00, 0xFA, 0x3F, 0x02, 0x68, 0x69, 0x0A, 0x00]
        let given = CapturedMessage(kind: .execution, bytes: odd)
        #expect(try redacted(try redactor(names: ["x"], values: ["zzzzzzz"]), given).messages == [given])
    }

    @Test func redactsFieldsThatTheDefinitionDoesNotKnow() throws {
        var known = try message(
            .execution, "admin.Execution",
            #"{"spec": {"envs": {"values": [{"key": "TOKEN", "value": "abcdefgh"}]}}}"#)
        // Field 900: a message whose field 1 is a text, and field 2 a number.
        let inner: [UInt8] = [0x0A, 0x0A] + Array("<abcdefgh>".utf8) + [0x10, 0x07]
        var writer = WireWriter()
        writer.field(900, inner)
        known.bytes += writer.bytes
        let capture = try redacted(try redactor(names: ["token"]), known)
        #expect(!holds(capture, "abcdefgh"))
        let message = try Message(decoding: capture.messages[0].bytes, as: "admin.Execution")
        let unknown = try Message(decoding: message.unknownFields, as: "admin.Execution")
        #expect(message.unknownFields.suffix(2) == [0x10, 0x07] && !unknown.unknownFields.isEmpty)
    }

    @Test func identifiersStayEvenWhenASecretIsCalledTheSame() throws {
        let node = try message(
            .node, "admin.NodeExecution",
            #"""
            {"id": {"nodeId": "production", "executionId": {"project": "sales", "domain": "production", "name": "a1b2"}},
             "metadata": {"specNodeId": "production"}, "inputUri": "s3://production/x"}
            """#, at: .node("production"))
        let capture = try redacted(
            try redactor(names: ["password"]),
            try inputs(#"{"password": {"scalar": {"primitive": {"stringValue": "production"}}}}"#), node)
        let row = try NodeExecution(decoding: capture.messages[1].bytes)
        #expect(row.id.nodeID == "production" && row.specNodeID == "production")
        #expect(row.id.execution.domain == "production")
        #expect(row.inputURI.hasPrefix("s3://[redacted:r:"))
    }

    @Test func aTokenIsNoSecretTheSecondTime() throws {
        let given = try inputs(#"{"password": {"scalar": {"primitive": {"stringValue": "hunter2hunter2"}}}}"#)
        let once = try redacted(try redactor(names: ["password"]), given)
        let twice = try redacted(try redactor(names: ["password"]), once.messages[0])
        #expect(twice.messages == once.messages && once.messages != [given])
    }

    @Test func everyRecordedMessageIsReadAndLeftAsItIs() throws {
        let recorded = try RecordedCaptures(.scriptedLocal)
        #expect(recorded.captures.count > 20)
        for var capture in recorded.captures.values {
            let before = capture
            _ = try redactor(names: ["no-such-name"], values: ["no such value"]).redact(
                &capture, workflow: nil
            ) { _ in nil }
            #expect(capture == before)
        }
    }

    /// With every name a secret, what is left can still be read, and is the same for messages that were put aside.
    @Test func everyRecordedMessageCanBeReadWhenAllItsValuesAreSecrets() throws {
        let captures = try RecordedCaptures(.scriptedLocal).captures.sorted { $0.key.name < $1.key.name }
        try TemporaryFolder.with { folder in
            for (index, var capture) in captures.map(\.value).enumerated() where index.isMultiple(of: 4) {
                let redactor = try redactor(names: ["*"], values: ["[a-z]{7,}"])
                let spool = try Spool(folder: folder, isSealed: true)
                var aside = capture
                aside.messages = []
                for message in capture.messages {
                    aside.messages.append(try KeptMessage(message, aside: spool))
                }
                let count = spool.count
                _ = try redactor.redact(&capture, workflow: nil) { _ in nil }
                _ = try redactor.redact(&aside, workflow: nil) { _ in nil }
                #expect(capture == aside && !capture.redactions.isEmpty)
                #expect(spool.count > count, "what was put aside came back to stay")
                _ = try ExecutionTree(capture, definitions: .none)
            }
        }
    }

    // MARK: Rules

    @Test func aRuleForOneTaskLooksThereAndReplacesEverywhere() throws {
        let secret = #"{"k": {"scalar": {"primitive": {"stringValue": "first-secret"}}}}"#
        let other =
            #"{"k": {"scalar": {"primitive": {"stringValue": "other-value"}}}, "x": {"scalar": {"primitive": {"stringValue": "first-secret"}}}}"#
        var first = try inputs(secret)
        first.place = .node("n0")
        var second = try inputs(other)
        second.place = .node("n1")
        let capture = try redacted(
            try redactor(names: ["k"], tasks: ["etl.*"]), first, second,
            tasks: ["n0": "etl.load", "n1": "report.send"])
        #expect(!holds(capture, "first-secret") && holds(capture, "other-value"))
    }

    @Test func tokensDependOnTheKeyAndNotOnTheRule() throws {
        func token(_ rule: String, _ key: String) throws -> String {
            var found = RedactionRule(rule)
            found.values = [try RegularExpression("secret-[0-9]+")]
            let redactor = Redactor(RedactionRules([found], key: try RedactionKey(key, from: "a test")))
            var secrets = Redactor.Secrets()
            return redactor.redact("secret-123", knowing: &secrets)
        }
        let one = try token("a", "0123456789abcdef")
        #expect(one.hasPrefix("[redacted:a:") && one.count == "[redacted:a:]".count + 12)
        #expect(try token("b", "0123456789abcdef").suffix(13) == one.suffix(13))
        #expect(try token("a", "0123456789abcdeX") != one)
        #expect(throws: RedactionKey.Invalid.self) { try token("a", "short") }
    }

    @Test(arguments: [
        ("*password*", "DB_PASSWORD_2", true), ("*api_key*", "--api-key", true), ("tok?n", "token", true),
        ("password", "passwords", false), ("*a*b*c", "xxaxxbxxc", true), ("*a*b*c", "xxaxxbxx", false),
        ("/^(pw|pass)$/", "PASS", true), ("/^(pw|pass)$/", "bypass", false),
    ]) func namesMatchAsGlobsAndExpressions(pattern: String, name: String, expected: Bool) throws {
        let capture = try redacted(
            try redactor(names: [pattern]),
            try inputs(#"{"\#(name)": {"scalar": {"primitive": {"stringValue": "something-long"}}}}"#))
        #expect(!holds(capture, "something-long") == expected)
    }

    @Test func makesAKeyThatOnlyItsOwnerCanRead() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/key"
            _ = try RedactionKey.file(path)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.count == 65)
            _ = try RedactionKey.file(path)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            let error = #expect(throws: RedactionKey.Invalid.self) { try RedactionKey.file(path) }
            #expect(
                error?.description
                    == "The redaction key '\(path)' can be read by others than its owner. 'chmod 600 \(path)' mends that."
            )
        }
    }
}
