/// Why a request got no answer.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case invalidURL
        case cannotResolve
        case refused
        /// No connection, or no byte, within the limit.
        case timedOut
        case tls
        /// The connection was closed or reset before the answer was whole.
        case cutOff
        /// Whatever answered does not speak HTTP/1.1: a gRPC port, for one.
        case notHTTP
        /// A host that spoke HTTP before gave something else, or a head without end.
        case malformed
        /// The body has an encoding that cannot be undone, or is not what its encoding says.
        case encoding
        /// The address is one of this machine or its host, where a stranger's URL has no business.
        case forbiddenAddress
        /// More than may be kept, or more than a sink would take.
        case tooLarge
        /// More than it was said to be.
        case longerThanAnnounced
        case cancelled
        case other
    }

    public var kind: Kind
    /// Where the request went: scheme, host and port, never the query.
    public var host: String
    /// libcurl's words.
    public var detail: String

    public init(kind: Kind, host: String, detail: String = "") {
        self.kind = kind
        self.host = host
        self.detail = detail
    }

    /// Whether the same request may succeed a little later.
    public var isPassing: Bool {
        switch kind {
        case .timedOut, .cutOff, .refused, .other: true
        // A name server that is down for a moment says the same as for a name that does not exist.
        case .cannotResolve: true
        case .invalidURL, .tls, .notHTTP, .malformed, .encoding, .forbiddenAddress, .tooLarge,
            .longerThanAnnounced, .cancelled:
            false
        }
    }

    /// Whether the request may have reached the server.
    public var mayHaveArrived: Bool {
        switch kind {
        case .invalidURL, .cannotResolve, .refused, .tls, .forbiddenAddress: false
        // A time-out does not say of what: the connection's, or the answer's.
        case .timedOut, .cutOff, .notHTTP, .malformed, .encoding, .tooLarge, .longerThanAnnounced, .cancelled,
            .other:
            true
        }
    }

    /// Whether what TLS found was an answer without it.
    public var isPlainHTTP: Bool {
        let words = detail.lowercased()
        return kind == .tls
            && ["wrong version", "record layer", "packet length too long", "http request"].contains {
                words.contains($0)
            }
    }

    public var description: String {
        let more = detail.isEmpty ? "" : " (\(detail))"
        return switch kind {
        case .invalidURL: "'\(host)' is no address that can be asked\(more)."
        case .cannotResolve: "The name of \(host) cannot be resolved. Check the endpoint, and the network."
        case .refused: "\(host) refuses connections. Check the port, and whether the server runs."
        case .timedOut: "\(host) did not answer in time\(more)."
        case .tls where isPlainHTTP:
            "\(host) was asked over TLS and speaks plain HTTP\(more): set 'insecure: true', or pass --insecure."
        case .tls:
            "No TLS connection to \(host)\(more). Name the certificate authority with 'caCertFilePath', or set 'insecure' for plain HTTP."
        case .cutOff: "\(host) closed the connection before its answer was whole\(more)."
        case .notHTTP:
            "\(host) does not answer in HTTP. Perhaps it is the gRPC port (8089); Flightlog asks the HTTP port (8088, or the ingress)."
        case .malformed: "\(host) answered in no HTTP that can be read\(more)."
        case .encoding: "The answer of \(host) has a content encoding that cannot be undone\(more)."
        case .forbiddenAddress:
            "\(host) is an address of this machine or of its host\(more), which is not asked for others. If the store is there, list it in 'store-hosts' of the settings."
        case .tooLarge: "The answer of \(host) is larger than may be kept\(more)."
        case .longerThanAnnounced: "The answer of \(host) is longer than was announced."
        case .cancelled: "The request to \(host) was cancelled."
        case .other: "The request to \(host) failed\(more)."
        }
    }
}
