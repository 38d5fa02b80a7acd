import CCrypto
import FlyteIDL
import FlyteModel

/// URLs that let anybody who has them read one object for a while, as object stores sign them.
struct SignedURLs: Sendable {
    private let key: [UInt8]
    /// Seconds.
    let lifetime: Int64

    init(lifetime: Int64) {
        var key = [UInt8](repeating: 0, count: 32)
        RAND_bytes(&key, 32)
        self.key = key
        self.lifetime = lifetime
    }

    /// The path and query for an object.
    func target(for uri: String, at now: Timestamp) -> String {
        let expires = now.nanoseconds / 1_000_000_000 + lifetime
        return "/signed/\(Self.encoded(uri))?expires=\(expires)&signature=\(signature(uri, expires))"
    }

    /// The object that a request may read; nil when the signature is not ours or has expired.
    func uri(of request: ServerRequest, at now: Timestamp) -> String? {
        guard request.path.beginsWithBytes(of: "/signed/"),
            let bytes = PercentCoding.decoded(request.path.utf8.dropFirst(8)),
            let uri = String(validating: bytes, as: UTF8.self)
        else { return nil }
        var values: [KeyBytes: String] = [:]
        for part in request.query.parts(by: UInt8(ascii: "&")) {
            let pair = part.parts(by: UInt8(ascii: "="), atMost: 2)
            if pair.count == 2 { values[String(pair[0])] = String(pair[1]) }
        }
        guard let expires = values["expires"].flatMap({ Int64($0) }), let given = values["signature"],
            given.hasSameBytes(as: signature(uri, expires)), expires >= now.nanoseconds / 1_000_000_000
        else { return nil }
        return uri
    }

    private func signature(_ uri: String, _ expires: Int64) -> String {
        let text = Array("\(expires)\n\(uri)".utf8)
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 32
        HMAC(EVP_sha256(), key, Int32(key.count), text, text.count, &digest, &count)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func encoded(_ uri: String) -> String {
        PercentCoding.encodedPath(uri).parts(by: UInt8(ascii: "/")).joined(separator: "%2F")
    }
}
