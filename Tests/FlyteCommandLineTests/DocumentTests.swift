import EmbeddedFiles
import FlyteAnalysis
import Foundation
import TestSupport
import Testing

/// What README and help say, done as it is printed, on the demo's archive.
struct DocumentTests {
    /// A page with its fenced blocks.
    private struct Document: CustomTestStringConvertible, Sendable {
        var name: String
        var text: String
        var testDescription: String { name }

        func blocks(_ language: String) -> [String] {
            text.matches(of: /(?ms)^```(\w*)\n(.*?)^```$/).filter { $0.1 == language }.map { String($0.2) }
        }

        static let all: [Document] =
            [Document(name: "README.md", text: readme)]
            + EmbeddedFile.topics.map { Document(name: $0.name, text: $0.text) }

        private static let readme =
            (try? String(contentsOfFile: DocumentTests.root + "/README.md", encoding: .utf8)) ?? ""
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// A folder as it is after 'make demo' and an installation, with Flyte's sandbox at its usual address.
    private static func withDemo(_ body: (_ run: (String, String) throws -> Tool.Result) throws -> Void)
        throws
    {
        try TemporaryFolder.with { folder in
            let files = FileManager.default
            try #require(files.fileExists(atPath: ExtensionTests.library + ".so"))
            for name in ["/bin", "/home", "/home/.flyte", "/here", "/here/demo"] {
                try files.createDirectory(atPath: folder + name, withIntermediateDirectories: false)
            }
            for name in ["sample.db", "weekly.html", "weekly.md"] {
                try files.copyItem(
                    atPath: SharedArchive.folder + "/" + name, toPath: folder + "/here/demo/" + name)
            }
            try files.copyItem(atPath: SharedArchive.path, toPath: folder + "/here/runs.db")
            try files.createSymbolicLink(
                atPath: folder + "/bin/flightlog", withDestinationPath: Tool.path)
            // What is printed names the repository's own folder.
            try files.createSymbolicLink(
                atPath: folder + "/here/.build", withDestinationPath: root + "/.build")
            try "admin:\n  endpoint: http://localhost:30080\n".write(
                toFile: folder + "/home/.flyte/config.yaml", atomically: false, encoding: .utf8)
            try Tool.serving { address in
                try body { program, script in
                    let process = Tool.process(
                        program == "bash" ? ["-euo", "pipefail", "-c", script] : ["-c", script],
                        in: folder + "/here", program: "/usr/bin/\(program)")
                    process.environment = [
                        "HOME": folder + "/home", "PATH": "\(folder)/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                        // Whatever host is named, the sample answers: it takes whole addresses, as proxies do.
                        "http_proxy": address,
                    ]
                    return try Tool.run(process)
                }
            }
        }
    }

    @Test(arguments: Document.all.filter { !$0.blocks("sh").isEmpty })
    private func everyCommandWorksAsItIsPrinted(document: Document) throws {
        let makefile = try String(contentsOfFile: Self.root + "/Makefile", encoding: .utf8)
        try Self.withDemo { run in
            for line in document.blocks("sh").flatMap({ $0.split(separator: "\n") }) {
                // The demo's own rule is what made the folder; the other targets take minutes.
                if let target = line.wholeMatch(of: /make ([a-z-]+)/) {
                    #expect(makefile.contains("\n\(target.1): "), "\(line)")
                    continue
                }
                let result = try run("bash", String(line))
                let code = line.firstMatch(of: /# .*exit code (\d+)/).flatMap { Int32($0.1) } ?? 0
                #expect(result.code == code, "\(document.name): \(line)\n\(result.err)")
            }
        }
    }

    @Test(arguments: Document.all.filter { !$0.blocks("sql").isEmpty })
    private func everyQuestionIsAnsweredByTheStockShellAndByTheTool(document: Document) throws {
        for block in document.blocks("sql") {
            // To the stock shell, a comment at the very beginning looks like an option.
            let shell = try Tool.run(
                ["-readonly", "-bail", SharedArchive.path, "\n\(block)"], program: "/usr/bin/sqlite3")
            #expect(shell.code == 0 && !shell.out.isEmpty, "\(block): \(shell.err)")
            let told = try Tool.run("sql", SharedArchive.path, block)
            #expect(told.code == 0 && told.out.utf8.count { $0 == 0x0A } > 1, "\(block): \(told.err)")
        }
    }

    @Test func thereAreEnoughOfThem() {
        #expect(Document.all.reduce(0) { $0 + $1.blocks("sql").count } >= 11)
        #expect(Document.all.reduce(0) { $0 + $1.blocks("sh").count } >= 8)
    }

    @Test func thePythonAndTheSessionOfTheHelpWork() throws {
        let document = try #require(Document.all.first { $0.name == "sql" })
        try Self.withDemo { run in
            for block in document.blocks("python") {
                let result = try run("python3", block)
                #expect(result.code == 0, "\(block): \(result.err)")
            }
            let session = try #require(
                document.blocks("text").first { $0.hasPrefix("$ sqlite3 -readonly runs.db\n") })
            let lines = session.split(separator: "\n").dropFirst().map { line in
                #expect(line.hasPrefix("sqlite> ") || line.hasPrefix("   ...> "))
                return line.dropFirst(8)
            }
            let result = try run(
                "bash", "sqlite3 -readonly -bail runs.db <<'END'\n\(lines.joined(separator: "\n"))\nEND\n")
            #expect(result.code == 0 && result.out.contains("|") && result.err.isEmpty, "\(result)")
        }
    }

    @Test func theReportsBeginningIsWhatTheReadmeShows() throws {
        let report = try String(contentsOfFile: SharedArchive.folder + "/weekly.md", encoding: .utf8)
        let shown = try #require(Document.all[0].blocks("text").first)
        #expect(report.contains("\n\(shown)\n"))
    }

    /// A page of a file that is not there, or a topic that is, helps nobody.
    @Test func theReadmeIsShortAndNamesWhatIsThere() throws {
        let readme = Document.all[0].text
        #expect(readme.utf8.count { $0 == 0x0A } < 300)
        let links = readme.matches(of: /\]\(([^)]+)\)/).map { String($0.1) }.filter { !$0.contains("://") }
        for link in links {
            #expect(FileManager.default.fileExists(atPath: Self.root + "/" + link), "\(link)")
        }
        for topic in EmbeddedFile.topics {
            #expect(links.contains("Sources/CEmbeddedFiles/topics/\(topic.name).md"), "\(topic.name)")
            // They are read in a terminal, where no file lies beside them.
            #expect(!topic.text.contains(/\]\((?!https:)/), "\(topic.name)")
        }
    }

    /// What a demo says to try is tried as it is printed, before anything is installed.
    @Test func theDemosProposalsWorkAsPrinted() throws {
        try TemporaryFolder.with { folder in
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/the tool", withDestinationPath: Tool.path)
            let demo = Tool.process(
                ["-c", "'./the tool' demo 'my demo' --end 2026-03-04T12:00:00Z"], in: folder,
                program: "/bin/sh")
            let said = try Tool.run(demo)
            #expect(said.code == 0, "\(said.err)")
            let proposals = said.out.split(separator: "\n").filter { $0.contains("'my demo/sample.db'") }
                .filter { !$0.contains("the archive:") }
            #expect(proposals.count == 5)
            for line in proposals {
                let result = try Tool.run(Tool.process(["-c", String(line)], in: folder, program: "/bin/sh"))
                #expect(result.code == 0 && !result.out.isEmpty, "\(line): \(result.err)")
            }
        }
    }

    /// `RECORD=1 swift test --filter DocumentTests` writes it anew.
    @Test func thePageOfTheNamedQueriesIsCurrent() throws {
        var page = """
            # The named queries

            Made from the comments of the files beside it; a test writes and checks this page. `flightlog query ARCHIVE NAME` asks one, with
            `--param name=value` for its parameters; each file also runs in the stock shell: `sqlite3 -box -readonly runs.db < queries/NAME.sql`.
            Nothing bound is no limit. Executions are top-level ones unless a question says otherwise.

            """
        for query in NamedQuery.all {
            page += "\n## \(query.title)\n\n[`\(query.name)`](\(query.name).sql): \(query.summary)\n"
            if !query.parameters.isEmpty { page += "\n| parameter | type | |\n|---|---|---|\n" }
            for parameter in query.parameters {
                let help = parameter.help.replacing("|", with: "\\|")
                page += "| `\(parameter.name)` | \(parameter.kind.rawValue) | \(help) |\n"
            }
        }
        let path = Self.root + "/queries/README.md"
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try page.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record(
                "queries/README.md was written; look at the difference, and run again without RECORD.")
            return
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == page)
    }
}
