import CCurl
import FlyteModel

/// What a server shows of itself over TLS, whether or not it is trusted.
struct ServerCertificate: Hashable, Sendable {
    /// The names it is made out to, and who made it.
    var subject = ""
    var issuer = ""
    var expiresAt: Timestamp?

    /// Shakes hands with a server and asks it nothing; nil when that fails. Blocks its thread for up to `timeout`
    /// seconds, which is why only a check-up does it, where nothing else goes on.
    static func of(_ base: String, timeout: Int) -> ServerCertificate? {
        guard let easy = curl_easy_init() else { return nil }
        defer { curl_easy_cleanup(easy) }
        ccurl_set_string(easy, CURLOPT_URL, base)
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT, timeout)
        ccurl_set_long(easy, CURLOPT_CONNECT_ONLY, 1)
        ccurl_set_long(easy, CURLOPT_CERTINFO, 1)
        // Only looked at: no request follows on this connection.
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 0)
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0)
        guard curl_easy_perform(easy) == CURLE_OK else { return nil }
        var pointer: UnsafeMutableRawPointer?
        guard ccurl_get_pointer(easy, CURLINFO_CERTINFO, &pointer) == CURLE_OK,
            let info = pointer?.assumingMemoryBound(to: curl_certinfo.self).pointee, info.num_of_certs > 0,
            // The server's own comes first.
            var line = info.certinfo?[0]
        else { return nil }
        var certificate = ServerCertificate()
        while true {
            certificate.take(String(cString: line.pointee.data))
            guard let next = line.pointee.next else { return certificate }
            line = next
        }
    }

    private mutating func take(_ line: String) {
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = String(line[line.index(after: colon)...])
        switch line[..<colon] {
        case "Subject": subject = value
        case "Issuer": issuer = value
        case "Expire date": expiresAt = Self.time(value)
        default: break
        }
    }

    /// OpenSSL's `Nov 25 12:00:00 2026 GMT`.
    static func time(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 5, words[4] == "GMT" else { return nil }
        let day = words[1].count == 1 ? "0\(words[1])" : "\(words[1])"
        // The day of the week is not looked at.
        return HTTPDate("Mon, \(day) \(words[0]) \(words[3]) \(words[2]) GMT")?.timestamp
    }
}
