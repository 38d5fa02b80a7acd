import Foundation

/// A folder for one test.
public enum TemporaryFolder {
    /// For what is made once and serves many tests: each gives its file a name of its own. It goes with the process.
    public static let shared: String = {
        let path = NSTemporaryDirectory() + "flightlog-test-\(UUID().uuidString)"
        // Without it every test that wants it fails, and says so.
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TemporaryFolder.shared) }
        return path
    }()

    public static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = NSTemporaryDirectory() + "flightlog-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    public static func with<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let path = NSTemporaryDirectory() + "flightlog-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }
}
