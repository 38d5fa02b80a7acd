import FlyteServer
import Foundation
import TestSupport

/// The sample installation, harvested once for all tests that only read.
enum SharedArchive {
    static let path: String = {
        let folder = TemporaryFolder.shared + "/sample"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try? Tool.run("demo", folder, "--end", "2026-03-04T12:00:00Z")
        return folder + "/sample.db"
    }()

    static var folder: String { String(path.dropLast("/sample.db".count)) }
}
