import EmbeddedFiles
import Foundation
import Testing

/// What the executable carries is what the folders hold.
struct ListTests {
    private func files(_ folder: String, _ ending: String) throws -> [String: String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var files: [String: String] = [:]
        for url in try FileManager.default.contentsOfDirectory(
            at: root.appending(path: folder), includingPropertiesForKeys: nil)
        where url.pathExtension == ending {
            files[url.deletingPathExtension().lastPathComponent] = try String(
                contentsOf: url, encoding: .utf8)
        }
        return files
    }

    private func expect(
        _ embedded: [EmbeddedFile], equal folder: String, _ ending: String, without: Set<String> = []
    ) throws {
        let files = try files(folder, ending).filter { !without.contains($0.key) }
        #expect(Dictionary(uniqueKeysWithValues: embedded.map { ($0.name, $0.text) }) == files)
    }

    @Test func theStylesOfReports() throws {
        try expect(EmbeddedFile.assets, equal: "Sources/CEmbeddedFiles/assets", "css")
    }

    @Test func theStepsOfTheSchema() throws {
        try expect(EmbeddedFile.schema, equal: "schema", "sql", without: ["current"])
    }

    @Test func theNamedQueries() throws {
        try expect(EmbeddedFile.queries, equal: "queries", "sql")
        #expect(EmbeddedFile.queries.map(\.name) == EmbeddedFile.queries.map(\.name).sorted())
    }
}
