import CommandLineParser
import FlyteAdmin
import FlyteArchive
import FlyteModel
import Foundation
import TestSupport
import Testing

@testable import FlyteCommandLine

/// Help, versions and what scripts can rely on.
struct TeachingTests {
    /// Every command by the words that name it.
    private static let commands: [[String]] = {
        func all(_ command: Command, _ path: [String]) -> [[String]] {
            [path] + command.subcommands.flatMap { all($0, path + [$0.name]) }
        }
        return all(Flightlog.command, [])
    }()

    private static func help(_ words: [String], width: Int) throws -> String {
        guard case .help(let text) = try Flightlog.command.parse(words, width: width) else { return "" }
        return text
    }

    @Test(arguments: [20, 33, 40, 59, 60, 80, 100, 132, 200])
    func noLineOfTheHelpIsLongerThanTheTerminal(width: Int) throws {
        for words in Self.commands {
            let lines = try Self.help(words + ["--help"], width: width).split(separator: "\n")
            #expect(lines.count > 3)
            let examples = lines.firstIndex(of: "Examples:") ?? lines.endIndex
            for (index, line) in lines.enumerated() where line.count > width {
                // What is one word of a shell stays one, so that it can be copied.
                let word = line.drop { $0 == " " }.replacing(" \\", with: "")
                #expect(
                    index > examples && (!word.contains(" ") || word.hasPrefix("'")),
                    "\(words), \(width) columns: \(line)")
            }
        }
    }

    @Test func everyTopicIsTold() throws {
        for topic in [
            "cron", "configuration", "redaction", "proof", "sql", "formats", "gaps", "harvesting", "practice",
        ] {
            let text = try Self.help(["help", topic], width: 72)
            #expect(text.count > 400, "\(topic)")
            // Code stays whole; everything else fits.
            for line in text.split(separator: "\n") where line.count > 72 {
                #expect(line.hasPrefix("    "), "\(topic): \(line)")
            }
        }
        #expect(throws: UsageError.self) { try Self.help(["help", "crn"], width: 80) }
        do {
            _ = try Self.help(["help", "crn"], width: 80)
        } catch {
            #expect("\(error)".contains("No command or topic is called 'crn'. Did you mean 'cron'?"))
        }
    }

    @Test(arguments: [["--version"], ["-V"], ["version"]]) func tellsItsVersion(words: [String]) throws {
        let result = try Tool.run(words)
        #expect(result.code == 0 && result.out == "flightlog \(flightlogVersion)\n")
    }

    @Test func namesTheLibrariesThatItRunsWith() throws {
        let said = try Tool.run("version", "--verbose").out
        for library in LibraryVersion.all {
            #expect(said.contains("\(library.found), at least \(library.leastText)\n"))
            #expect(library.isEnough && library.shortcoming == nil)
        }
        // Another program says the same.
        let shell = try Tool.run(["-version"], program: "/usr/bin/sqlite3").out
        #expect(said.contains("SQLite         \(shell.prefix { $0 != " " }),"))
    }

    @Test(arguments: [
        ([3, 37, 2], [3, 38, 0], false), ([3, 38], [3, 38, 0], true), ([3, 38, 0], [3, 38, 0], true),
        ([4], [3, 38, 0], true), ([2, 99, 99], [3, 38, 0], false), ([], [1], false),
    ]) func comparesVersions(found: [Int], least: [Int], isEnough: Bool) {
        let library = LibraryVersion("curl", found: "x", numbers: found, least: least, reason: "y")
        #expect(library.isEnough == isEnough)
    }

    @Test func saysInOneSentenceThatALibraryIsOld() throws {
        let old = LibraryVersion(
            "curl", found: "7.81.0", numbers: [7, 81, 0], least: [7, 85, 0], reason: "CURLOPT_PROTOCOLS_STR")
        do {
            try LibraryVersion.check([.sqlite, old])
            Issue.record("it was taken")
        } catch {
            #expect(
                error.description
                    == "This machine's curl is 7.81.0, and flightlog needs 7.85.0 or newer (CURLOPT_PROTOCOLS_STR): update the distribution, or use the container that 'flightlog setup container' builds."
            )
        }
    }

    /// One place has their meanings, and shows them.
    @Test func theHelpTellsEveryExitCode() throws {
        let text = try Self.help(["--help"], width: 100)
        for code in ExitCode.allCases {
            #expect(text.contains(/(?m)^  \d+ +\S/) && text.contains("  \(code.rawValue) "), "\(code)")
        }
    }

    @Test(arguments: ["x.pdf", "x.PDF", "dir.d/x.docx", "x.md.gz", ".x.txt"])
    func anEndingThatNoReportHasIsRefused(name: String) throws {
        let result = try Tool.run("report", "weekly", SharedArchive.path, "--out", name)
        #expect(result.code == 64 && result.err.contains("no report is written as"), "\(result.err)")
        #expect(!FileManager.default.fileExists(atPath: name))
    }

    @Test(arguments: [("weekly", "# Flyte"), ("a.b/weekly", "# Flyte"), ("weekly.htm", "<!DOCTYPE html>")])
    func otherNamesAreNot(name: String, start: String) throws {
        try TemporaryFolder.with { folder in
            try FileManager.default.createDirectory(
                atPath: folder + "/a.b", withIntermediateDirectories: false)
            let result = try Tool.run("report", "weekly", SharedArchive.path, "--out", name, in: folder)
            #expect(result.code == 0, "\(result.err)")
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            #expect(text.lowercased().hasPrefix(start.lowercased()))
        }
    }
}
