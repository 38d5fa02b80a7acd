/// Where secrets may be sent for a token: a server advertises an address, and a file may name one.
enum ProviderAddress {
    /// Why no secret may be sent to an identity provider; nil when it may.
    ///
    /// It is on the installation's own host, over https if that is, or anywhere over https; or on this machine, when the
    /// installation is here as well.
    ///
    /// - Parameter base: The installation's scheme, host and port.
    static func objection(to url: String, from base: String) async -> String? {
        guard let address = WebAddress(url) else { return "is no http or https address" }
        guard !address.hadCredentials else { return "'\(address.origin)' has a user in its address" }
        guard !address.isEncrypted else { return nil }
        guard let own = WebAddress(base) else { return "'\(address.origin)' is not https" }
        guard !own.isEncrypted else { return "'\(address.origin)' is not https, as the installation is" }
        if address.host == own.host { return nil }
        let isHere = await LocalAddress.kinds(of: address.host) == [.loopback]
        if isHere, await LocalAddress.kinds(of: own.host) == [.loopback] { return nil }
        return "'\(address.origin)' is on another host than the installation, and not https"
    }

    /// As a check-up names it: without a user, a query, or what a terminal would obey.
    static func name(of url: String) -> String {
        let text = WebAddress(url)?.text ?? CurlTransfer.origin(of: url)
        return AdminError.plain(String(text.prefix { $0 != "?" }), limit: 200)
    }

    /// Whether it is on another host than the installation.
    static func isElsewhere(_ url: String, than base: String) -> Bool {
        WebAddress(url)?.host != WebAddress(base)?.host
    }
}
