import Foundation

/// Ways in which programs write a text down within another, by other code than that which undoes them.
public enum TextEncodings {
    public static let all: [(name: String, encode: @Sendable (String) -> String)] = simple + nested

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func hex(_ byte: UInt8, _ format: String = "%02x") -> String {
        String(format: format, Int(byte))
    }

    private static func json(_ text: String) -> String {
        let data = try? JSONSerialization.data(withJSONObject: [text], options: [.withoutEscapingSlashes])
        return String(decoding: (data ?? Data()).dropFirst(2).dropLast(2), as: UTF8.self)
    }

    private static func jsonWithSlashes(_ text: String) -> String { json(text).replacing("/", with: #"\/"#) }

    /// As Go's `encoding/json` writes it.
    private static func go(_ text: String) -> String {
        json(text).replacing("&", with: #"\u0026"#).replacing("<", with: #"\u003c"#).replacing(
            ">", with: #"\u003e"#)
    }

    private static func units(_ text: String, _ format: String = "\\u%04x") -> String {
        text.utf16.map { String(format: format, Int($0)) }.joined()
    }

    /// As Python's `json.dumps`.
    private static func ascii(_ text: String) -> String {
        json(text).utf16.map {
            $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : String(format: "\\u%04x", Int($0))
        }
        .joined()
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private static func forURLs(_ text: String) -> String {
        base64(text).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func lines(_ text: String, _ length: Int, _ end: String) -> String {
        stride(from: 0, to: text.count, by: length).map { start in
            let from = text.index(text.startIndex, offsetBy: start)
            return String(text[from...].prefix(length))
        }.joined(separator: end)
    }

    private static func percent(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private static func everyByte(_ text: String) -> String { bytes(text).map { hex($0, "%%%02X") }.joined() }

    private static func entities(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    private static let simple: [(name: String, encode: @Sendable (String) -> String)] = [
        ("as it is", { $0 }),
        ("JSON", json),
        ("JSON, slashes escaped", jsonWithSlashes),
        ("JSON by Go", go),
        ("JSON, quotes as \\u0022", { json($0).replacing(#"\""#, with: #"\u0022"#) }),
        ("JSON, ASCII only", ascii),
        ("JSON, ASCII only, capital digits", { ascii($0).replacing("\\u00e9", with: "\\u00E9") }),
        ("JSON, every unit", { units($0) }),
        ("JSON, every unit, capital digits", { units($0, "\\u%04X") }),
        ("Python bytes", { bytes($0).map { hex($0, "\\x%02x") }.joined() }),
        ("percent", percent),
        ("percent, small digits", { percent($0).replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() } }),
        ("percent, slashes kept", { percent($0).replacing("%2F", with: "/") }),
        ("percent, every byte", everyByte),
        ("percent, every byte, small digits", { bytes($0).map { hex($0, "%%%02x") }.joined() }),
        ("entities", entities),
        ("entities, decimal", { $0.unicodeScalars.map { "&#\($0.value);" }.joined() }),
        (
            "entities, hexadecimal",
            { $0.unicodeScalars.map { "&#x\(String($0.value, radix: 16));" }.joined() }
        ),
        (
            "entities, hexadecimal, capital",
            { $0.unicodeScalars.map { "&#X\(String($0.value, radix: 16, uppercase: true));" }.joined() }
        ),
        ("hexadecimal", { bytes($0).map { hex($0) }.joined() }),
        ("hexadecimal, capital", { bytes($0).map { hex($0, "%02X") }.joined() }),
        ("hexadecimal with 0x", { "0x" + bytes($0).map { hex($0) }.joined() }),
        ("base64", base64),
        ("base64 for URLs", forURLs),
        ("base64, one byte before", { base64("x" + $0) }),
        ("base64, two bytes before", { base64("xy" + $0) }),
        ("base64, MIME lines", { lines(base64($0), 76, "\r\n") }),
        ("base64, short lines", { lines(base64($0), 16, "\n") }),
        ("base64, indented lines", { lines(base64($0), 20, "\n    ") }),
        ("base64 of a longer text", { base64("user:" + $0 + "@host") }),
    ]

    private static let nested: [(name: String, encode: @Sendable (String) -> String)] = [
        ("base64 of base64", { base64(base64($0)) }),
        ("base64 of base64 of base64", { base64(base64(base64($0))) }),
        ("base64 for URLs of base64", { forURLs(base64($0)) }),
        ("JSON in JSON", { json(json($0)) }),
        ("JSON by Go in JSON by Go", { go(go($0)) }),
        ("JSON in base64", { base64(#"{"password": "\#(json($0))"}"#) }),
        ("JSON by Go in base64", { base64(#"{"password":"\#(go($0))"}"#) }),
        ("JSON, every unit, in base64", { base64(units($0)) }),
        ("JSON in a URL", { percent(#"{"password":"\#(json($0))"}"#) }),
        ("JSON by Go in a URL", { percent(go($0)) }),
        ("a URL in JSON", { jsonWithSlashes("https://h/?p=" + percent($0)) }),
        ("percent of percent", { percent(percent($0)) }),
        ("percent of every byte in JSON in base64", { base64(json(everyByte($0))) }),
        ("base64 in JSON, lines as \\n", { json(lines(base64($0), 20, "\n")) }),
        ("base64 in a URL", { percent(base64($0)) }),
        ("base64 of hexadecimal", { base64(bytes($0).map { hex($0) }.joined()) }),
        ("entities of JSON", { entities(json($0)) }),
        ("entities in base64 lines", { lines(base64(entities($0)), 24, "\r\n") }),
        ("hexadecimal of JSON by Go", { bytes(go($0)).map { hex($0) }.joined() }),
    ]
}
