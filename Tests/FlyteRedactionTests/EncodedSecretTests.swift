import FlyteIDL
import FlyteModel
import FlyteRedaction
import Foundation
import TestSupport
import Testing

/// A secret that one variable names, planted everywhere else in each way of writing it down.
struct EncodedSecretTests {
    private static let secrets = [
        "correct-horse-battery", #"p&ss"w/ö<rd>'42 é\x"#, "line one\nline two\tand\u{1F511}three",
        "aZ09+/aZ09==",
    ]

    private static func redacted(_ text: String, planting secret: String) throws -> ExecutionCapture {
        var rule = RedactionRule("r")
        rule.names = [try NamePattern("password")]
        let redactor = Redactor(
            RedactionRules([rule], key: try RedactionKey("0123456789abcdef", from: "a test")))
        func message(
            _ kind: CapturedMessage.Kind, _ type: String, _ fields: [String: Any],
            _ direction: CapturedMessage.Direction? = nil
        ) throws -> CapturedMessage {
            let json = String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
            return CapturedMessage(
                kind: kind, direction: direction,
                bytes: try Message(json: json, as: IDL.message(type)).encoded())
        }
        func literal(_ text: String) -> [String: Any] { ["scalar": ["primitive": ["stringValue": text]]] }
        var execution = try message(
            .execution, "admin.Execution",
            ["spec": ["labels": ["values": ["a": text]]], "closure": ["abortMetadata": ["cause": text]]])
        // A field that nobody knows, with its length before it.
        let unknown = Array(text.utf8)
        execution.bytes += [0xFA, 0x3F] + varint(unknown.count) + unknown
        var capture = ExecutionCapture(
            id: ExecutionID(project: "sales", domain: "production", name: "a1b2"),
            observedAt: Timestamp(nanoseconds: 0),
            messages: CapturedMessages([
                execution,
                try message(
                    .literalMap, "core.LiteralMap",
                    ["literals": ["password": literal(secret), "other": literal(text)]], .input),
                try message(.literalMap, "core.LiteralMap", ["literals": ["o": literal(text)]], .output),
                try message(
                    .attempt, "admin.TaskExecution",
                    ["closure": ["error": ["message": text], "logs": [["name": "log", "uri": text]]]]),
            ]))
        _ = try redactor.redact(&capture, workflow: nil) { _ in nil }
        return capture
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }

    @Test(arguments: secrets) func isReplacedWhereverAndHoweverItStands(secret: String) throws {
        #expect(TextEncodings.all.count >= 40)
        for (name, encode) in TextEncodings.all {
            let encoded = encode(secret)
            let capture = try Self.redacted("before \(encoded) after", planting: secret)
            for message in capture.messages {
                let bytes = Data(message.bytes)
                // Also what a reader of some of the text would know.
                let piece = encoded.utf8.count > 24 ? String(encoded.dropFirst(6).dropLast(6)) : encoded
                #expect(bytes.range(of: Data(piece.utf8)) == nil, "\(name) in \(message.kind)")
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name) in \(message.kind)")
                #expect(bytes.range(of: Data("[redacted:r:".utf8)) != nil, "\(name) in \(message.kind)")
                // What stands beside it stays.
                #expect(bytes.range(of: Data("before ".utf8)) != nil, "\(name) in \(message.kind)")
            }
        }
    }

    /// What a rule finds by its look or by its name, within what is encoded.
    @Test func isFoundWhereItIsEncoded() throws {
        var rule = RedactionRule("r")
        rule.names = [try NamePattern("password")]
        rule.values = [try RegularExpression("AKIA[0-9A-Z]{16}")]
        let redactor = Redactor(
            RedactionRules([rule], key: try RedactionKey("0123456789abcdef", from: "a test")))
        for (name, encode) in TextEncodings.all {
            var secrets = Redactor.Secrets()
            for text in [#"id AKIA0123456789ABCDEF."#, #"{"password": "a-long-enough-one"}"#] {
                let encoded = encode(text)
                let told = redactor.redact("see \(encoded)", knowing: &secrets)
                #expect(told.hasPrefix("see ") && told.contains("[redacted:r:"), "\(name): \(told)")
            }
            // And then it is known in any other form.
            #expect(
                redactor.redact("AKIA0123456789ABCDEF a-long-enough-one", knowing: &secrets)
                    .split(separator: " ").allSatisfy { $0.hasPrefix("[redacted:r:") }, "\(name)")
        }
    }

    /// Made so that each step of decoding leaves as much to do as there was: whoever asks is told.
    @Test func decodingHasAnEnd() throws {
        var hard = String(repeating: "Made so that each step leaves as much to do. ", count: 1_000)
        for _ in 0..<3 { hard = Data(hard.utf8).base64EncodedString() }
        hard += #" %41 &amp; \\ %2541 &amp;amp; "# + "\n"
        var search = SecretSearch(minimumLength: 6)
        search.add([Array("correct-horse-battery".utf8): 0])
        #expect(throws: SecretSearch.TooMuch.self) { try search.matches(in: Array(hard.utf8)) }
        #expect(throws: SecretSearch.TooMuch.self) { try search.isFound(in: Array(hard.utf8)) }
        // All of it is a secret then.
        let capture = try Self.redacted(hard, planting: "correct-horse-battery")
        for message in capture.messages {
            #expect(Data(message.bytes).range(of: Data(hard.utf8.prefix(100))) == nil)
        }
        // As much of what people write is read.
        let plain = String(
            repeating: "a%20b &amp; c\\n s3://bucket/metadata/n0/data/inputs.pb\n", count: 1_000)
        #expect(try search.matches(in: Array(plain.utf8)).isEmpty)
    }

    /// Texts as Flyte writes them, which are full of what could be base64.
    @Test(arguments: [
        "s3://my-s3-bucket/metadata/propeller/flytesnacks-development-f6f2d8a1b3c4/n0/data/inputs.pb",
        "ghcr.io/flyteorg/flytekit:py3.11-1.10.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Traceback (most recent call last):\n  File \"/root/train.py\", line 12, in main\nValueError: 100 % of a&b \\d+",
    ]) func leavesOrdinaryTextsAlone(text: String) throws {
        let capture = try Self.redacted(text, planting: "correct-horse-battery")
        for message in capture.messages where message.direction != .input {
            #expect(Data(message.bytes).range(of: Data(text.utf8)) != nil)
        }
    }
}
