import Glibc

/// What an address means to the one machine that asks, whatever it means to others: a service of its own, its link, or
/// the host that tells virtual machines their credentials.
public enum LocalAddress: String, CaseIterable, Sendable {
    case loopback
    case linkLocal = "link-local"
    case metadata

    /// nil for an address that is the same for everybody, and for what is no IP address.
    init?(_ address: UnsafeRawBufferPointer, family: Int32) {
        let kind: LocalAddress?
        switch family {
        case AF_INET where address.count >= MemoryLayout<sockaddr_in>.size:
            kind = Self.kind(ofVersion4: Array(address[4..<8]))
        case AF_INET6 where address.count >= MemoryLayout<sockaddr_in6>.size:
            kind = Self.kind(ofVersion6: Array(address[8..<24]))
        default: kind = nil
        }
        guard let kind else { return nil }
        self = kind
    }

    /// Of an address as text, or of a name that means such an address by itself; brackets may stand around it.
    init?(host: some StringProtocol) {
        var text = host.lowercased()
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        if let zone = text.utf8.firstIndex(of: UInt8(ascii: "%")) { text = String(text[..<zone]) }
        while text.hasSuffix(".") { text.removeLast() }
        var version4 = in_addr()
        var version6 = in6_addr()
        let kind: LocalAddress?
        // As the C library's resolver does, `inet_aton` also takes 127.1 and 0x7f000001.
        if inet_aton(text, &version4) == 1 {
            kind = withUnsafeBytes(of: &version4) { Self.kind(ofVersion4: Array($0)) }
        } else if inet_pton(AF_INET6, text, &version6) == 1 {
            kind = withUnsafeBytes(of: &version6) { Self.kind(ofVersion6: Array($0)) }
        } else {
            kind =
                switch text {
                case "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback": .loopback
                case "metadata.google.internal", "metadata": .metadata
                default: text.hasSuffix(".localhost") ? .loopback : nil
                }
        }
        guard let kind else { return nil }
        self = kind
    }

    private static func kind(ofVersion4 bytes: [UInt8]) -> LocalAddress? {
        // AWS, Azure, Google and others; ECS; Alibaba; Azure's wire server; Oracle.
        let metadata: [[UInt8]] = [
            [169, 254, 169, 254], [169, 254, 170, 2], [169, 254, 170, 23], [100, 100, 100, 200],
            [168, 63, 129, 16], [192, 0, 0, 192],
        ]
        if metadata.contains(bytes) { return .metadata }
        switch (bytes[0], bytes[1]) {
        // Linux takes 0.0.0.0 for itself.
        case (127, _), (0, _): return .loopback
        case (169, 254): return .linkLocal
        default: return nil
        }
    }

    private static func kind(ofVersion6 bytes: [UInt8]) -> LocalAddress? {
        // AWS and Google.
        let metadata: [[UInt8]] = [
            [0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],
            [0xfd, 0x20, 0x00, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],
        ]
        if metadata.contains(bytes) { return .metadata }
        if bytes[..<15].allSatisfy({ $0 == 0 }), bytes[15] <= 1 { return .loopback }
        if bytes[0] == 0xfe, bytes[1] & 0xc0 == 0x80 { return .linkLocal }
        // An address of the fourth version in one of the sixth: mapped, compatible, NAT64, and 6to4.
        let zeros = bytes[..<10].allSatisfy { $0 == 0 }
        let isMapped = zeros && bytes[10] == bytes[11] && (bytes[10] == 0xff || bytes[10] == 0)
        let isTranslated = bytes[..<12].elementsEqual([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])
        if isMapped || isTranslated { return kind(ofVersion4: Array(bytes[12...])) }
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? kind(ofVersion4: Array(bytes[2..<6])) : nil
    }

    /// What the addresses of a host are, as the name service knows it now. Waits on a thread of its own.
    static func kinds(of host: String) async -> Set<LocalAddress> {
        if let kind = LocalAddress(host: host) { return [kind] }
        return await withCheckedContinuation { continuation in
            WaitingThread.run { continuation.resume(returning: resolved(host)) }
        }
    }

    private static func resolved(_ host: String) -> Set<LocalAddress> {
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, nil, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var kinds: Set<LocalAddress> = []
        var next = list
        while let entry = next?.pointee {
            let bytes = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
            if let kind = LocalAddress(bytes, family: entry.ai_family) { kinds.insert(kind) }
            next = entry.ai_next
        }
        return kinds
    }
}
