import CZstd
import Foundation

/// A question to a real Flyte server and its answer; see Tests/Fixtures/recordings/README.md.
///
/// The bodies are decoded when asked for: a set has up to 150 MB of them.
public struct RecordedExchange: Sendable {
    /// One of the recorded sets.
    public enum Set: String, CaseIterable, Sendable {
        case propellerCases = "propeller-cases"
        case propellerBulk = "propeller-bulk"
        case scriptedLocal = "scripted-local"
        case scriptedLater = "scripted-later"
        case probe
    }

    public var id = 0
    /// `rest`, `blob` or `grpc`.
    public var kind = ""
    public var method = ""
    /// As sent, percent-encoded.
    public var path = ""
    /// As sent, without the question mark.
    public var query = ""
    public var requestHeaders: [String: String] = [:]
    public var status = 0
    /// Names in lower case.
    public var headers: [String: String] = [:]
    /// The full protobuf name, as `flyteidl.admin.Execution`; empty for what is no message.
    public var messageType = ""
    public var rpc = ""
    /// What the recorder was about, such as `platform`.
    public var purpose = ""
    /// `project/domain/name` of the execution that was asked for, or empty.
    public var execution = ""
    /// In `probe`: what the question tries.
    public var name = ""
    /// Where a `blob` was asked for.
    public var host = ""

    fileprivate var lines: Lines
    fileprivate var bodyRange: Range<Int>?
    fileprivate var requestBodyRange: Range<Int>?

    /// The answer's body; nil when there was none to be had.
    public var body: [UInt8]? { bodyRange.map(lines.base64) }

    public var requestBody: [UInt8]? { requestBodyRange.map(lines.base64) }

    /// How long `body` is in base64: cheap to ask.
    public var encodedBodyLength: Int { bodyRange?.count ?? 0 }

    /// Whether the answer is a protobuf message (and not its JSON, or a text).
    public var isProtobuf: Bool { headers["content-type"] == "application/octet-stream" }

    public var isJSON: Bool { headers["content-type"] == "application/json" }

    /// All exchanges of a set, in the order of their ids. Read once in a process.
    public static func all(_ set: Set) -> [RecordedExchange] {
        switch set {
        case .propellerCases: propellerCases
        case .propellerBulk: propellerBulk
        case .scriptedLocal: scriptedLocal
        case .scriptedLater: scriptedLater
        case .probe: probe
        }
    }

    private static let propellerCases = read(.propellerCases)
    private static let propellerBulk = read(.propellerBulk)
    private static let scriptedLocal = read(.scriptedLocal)
    private static let scriptedLater = read(.scriptedLater)
    private static let probe = read(.probe)

    /// The folder of a set.
    public static func folder(_ set: Set) -> String {
        Fixtures.path("recordings/\(set.rawValue)")
    }

    private static func read(_ set: Set) -> [RecordedExchange] {
        Lines(Zstd.decompress(file: folder(set) + "/exchanges.jsonl.zst")).exchanges()
    }
}

/// Files below Tests/Fixtures.
public enum Fixtures {
    public static func path(_ relative: String) -> String {
        let support = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return support.deletingLastPathComponent().appendingPathComponent("Fixtures/\(relative)").path
    }

    public static func bytes(_ relative: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(relative))))
    }

    /// A copy of the archive that a version of the schema wrote, at `path`.
    public static func unpackArchive(version: Int, to path: String) throws {
        let content = Zstd.decompress(file: self.path("archives/version-\(version).db.zst"))
        try Data(content).write(to: URL(fileURLWithPath: path))
    }
}

private enum Zstd {
    /// The content of a file.
    static func decompress(file: String) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file), let stream = ZSTD_createDStream() else {
            preconditionFailure("\(file) cannot be read")
        }
        defer { ZSTD_freeDStream(stream) }
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 31)
        return data.withUnsafeBytes { source in
            var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var result: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4 << 20)
            var open = 1
            while open > 0 || input.pos < input.size {
                let length = chunk.withUnsafeMutableBytes {
                    var output = ZSTD_outBuffer(dst: $0.baseAddress, size: $0.count, pos: 0)
                    open = ZSTD_decompressStream(stream, &output, &input)
                    return output.pos
                }
                precondition(ZSTD_isError(open) == 0, "\(file) is damaged")
                if length == 0, input.pos == input.size, open > 0 {
                    preconditionFailure("\(file) is cut off")
                }
                result += chunk[..<length]
            }
            return result
        }
    }
}

/// The decompressed lines of a set, which its exchanges share.
///
/// It looks for quotes with `memchr` and leaves the rest alone, because a debug build needs seconds to look at each
/// byte of a set.
private final class Lines: Sendable {
    private let text: [UInt8]

    init(_ text: [UInt8]) { self.text = text }

    func base64(_ range: Range<Int>) -> [UInt8] {
        text.withUnsafeBytes { text in
            let part = Data(UnsafeRawBufferPointer(rebasing: text[range]))
            guard let data = Data(base64Encoded: part) else { preconditionFailure("a body is no base64") }
            return [UInt8](data)
        }
    }

    func exchanges() -> [RecordedExchange] {
        text.withUnsafeBytes { text in
            var scanner = Scanner(text: text)
            var result: [RecordedExchange] = []
            while !scanner.isAtEnd {
                var exchange = RecordedExchange(lines: self)
                scanner.object { scanner, name in read(name, of: &exchange, from: &scanner) }
                scanner.take(UInt8(ascii: "\n"))
                result.append(exchange)
            }
            return result
        }
    }

    private func read(_ name: String, of exchange: inout RecordedExchange, from scanner: inout Scanner) {
        switch name {
        case "id": exchange.id = scanner.number()
        case "kind": exchange.kind = scanner.string()
        case "method": exchange.method = scanner.string()
        case "path": exchange.path = scanner.string()
        case "query": exchange.query = scanner.string()
        case "request_headers": exchange.requestHeaders = scanner.strings()
        case "request_body": exchange.requestBodyRange = scanner.rangeOrNull()
        case "status": exchange.status = scanner.number()
        case "headers": exchange.headers = scanner.strings()
        case "body": exchange.bodyRange = scanner.rangeOrNull()
        case "message_type": exchange.messageType = scanner.string()
        case "rpc": exchange.rpc = scanner.string()
        case "case": exchange.purpose = scanner.string()
        case "execution": exchange.execution = scanner.string()
        case "name": exchange.name = scanner.string()
        case "host": exchange.host = scanner.string()
        default: scanner.skip()
        }
    }
}

/// Reads the JSON that the recordings are written in: no white space, and one level of objects in the line's own.
private struct Scanner {
    let text: UnsafeRawBufferPointer
    var position = 0

    init(text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { position >= text.count }

    private func isNext(_ byte: UInt8) -> Bool { position < text.count && text[position] == byte }

    mutating func take(_ byte: UInt8) {
        precondition(isNext(byte), "a recording has something unexpected at byte \(position)")
        position += 1
    }

    mutating func object(_ member: (inout Scanner, String) -> Void) {
        take(UInt8(ascii: "{"))
        while !isNext(UInt8(ascii: "}")) {
            let name = string()
            take(UInt8(ascii: ":"))
            member(&self, name)
            if isNext(UInt8(ascii: ",")) { position += 1 }
        }
        take(UInt8(ascii: "}"))
    }

    /// Null is none.
    mutating func strings() -> [String: String] {
        if skipNull() { return [:] }
        var result: [String: String] = [:]
        object { scanner, name in result[name] = scanner.string() }
        return result
    }

    mutating func number() -> Int {
        var number = 0
        while position < text.count, case let digit = Int(text[position]) - 48, (0...9).contains(digit) {
            number = number * 10 + digit
            position += 1
        }
        return number
    }

    mutating func string() -> String {
        let range = range()
        let bytes = UnsafeRawBufferPointer(rebasing: text[range])
        if !bytes.contains(UInt8(ascii: "\\")) {
            return String(decoding: bytes, as: UTF8.self)
        }
        let quoted = Data(UnsafeRawBufferPointer(rebasing: text[(range.lowerBound - 1)...range.upperBound]))
        let value = try? JSONSerialization.jsonObject(with: quoted, options: .fragmentsAllowed)
        guard let string = value as? String else { preconditionFailure("a recording has a broken string") }
        return string
    }

    mutating func rangeOrNull() -> Range<Int>? { skipNull() ? nil : range() }

    /// What lies between the quotes of the string that comes next.
    private mutating func range() -> Range<Int> {
        take(UInt8(ascii: "\""))
        let start = position
        while true {
            guard let base = text.baseAddress,
                let found = memchr(base + position, Int32(UInt8(ascii: "\"")), text.count - position)
            else { preconditionFailure("a recording has an endless string") }
            let quote = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            position = quote + 1
            var before = quote - 1
            while before >= start, text[before] == UInt8(ascii: "\\") { before -= 1 }
            if (quote - 1 - before).isMultiple(of: 2) { return start..<quote }
        }
    }

    private mutating func skipNull() -> Bool {
        guard isNext(UInt8(ascii: "n")) else { return false }
        position += 4
        return true
    }

    mutating func skip() {
        if isNext(UInt8(ascii: "\"")) {
            _ = range()
        } else if isNext(UInt8(ascii: "{")) {
            object { scanner, _ in scanner.skip() }
        } else if !skipNull() {
            _ = number()
        }
    }
}
