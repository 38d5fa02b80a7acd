import EmbeddedFiles
import Foundation
import Testing

/// What the executable carries is what the folders hold. `make record` writes the lists anew.
struct ListTests {
    /// A C file that lists the files of a folder.
    private struct List {
        /// Of the C file, and of its function.
        var name: String
        var contents: String
        var folder: String
        var ending: String
        /// Files of the folder that are not carried.
        var without: Set<String> = []
        var isDeep = false

        /// The folder's files by their paths below it, without their ending.
        func files() throws -> [(name: String, text: String)] {
            let folder = ListTests.root.appending(path: folder)
            let paths =
                isDeep
                ? FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
                : try FileManager.default.contentsOfDirectory(atPath: folder.path)
            return try paths.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
                .filter { !without.contains($0) }.sorted()
                .map { ($0, try String(contentsOf: folder.appending(path: $0 + ending), encoding: .utf8)) }
        }

        func source(_ files: [String]) -> String {
            let place =
                folder.hasPrefix(ListTests.target)
                ? String(folder.dropFirst(ListTests.target.count)) : "../../\(folder)"
            return """
                // \(contents) Written by ListTests from \(folder)/; 'make record' writes it anew.
                #include "CEmbeddedFiles.h"

                static const struct embedded_file files[] = {

                """
                    + files.map {
                        "    {\"\($0)\", (const char[]){\n#embed \"\(place)/\($0)\(ending)\" suffix(, 0)\n    }},\n"
                    }.joined() + """
                            {0, 0},
                        };

                        const struct embedded_file *embedded_\(name)(void) { return files; }

                        """
        }
    }

    fileprivate static let target = "Sources/CEmbeddedFiles/"
    fileprivate static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func check(_ list: List, _ embedded: [EmbeddedFile]) throws {
        let files = try list.files()
        let url = Self.root.appending(path: "\(Self.target)\(list.name).c")
        let source = list.source(files.map(\.name))
        let isListed = try String(contentsOf: url, encoding: .utf8) == source
        if !isListed, ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try Data(source.utf8).write(to: url)
            Issue.record("\(list.name).c was written; build, and run again without RECORD.")
            return
        }
        #expect(isListed, "\(list.name).c does not list \(list.folder)/; 'make record' writes it anew")
        #expect(embedded.map(\.name) == files.map(\.name))
        // Thousands of lines, which nobody wants to see.
        let isCurrent = embedded.map(\.text) == files.map(\.text)
        #expect(isCurrent, "the executable carries other texts than \(list.folder)/ has; build it")
    }

    @Test func theStylesOfReports() throws {
        try check(
            List(
                name: "assets", contents: "Style sheets of the reports.",
                folder: "Sources/CEmbeddedFiles/assets", ending: ".css"), EmbeddedFile.assets)
    }

    @Test func theTopicsOfTheHelp() throws {
        try check(
            List(
                name: "topics", contents: "What 'flightlog help TOPIC' tells.",
                folder: "Sources/CEmbeddedFiles/topics", ending: ".md"), EmbeddedFile.topics)
    }

    @Test func theStepsOfTheSchema() throws {
        try check(
            List(
                name: "schema", contents: "The steps of the archive's schema, in order.", folder: "schema",
                ending: ".sql", without: ["current"]), EmbeddedFile.schema)
    }

    @Test func theNamedQueries() throws {
        try check(
            List(
                name: "queries", contents: "The named queries.", folder: "queries", ending: ".sql"),
            EmbeddedFile.queries)
    }

    @Test func theDefinitionsOfFlytesMessages() throws {
        try check(
            List(
                name: "idl", contents: "The protobuf definitions of Flyte's messages, by path.",
                folder: "Sources/CEmbeddedFiles/idl", ending: ".proto", isDeep: true), EmbeddedFile.idl)
    }
}
