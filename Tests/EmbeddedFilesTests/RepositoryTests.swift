import Foundation
import Testing

/// The rules of the layout that a reader relies on, and the README's picture of it.
struct RepositoryTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The Swift files below a folder of the repository, by their paths.
    private static func swiftFiles(_ folder: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        return (all?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.map {
            "\(folder)/\($0)"
        }.sorted()
    }

    @Test func noFolderIsAFlatList() {
        let folders = Dictionary(grouping: Self.swiftFiles("Sources")) {
            $0.split(separator: "/").dropLast().joined(separator: "/")
        }
        #expect(folders.filter { $0.value.count > 15 }.keys.sorted() == [])
    }

    @Test func noFileNameOccursTwice() {
        let files = Self.swiftFiles("Sources") + Self.swiftFiles("Tests")
        let names = Dictionary(grouping: files) { $0.split(separator: "/").last ?? "" }
        #expect(names.filter { $0.value.count > 1 }.values.sorted { $0[0] < $1[0] } == [])
    }

    /// A type that two targets have means something else with each set of imports.
    @Test func noTypeShadowsAnotherTargets() throws {
        var targets: [Substring: Set<Substring>] = [:]
        for file in Self.swiftFiles("Sources") {
            let declarations = try Self.text(file).matches(
                of:
                    #/(?m)^(?:public |package |final |indirect )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/#
            )
            for declaration in declarations {
                targets[Substring(declaration.1), default: []].insert(file.split(separator: "/")[1])
            }
        }
        #expect(targets.filter { $0.value.count > 1 }.keys.sorted() == [])
    }

    /// A server's times are hostile numbers: where a sum may overflow, `Timestamp` does it, which saturates. Division is
    /// by numbers of ours. What the sample makes up are our own times.
    @Test func onlyTimestampsDoArithmeticOnTimes() throws {
        let bare =
            #/nanoseconds\??\s*(?:[-+*]|&[-+*])=?\s|[-+*]=?\s*\(?[\w.?]*(?:\.nanoseconds\b)|\+ -\w|[-+*] ?(?:started|created|updated|ended|occurred)At\.nanoseconds/#
        var lines: [String] = []
        for file in Self.swiftFiles("Sources")
        where !file.hasPrefix("Sources/FlyteModel/Time/") && !file.hasPrefix("Sources/FlyteServer/Sample/") {
            for (number, line) in try Self.text(file).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            where !line.contains("//") && !line.contains(".nanoseconds(") && line.contains(bare) {
                lines.append("\(file):\(number + 1): \(line)")
            }
        }
        #expect(lines == [])
    }

    /// A quote that a combining mark follows is one `Character`, and a name may be equal to another one: where text is a
    /// server's it is split, looked at and looked up by its bytes (`parts(by:)`, `beginsWithBytes(of:)`, `KeyBytes`).
    @Test func textOfServersIsTakenByItsBytes() throws {
        let byCharacters =
            #/\.split\(\s*separator: "|(?:first|last)Index\(of: "|\.has(?:Prefix|Suffix)\(|range\(of: "|\[String: \w*(?:Row|ID|Timestamp|UInt8|Error)\b|Set<String>(?!\()/#
        // Elsewhere text is somebody else's, or is read as people write it.
        let others = [
            // Of whoever starts the tool: the command line, settings, endpoints, paths.
            "CommandLineParser/", "FlyteAdmin/Checkup/", "FlyteAdmin/Client/AdminClient.swift",
            "FlyteAdmin/LogIn/", "FlyteAdmin/Settings/", "FlyteAdmin/Transport/CurlTransport.swift",
            "FlyteAdmin/Transport/LocalAddress.swift", "FlyteArchive/Reading/Archive+Reading.swift",
            "FlyteCommandLine/Archive+Held.swift", "FlyteCommandLine/Commands/", "FlyteCommandLine/Options/",
            "FlyteCommandLine/Output/Pager.swift", "FlyteCommandLine/Settings/", "FlyteCommandLine/Setup/",
            "FlyteCommandLine/Text/SQLSuggestion.swift", "FlyteModel/Time/TimeZoneRules+Reading.swift",
            "FlyteReport/Renderers/ReportFormat.swift",
            // Our own: SQL, definitions of messages, what the archive's journal says, the sample, the standard's formats.
            "FlyteAnalysis/Questions/", "FlyteAnalysis/Week/TimeWindow+Title.swift",
            "FlyteArchive/Archive.swift", "FlyteArchive/Journal/FirstHarvest.swift",
            "FlyteArchive/Packs/Packer+Repacking.swift", "FlyteArchive/Proof/Verifier.swift",
            "FlyteArchive/Reading/Archive+UserSQL.swift", "FlyteArchive/Reading/ViewColumn.swift",
            "FlyteArchive/SQLite/", "FlyteArchive/Schema/",
            "FlyteCommandLine/Terminal.swift", "FlyteHarvest/Reading/SkippedData.swift",
            "FlyteIDL/JSON/JSONError.swift", "FlyteIDL/Types/", "FlyteModel/Time/HTTPDate.swift",
            "FlyteRedaction/RedactionLedger.swift", "FlyteServer/Admin/AdminAPI+Verbs.swift",
            "FlyteServer/Admin/ExecutionEngine.swift", "FlyteServer/Admin/LogIn.swift",
            "FlyteServer/Admin/Parameters.swift",
            "FlyteServer/Installation/Entity.swift", "FlyteServer/LibraryVersion+Server.swift",
            "FlyteServer/Sample/", "Markup/",
            // Laid out in lines, where a mark goes with what it stands on.
            "Tables/Terminal/", "Tables/Text/",
            // Words that tell what something is, and mislead nobody but whoever wrote them: kinds of failures and
            // resources, names of fields, options of commands.
            "FlyteAdmin/Client/AdminError.swift", "FlyteModel/Definitions/ResourceRequests.swift",
            "FlyteRedaction/Rules/", "FlyteRedaction/Walk/", "FlyteReport/Blocks/LinksBlock.swift",
            "FlyteReport/Pages/", "FlyteTrace/Failures/", "FlyteTrace/Proof/", "FlyteTrace/Work/",
        ]
        var lines: [String] = []
        for file in Self.swiftFiles("Sources")
        where !others.contains(where: { file.hasPrefix("Sources/" + $0) }) {
            for (number, line) in try Self.text(file).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated() where !line.contains("///") && line.contains(byCharacters)
            {
                lines.append("\(file):\(number + 1): \(line)")
            }
        }
        #expect(lines == [])
    }

    /// `RECORD=1 swift test --filter RepositoryTests` draws it anew.
    @Test func theReadmeDrawsTheTargetsOfThePackage() throws {
        let (begin, end) = ("```mermaid\n", "```\n")
        let readme = try Self.text("README.md")
        let start = try #require(readme.range(of: begin)).upperBound
        let stop = try #require(readme.range(of: end, range: start..<readme.endIndex)).lowerBound
        let drawn = try Self.graph(Self.text("Package.swift"))
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            let page = readme[..<start] + drawn + readme[stop...]
            try Data(page.utf8).write(to: Self.root.appending(path: "README.md"))
            Issue.record("The graph was drawn; look at the difference, and run again without RECORD.")
            return
        }
        #expect(String(readme[start..<stop]) == drawn)
    }

    /// An arrow from each Swift target to those that import it, but where it says no more than other arrows do.
    private static func graph(_ package: String) throws -> String {
        var imports: [(target: String, of: [String])] = []
        for match in package.matches(
            of: #/(?:swiftTarget\(|executableTarget\(\s*name: )\s*"(\w+)",\s*(?:dependencies: )?\[([^\]]*)\]/#
        ) {
            let names = match.2.matches(of: #/"(\w+)"/#).map { String($0.1) }
            imports.append((String(match.1), names))
        }
        let targets = Set(imports.map(\.target))
        let direct = Dictionary(
            uniqueKeysWithValues: imports.map { ($0.target, $0.of.filter(targets.contains)) })
        func all(of target: String) -> Set<String> {
            (direct[target] ?? []).reduce(into: []) { $0.formUnion(all(of: $1).union([$1])) }
        }
        var text = "graph LR\n"
        for (target, names) in imports where target != "EmbeddedFiles" {
            for name in names where targets.contains(name) && name != "EmbeddedFiles" {
                let isImplied = names.contains { $0 != name && all(of: $0).contains(name) }
                if !isImplied { text += "    \(name) --> \(target)\n" }
            }
        }
        #expect(imports.count > 15)
        return text
    }
}
