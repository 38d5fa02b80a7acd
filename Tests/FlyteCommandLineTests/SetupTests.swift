import FlyteAdmin
import FlyteModel
import FlyteServer
import Foundation
import TestSupport
import Testing

@testable import FlyteCommandLine

/// Values in files of other formats, read back by what reads those. 'make check-setup' asks systemd, cron's rules and
/// Kubernetes' schemas as well.
struct SetupTests {
    private static let texts = [
        "plain", "two words", "100%", "%h %%", "$HOME ${X} `id` $(id)", "it's", "say \"hi\"",
        "back\\slash\\n",
        "# no comment", "key: value", "- item", "{a: b}", "é 漢字 👩‍🚀", "'\"'\"'", "=x,y", "~", "!tag &a *b",
        "trailing\\", "yes", "007",
    ]

    /// What delimits is a byte: with the mark that follows, it is another character to Swift alone.
    private static let marked = [
        "it'\u{301}; echo no", "100%\u{301}", "\"\u{301}x", "\\\u{301}", "$\u{301}HOME x",
    ]

    @Test(arguments: texts + marked) func aShellReadsOneWord(text: String) throws {
        let result = try Tool.run(["-c", "printf '%s\\n' \(Quoted.shell(text)) next"], program: "/bin/sh")
        #expect(result.out == "\(text)\nnext\n")
    }

    @Test(arguments: texts) func cronGivesTheShellTheSame(text: String) {
        // crontab(5): a percent sign without a backslash ends the command.
        #expect(Quoted.crontab(text).replacing("\\%", with: "").contains("%") == false)
        #expect(Quoted.crontab(text).replacing("\\%", with: "%") == Quoted.shell(text))
    }

    @Test(arguments: marked) func noByteIsLeftThatDelimits(text: String) {
        func bare(_ byte: UInt8, _ quoted: String, behind mark: UInt8) -> Bool {
            let bytes = Array(quoted.utf8)
            return bytes.indices.contains { bytes[$0] == byte && ($0 == 0 || bytes[$0 - 1] != mark) }
        }
        #expect(!bare(UInt8(ascii: "%"), Quoted.crontab(text), behind: UInt8(ascii: "\\")))
        let word = String(Quoted.systemdWord(text).dropFirst().dropLast())
        #expect(!bare(UInt8(ascii: "\""), word, behind: UInt8(ascii: "\\")))
        for byte in "%$\\".utf8 {
            let count = word.utf8.count { $0 == byte }
            #expect(count >= 2 * text.utf8.count { $0 == byte }, "\(word)")
        }
    }

    @Test(arguments: texts + ["\u{0}\u{1}\n\t\u{85}\u{2028}\u{FEFF}", ""]) func yamlReadsOneText(text: String)
        throws
    {
        let value = try YAML(Array("- \(Quoted.yaml(text)) # comment\n- next".utf8))
        guard case .sequence(let items, _) = value else {
            Issue.record("no list")
            return
        }
        #expect(items.count == 2 && items[0].text == text)
    }

    @Test(arguments: [
        "a: 1\n", "  a: 1\n b\n", "a\n\n\nb\n", "no end", "two ends\n\n", "tab\tin\n", "\n\nlate\n",
        "# c: |\n---\n", "",
    ])
    func yamlReadsAFile(text: String) throws {
        let value = try YAML(Array("data:\n  file: \(Quoted.yamlFile(text, indent: 4))\n  next: x\n".utf8))
        guard case .mapping(let top, _) = value, case .mapping(let pairs, _) = top[0].value else {
            Issue.record("no mapping")
            return
        }
        #expect(pairs.map(\.key) == ["file", "next"] && pairs[0].value.text == text)
    }

    @Test func theSettingsThatAreMadeAreRead() throws {
        try TemporaryFolder.with { folder in
            try "open-sesame".write(toFile: folder + "/secret", atomically: false, encoding: .utf8)
            let result = try Tool.run(
                "setup", "cron", "--archive", folder + "/my runs.db", "--endpoint",
                "dns:///flyte.example.com",
                "--secret", "client-secret=\(folder)/secret", "--client-id", "night: 'owl'", "--out",
                folder + "/files")
            #expect(result.code == 0, "\(result.err)")
            let settings = try FlightlogSettings.load(option: folder + "/files/flightlog.yaml") { _ in nil }
            #expect(settings.archive == folder + "/my runs.db")
            #expect(settings.sources[0].flyte.endpoint == "dns:///flyte.example.com")
            #expect(settings.sources[0].flyte.clientID == "night: 'owl'")
            #expect(settings.sources[0].flyte.clientSecretFile == folder + "/secret")
            _ = try settings.redaction?.redactor()
            #expect(FileManager.default.fileExists(atPath: folder + "/redaction.key"))
        }
    }

    @Test func aHarvestGivesTheArchiveToItsGroup() throws {
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        let server = try AdminServer(SampleInstallation(SampleInstallation.Options(end: .now)).installation)
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            func harvest(_ more: String...) throws {
                let result = try Tool.run(
                    ["harvest", path, "--endpoint", server.address, "--since", "now"] + more)
                #expect(result.code == 0, "\(result.err)")
            }
            try harvest()
            #expect(try mode(path) == 0o600)
            try harvest("--mode", "640")
            #expect(try mode(path) == 0o640 && mode(path + ".lock") == 0o640)
            try harvest()
            #expect(try mode(path) == 0o640)
            try harvest("--mode", "600")
            #expect(try mode(path) == 0o600)
        }
    }
}
