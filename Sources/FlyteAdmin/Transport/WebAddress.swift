import CCurl

/// An http or https URL, taken apart as libcurl does it, so that both mean the same host.
struct WebAddress: Hashable, Sendable {
    let scheme: String
    /// In lower case; in brackets where it is an IPv6 address.
    let host: String
    let port: Int
    /// Without a user and password.
    let text: String
    let hadCredentials: Bool

    /// nil for what is no such URL.
    ///
    /// - Parameter base: What a reference without a scheme, or without a host, is relative to.
    init?(_ text: String, relativeTo base: WebAddress? = nil) {
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }), let parts = curl_url() else {
            return nil
        }
        defer { curl_url_cleanup(parts) }
        // Signatures cover the path as it is.
        let flags = UInt32(CURLU_PATH_AS_IS)
        if let base, curl_url_set(parts, CURLUPART_URL, base.text, flags) != CURLUE_OK { return nil }
        guard curl_url_set(parts, CURLUPART_URL, text, flags) == CURLUE_OK else { return nil }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parts, part, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        hadCredentials = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
        for credential in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT] {
            curl_url_set(parts, credential, nil, 0)
        }
        guard let scheme = part(CURLUPART_SCHEME)?.lowercased(), ["http", "https"].contains(scheme),
            let host = part(CURLUPART_HOST)?.lowercased(),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) }),
            let whole = part(CURLUPART_URL)
        else { return nil }
        (self.scheme, self.host, self.port, self.text) = (scheme, host, port, whole)
    }

    var isEncrypted: Bool { scheme == "https" }

    /// Scheme, host and port: what messages may say of it.
    var origin: String {
        let isUsual = port == (isEncrypted ? 443 : 80)
        return isUsual ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }
}
