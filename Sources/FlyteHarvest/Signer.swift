import FlyteAdmin

/// Asks the server for signed URLs, until it says that it cannot sign.
actor Signer {
    private let client: AdminClient
    private var isUnable = false

    init(client: AdminClient) { self.client = client }

    /// A URL for an object of the server's store; nil when the server cannot sign.
    func url(for uri: String) async throws(AdminError) -> String? {
        guard !isUnable else { return nil }
        do {
            return try await client.signedURL(for: uri)
        } catch {
            // Stores on a local disk cannot sign, and old or guarded servers have no such route.
            switch error.kind {
            case .serverFault, .unimplemented, .notFlyte, .forbidden, .invalid, .notFound:
                isUnable = true
                return nil
            default: throw error
            }
        }
    }
}
