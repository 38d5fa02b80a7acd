import FlyteIDL
import FlyteServer

/// What a browser asks for, taken apart.
struct BrowserRequest {
    /// The segments of the path, decoded; of `/` none.
    var path: [String]
    /// In the order given, decoded; those without a value are left out, as forms send every field.
    var parameters: [(key: String, value: String)]

    /// nil for what is not encoded as addresses are, or is no UTF-8.
    init?(_ request: ServerRequest) {
        path = []
        for segment in request.path.utf8.split(separator: UInt8(ascii: "/")) {
            guard let text = Self.text(PercentCoding.decoded(segment)) else { return nil }
            path.append(text)
        }
        parameters = []
        for pair in request.query.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = Self.text(PercentCoding.decoded(halves[0], plusIsSpace: true)),
                let value = Self.text(PercentCoding.decoded(halves.dropFirst().joined(), plusIsSpace: true))
            else { return nil }
            if !value.isEmpty { parameters.append((key, value)) }
        }
    }

    private static func text(_ bytes: [UInt8]?) -> String? {
        bytes.flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The last value of this name.
    subscript(_ key: String) -> String? { parameters.last { $0.key == key }?.value }

    /// The same request with another value of a parameter, as a reference; nil takes it away.
    func reference(_ key: String, _ value: String?) -> String {
        Self.reference(path, parameters.filter { $0.key != key } + (value.map { [(key, $0)] } ?? []))
    }

    /// A reference within these pages.
    static func reference(_ path: [String], _ parameters: [(key: String, value: String)] = []) -> String {
        let place = "/" + path.map(encoded).joined(separator: "/")
        let query = parameters.map { "\(encoded($0.key))=\(encoded($0.value))" }.joined(separator: "&")
        return query.isEmpty ? place : "\(place)?\(query)"
    }

    private static func encoded(_ text: String) -> String {
        PercentCoding.encodedPath(text).parts(by: UInt8(ascii: "/")).joined(separator: "%2F")
    }
}
