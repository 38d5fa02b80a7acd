import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteCommandLine

/// Finding executions: in lists, by what people call them, and what is said where nothing is found.
struct FindingTests {
    private let archive = SharedArchive.path

    private func rows(_ arguments: String...) throws -> [[String: Any]] {
        let result = try Tool.run(["list", archive, "--format", "json"] + arguments)
        #expect(result.code == 0, "\(result.err)")
        return try #require(JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [[String: Any]])
    }

    private func names(_ arguments: String...) throws -> [String] {
        try rows(["--limit", "0"] + arguments).compactMap { $0["execution"] as? String }
    }

    private func rows(_ arguments: [String]) throws -> [[String: Any]] {
        let result = try Tool.run(["list", archive, "--format", "json"] + arguments)
        return try #require(JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [[String: Any]])
    }

    private func names(where condition: String, by order: String = "created_at DESC") throws -> [String] {
        try Archive(path: archive, mode: .readOnly).query(
            "SELECT name FROM v_execution WHERE \(condition) ORDER BY \(order), source, project, domain, name"
        ).rows.compactMap { $0[0].text }
    }

    /// Each filter, against a condition that says the same in SQL.
    @Test func filtersChooseWhatTheySay() throws {
        let top = "is_child IS NOT 1"
        #expect(try names() == names(where: top))
        #expect(try names("--children") == names(where: "1"))
        #expect(
            try names("--failed")
                == names(where: "\(top) AND phase IN ('FAILED', 'TIMED_OUT')", by: "ended_at DESC"))
        #expect(
            try names("--phase", "running", "--phase", "ABORTED")
                == names(where: "\(top) AND phase IN ('RUNNING', 'ABORTED')"))
        #expect(
            try names("--workflow", "etl.load", "--domain", "production")
                == names(where: "\(top) AND workflow = 'etl.load' AND domain = 'production'"))
        #expect(
            try names("--since", "2026-03-01", "--until", "2026-03-02")
                == names(where: "\(top) AND created_at >= '2026-03-01' AND created_at < '2026-03-02'"))
        #expect(
            try names("--project", "vision", "--failed", "--since", "2026-03-01")
                == names(
                    where:
                        "\(top) AND project = 'vision' AND phase IN ('FAILED', 'TIMED_OUT') AND ended_at >= '2026-03-01'",
                    by: "ended_at DESC"))
        let label = try #require(
            Archive(path: archive, mode: .readOnly).query(
                "SELECT key, value FROM v_execution_tag WHERE kind = 'label' GROUP BY 1, 2 ORDER BY count(*), 1, 2 LIMIT 1"
            ).rows.first)
        let (key, value) = (try #require(label[0].text), try #require(label[1].text))
        let labelled = try names("--label", "\(key)=\(value)", "--children")
        #expect(
            try labelled
                == names(
                    where:
                        "name IN (SELECT execution FROM v_execution_tag WHERE kind = 'label' AND key = '\(key)' AND value = '\(value)')"
                ))
        #expect(!labelled.isEmpty)
        let found = try names("--text", "traceback keyerror", "--children")
        let expected = try names(
            where:
                "name IN (SELECT execution FROM v_error WHERE message LIKE '%traceback%' AND message LIKE '%keyerror%')"
        )
        #expect(found == expected)
        #expect(try rows("--limit", "3").count == 3)
        // Nothing in the words is search syntax.
        for words in ["\"", "a OR b*", "NEAR(", "-", " ", "code:x"] {
            #expect(try Tool.run("list", archive, "--text", words).code == 0, "\(words)")
        }
    }

    @Test func anErrorIsTheLabelOfItsFailure() throws {
        let failed = try rows("--failed", "--limit", "20")
        #expect(failed.count == 20)
        for row in failed {
            let name = try #require(row["execution"] as? String)
            let label = try Archive(path: archive, mode: .readOnly).query(
                "SELECT label FROM v_failure WHERE execution = :name", ["name": .text(name)]
            ).rows.first?[0].text
            #expect(row["error"] as? String == label)
        }
    }

    @Test(
        arguments: [
            ("a/b/c", "a", "b", "c"), (" a/b/c\n", "a", "b", "c"),
            ("https://x.example.com/console/projects/a/domains/b/executions/c?tab=1", "a", "b", "c"),
            ("http://localhost:30080/console/projects/a/domains/b/executions/c/nodes/n0#x", "a", "b", "c"),
            ("flyte://a/b/c", "a", "b", "c"), ("flyte://v1/a/b/c/n0/0/o0", "a", "b", "c"),
            ("flyte://v1/a/b/c", "a", "b", "c"), ("ex:a:b:c", "a", "b", "c"), ("v1/b/c", "v1", "b", "c"),
        ])
    func addressesAreRead(text: String, project: String, domain: String, name: String) {
        let reference = ExecutionReference(text)
        #expect(reference.id == ExecutionID(project: project, domain: domain, name: name))
    }

    @Test func anExecutionIsNamedInManyWays() throws {
        let row = try #require(
            Archive(path: archive, mode: .readOnly).query(
                "SELECT project, domain, name, console_url FROM v_execution ORDER BY name LIMIT 1"
            ).rows.first)
        let parts = row.compactMap(\.text)
        let (project, domain, name) = (parts[0], parts[1], parts[2])
        let shown = try Tool.run("path", archive, name).out
        let ways = [
            "\(project)/\(domain)/\(name)", String(name.prefix(12)), "\(project)/\(domain)/\(name.prefix(9))",
            parts[3],
            "flyte://v1/\(project)/\(domain)/\(name)/n0/0/o0", "ex:\(project):\(domain):\(name)",
        ]
        for way in ways {
            let result = try Tool.run("path", archive, way)
            #expect(result.out == shown, "\(way): \(result.err)")
        }
        func said(_ text: String) throws -> String {
            let result = try Tool.run("path", archive, text)
            #expect(result.code == 1)
            return result.err
        }
        var typo = Array(name)
        typo.swapAt(4, 5)
        if typo[4] == typo[5] { typo[4] = "!" }
        #expect(try said(String(typo)).contains("Did you mean '\(name)'?"))
        #expect(
            try said("\(project)/stagging/\(name)").contains("Did you mean '\(project)/\(domain)/\(name)'?"))
        #expect(try said("a").contains("Write more of the name."))
        #expect(try said("").contains("has no execution"))
    }

    /// What is said on standard error where an answer is empty; the answer itself stays what it is.
    @Test func anEmptyAnswerSaysWhy() throws {
        func said(_ arguments: String...) throws -> String {
            let result = try Tool.run(arguments)
            #expect(result.code == 0, "\(result.err)")
            return result.err
        }
        #expect(
            try said("list", archive, "--workflow", "etl.lod")
                == "'\(archive)' has no workflow 'etl.lod'; did you mean 'etl.load'?\n")
        #expect(
            try said("list", archive, "--phase", "FALED").contains(
                "has no phase 'FALED'; did you mean 'FAILED'?"))
        #expect(try said("list", archive, "--project", "nope").contains("has no project 'nope'; it has '"))
        #expect(
            try said("query", archive, "failure-rate-by-workflow", "--param", "workflow=etl.lod").contains(
                "has no workflow 'etl.lod'; did you mean 'etl.load'?"))
        #expect(
            try said("query", archive, "failure-rate-by-task", "--param", "task=jobs.jion").contains(
                "has no task 'jobs.jion'; did you mean 'jobs.join'?"))
        #expect(
            try said("query", archive, "outcomes", "--param", "since=2027-01-01").contains(
                "the last execution ended on 4 March 2026; try --param since=2026-02-26."))
        #expect(
            try said("list", archive, "--until", "2020-01-01").contains(
                "Nothing is that early: the first execution ended on "))
        try TemporaryFolder.with { folder in
            let page = folder + "/w.md"
            let late = try said("report", "weekly", archive, "--from", "2026-10-05", "--out", page)
            #expect(late.contains("the last execution ended on 4 March 2026; try --from 2026-02-26."))
            #expect(
                try !said("report", "weekly", archive, "--from", "2026-02-26", "--out", page).contains(
                    "Nothing"))
            #expect(
                try said(
                    "report", "weekly", archive, "--project", "slaes", "--from", "2026-02-26", "--out", page
                )
                .contains("has no project 'slaes'; did you mean 'sales'?"))
            let empty = folder + "/empty.db"
            do { _ = try Archive(path: empty, mode: .readWrite) }
            #expect(
                try said("list", empty)
                    == "'\(empty)' has no executions yet; 'flightlog harvest \(empty)' fetches them.\n")
        }
        #expect(try said("list", archive, "--phase", "RUNNING", "--phase", "SUCCEEDED", "--limit", "0") == "")
    }

    @Test(
        arguments: [
            ("SELECT * FROM executions", "There is no table 'executions'. Did you mean 'v_execution'?"),
            ("SELECT * FROM v_executions", "There is no table 'v_executions'. Did you mean 'v_execution'?"),
            ("SELECT * FROM node_execution", "Did you mean 'v_node_execution'?"),
            ("SELECT * FROM qwertyuiop", "There is no table 'qwertyuiop'. The views are v_"),
            (
                "SELECT durations FROM v_execution",
                "There is no column 'durations'. Did you mean 'duration_s'?"
            ),
            (
                "SELECT e.workflw FROM v_execution e",
                "There is no column 'e.workflw'. Did you mean 'workflow'?"
            ),
            ("SELECT wall FROM v_execution", "Did you mean 'wall_s'?"),
        ])
    func sqlThatMissesSaysWhatIsNear(sql: String, sentence: String) throws {
        let result = try Tool.run("sql", archive, sql)
        #expect(result.code == 1 && result.err.contains(sentence), "\(result.err)")
    }

    @Test(
        arguments: [
            (
                "archive: x.db\nsources:\n\t- name: a\n",
                "flightlog.yaml:3:1: here is a tab, and YAML indents with spaces only."
            ),
            (
                "archive: \"x.db\nsources:\n  - name: a\n    endpoint: b\n",
                "flightlog.yaml:1:10: the quote that begins here has no end."
            ),
            ("archive: 'x.db\n", "flightlog.yaml:1:10: the quote that begins here has no end."),
            (
                "archive: x.db\n",
                "has no sources, so there is nothing to ask: list installations under 'sources:'"
            ),
        ])
    func settingsThatAreWrongSayWhere(text: String, sentence: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/flightlog.yaml"
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            let result = try Tool.run("harvest", "--settings", path)
            #expect(result.code == 1 && result.err.contains(sentence), "\(result.err)")
        }
    }

    @Test func aFolderThatIsMissingIsNamed() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/none/deep/x.db"
            let result = try Tool.run("harvest", path, "--endpoint", "http://127.0.0.1:1")
            #expect(result.code == 1)
            #expect(
                result.err
                    == "flightlog: There is no folder '\(folder)/none/deep' for '\(path)'; make it first: mkdir -p '\(folder)/none/deep'.\n"
            )
        }
    }

    @Test func plainHTTPIsToldWhereTLSWasTried() throws {
        // Answers in plain HTTP whatever it hears, and says nothing at all.
        let plain = try RawServer { _ in .http(400) }
        defer { plain.stop() }
        let answered = try Tool.run("doctor", "--endpoint", plain.base.replacing("http:", with: "https:"))
        #expect(
            answered.code == 1 && answered.out.contains("speaks plain HTTP"), "\(answered.out)\(answered.err)"
        )
        let silent = try SilentPort()
        let result = try Tool.run(
            "doctor", "--endpoint", "https://127.0.0.1:\(silent.port)", "--timeout", "1")
        #expect(
            result.code == 1
                && (result.out + result.err).contains(
                    "says nothing in TLS: if it speaks plain HTTP, set 'insecure: true' or pass --insecure"),
            "\(result.out)\(result.err)")
    }
}

/// A port that takes connections, and says nothing.
private final class SilentPort {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
