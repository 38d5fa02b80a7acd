import FlyteAdmin
import FlyteModel

/// Reads objects of the server's store over signed URLs.
///
/// It learns what does not work, so that thousands of literals do not each find it out: a server that cannot
/// sign, and a store that cannot be reached from here, as one inside the server's own network.
actor ObjectReader {
    private let client: AdminClient
    /// Where there is room for what is large; nil when secrets are sought in it first.
    private let folder: String?
    private var signsNothing = false
    /// By scheme, host and port.
    private var unreachable: [KeyBytes: AdminError] = [:]
    /// Hosts that gave something: one bad object does not make them unreachable.
    private var reached: Set<KeyBytes> = []

    init(client: AdminClient, folder: String?) {
        self.client = client
        self.folder = folder
    }

    /// A URL for an object of the server's store; nil when the server cannot sign.
    func url(for uri: String) async throws(AdminError) -> String? {
        guard !signsNothing else { return nil }
        do {
            return try await client.signedURL(for: uri)
        } catch {
            switch error.kind {
            // Stores on a local disk cannot sign at all, and old or guarded servers have no such route.
            case .serverFault where error.message.contains("unsupported"), .unimplemented, .forbidden,
                .notFlyte where error.status == 404:
                signsNothing = true
                return nil
            // It may not be able to sign this one, in a bucket that is not its own.
            case .serverFault where !error.isPassing: return nil
            case .invalid, .notFound: return nil
            default: throw error
            }
        }
    }

    /// The object behind a signed URL.
    ///
    /// - Parameter bytes: What the server says that it has; nil when it does not say.
    func object(at url: String, bytes: Int64?) async throws(AdminError) -> MessageContent {
        let host = AdminClient.origin(of: url)
        if let error = unreachable[host] { throw error }
        do {
            let content = try await client.signedObject(url, bytes: bytes, folder: folder)
            reached.insert(host)
            return content
        } catch {
            // A redirect may have led elsewhere, and what is wrong there is wrong with this object.
            if case .transport(let transport) = error.kind, transport.host == host, !reached.contains(host) {
                switch transport.kind {
                case .cannotResolve, .refused, .tls, .notHTTP, .forbiddenAddress: unreachable[host] = error
                case .invalidURL, .timedOut, .cutOff, .malformed, .encoding, .tooLarge, .longerThanAnnounced,
                    .cancelled, .other:
                    break
                }
            }
            throw error
        }
    }
}
