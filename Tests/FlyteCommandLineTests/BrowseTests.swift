import FlyteArchive
import FlyteBrowser
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// `flightlog browse`, on the harvested sample: what each address shows, and to whom.
@Suite struct BrowseTests {
    private static let server = Result {
        try BrowserServer(
            archive: SharedArchive.path,
            clock: { Timestamp("2026-03-04T12:00:00Z") ?? Timestamp(nanoseconds: 0) })
    }

    private func port() throws -> UInt16 {
        let address = try Self.server.get().address
        return try #require(UInt16(address.split(separator: ":").last?.dropLast() ?? ""))
    }

    private func get(_ target: String, headers: [String] = [], method: String = "GET") throws
        -> PlainRequest.Answer
    {
        try PlainRequest.send(method, target, port: port(), headers: headers)
    }

    /// Where the links of a page lead.
    private func links(_ page: String) -> [String] {
        page.matches(of: /href="(\/[^"]*)"/).map { String($0.1).replacing("&amp;", with: "&") }
    }

    private func answer(_ sql: String) throws -> [[Cell]] {
        try Archive(path: SharedArchive.path, mode: .readOnly).query(sql).rows
    }

    @Test func everyLinkLeadsToAPage() throws {
        var open = ["/"]
        var seen: Set<String> = []
        while let next = open.popLast(), seen.count < 60 {
            guard seen.insert(next).inserted else { continue }
            let page = try get(next)
            #expect(page.status == 200, "\(next)")
            #expect(page.head.contains("default-src 'none'") && !page.body.contains("<script"))
            // Of each kind a few.
            var kinds: [Substring: Int] = [:]
            for link in links(page.body) {
                let kind = link.dropFirst().prefix { $0 != "/" && $0 != "?" }
                kinds[kind, default: 0] += 1
                if kinds[kind, default: 0] <= 3 { open.append(link) }
            }
        }
        #expect(seen.count >= 40)
    }

    @Test func whoeverNamesAnotherHostIsRefused() throws {
        for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", ""] {
            let refused = try get("/", headers: ["Host: \(host)"])
            #expect(refused.status == 421 || refused.status == 400, "\(host)")
            #expect(!refused.body.contains("<html"))
        }
        let port = try port()
        #expect(try get("/", headers: ["Host: localhost:\(port)"]).status == 200)
        #expect(try get("/", headers: ["Host: localhost:\(port)", "Host: evil.example"]).status == 421)
    }

    @Test func anArchiveIsOnlyRead() throws {
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            #expect(try get("/", method: method).status == 405, "\(method)")
        }
        let head = try get("/executions", method: "HEAD")
        #expect(head.status == 200 && head.body.isEmpty)
    }

    @Test(arguments: [
        ("/nothere", 404), ("/execution", 404), ("/postmortem/sample/vision/production/nothere", 404),
        ("/postmortem/sample/vision/production", 404), ("/questions/nothere", 404), ("/weekly/more", 404),
        ("/../../etc/passwd", 404), ("/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/postmortem/../../../etc/passwd", 404),
        ("/%ff", 400), ("/%zz", 400), ("/executions?since=never", 400), ("/executions?page=-1", 200),
        ("/executions?page=99999999999999999999", 200), ("/executions?page=9223372036854775807", 200),
        ("/weekly?from=2026-03-02&to=2026-03-01", 400), ("/questions/outcomes?children=x", 400),
        ("/executions?text=%22%20OR%20*", 200), ("/executions?name=%27%3B--", 200),
        ("/executions?label=x", 200),
        ("/executions?order=sideways", 200), ("/executions?input==", 200),
    ])
    func whatNobodyLinksToHasAnAnswer(target: String, status: Int) throws {
        let page = try get(target)
        #expect(page.status == status, "\(page.body.suffix(300))")
        #expect(!page.body.contains("root:"))
    }

    @Test func hostileTextsStayTexts() throws {
        let page = try get("/executions?workflow=types.hostile_texts")
        #expect(page.body.contains("HostileError") && page.body.contains("&lt;script&gt;"))
        for value in ["%3Cscript%3Ealert(1)%3C/script%3E", "%22%20autofocus%20onfocus=alert(1)%20x=%22"] {
            for field in ["text", "name", "workflow", "project", "label", "since", "phase", "order"] {
                let page = try get("/executions?\(field)=\(value)")
                #expect(
                    !page.body.contains("<script") && page.body.firstMatch(of: /<[^>]*" autofocus/) == nil,
                    "\(field)")
            }
        }
    }

    @Test func whatIsLookedForIsFound() throws {
        func names(_ target: String) throws -> [String] {
            links(try get(target).body).filter { $0.split(separator: "/").count == 5 }
                .map { String($0.split(separator: "/").last ?? "") }
        }
        func expected(_ condition: String, _ order: String = "created_at DESC") throws -> [String] {
            try answer(
                "SELECT name FROM v_execution WHERE \(condition) AND NOT is_child ORDER BY \(order), source, project, domain, name LIMIT 50"
            ).compactMap { $0[0].text }
        }
        #expect(try names("/executions?phase=aborted") == expected("phase = 'ABORTED'"))
        #expect(
            try names("/executions?failed=1&workflow=ingest.files")
                == expected("phase IN ('FAILED', 'TIMED_OUT') AND workflow = 'ingest.files'", "ended_at DESC")
        )
        let name = try #require(try expected("phase = 'FAILED'").first)
        #expect(try names("/executions?name=\(name.prefix(12))") == [name])
        #expect(
            try names("/executions?input=epochs%3D20")
                == expected(
                    "name IN (SELECT execution FROM v_literal WHERE name = 'epochs' AND value_number = 20 AND node_id IS NULL AND direction = 'input')"
                ))
        #expect(
            try names("/executions?input=region%3Dapac&order=longest")
                == expected(
                    "name IN (SELECT execution FROM v_literal WHERE name = 'region' AND value_text = 'apac' AND node_id IS NULL AND direction = 'input')",
                    "wall_s DESC"))
        #expect(
            try names("/executions?order=oldest&until=2026-01-10")
                == expected("created_at < '2026-01-10'", "created_at"))
        // Page after page, each once.
        let all = try answer(
            "SELECT count(*) FROM v_execution WHERE workflow = 'ingest.files' AND NOT is_child"
        ).first?[0].integer
        var found: [String] = []
        var next: String? = "/executions?workflow=ingest.files"
        while let target = next {
            found += try names(target)
            next = try get(target).body.firstMatch(of: /href="([^"]*)" rel="next"/).map {
                String($0.1).replacing("&amp;", with: "&")
            }
        }
        #expect(Int64(found.count) == all && Set(found).count == found.count)
    }

    @Test func aQuestionIsAnsweredAsElsewhere() throws {
        let page = try get("/questions/failure-rate-by-workflow?since=2026-01-01&limit=3")
        #expect(page.status == 200 && page.body.components(separatedBy: "<tr>").count == 1 + 1 + 3)
        #expect(
            page.body.contains(
                "flightlog query ARCHIVE failure-rate-by-workflow --param limit=3 --param since=2026-01-01"))
    }

    @Test func itIsReadWhileSomebodyWrites() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 7, to: path)
            let writer = try Archive(path: path, mode: .readWrite)
            let server = try BrowserServer(archive: path)
            defer { server.stop() }
            let port = try #require(UInt16(server.address.split(separator: ":").last?.dropLast() ?? ""))
            let before = try PlainRequest.send("GET", "/", port: port)
            _ = try writer.source(named: "another", endpoint: "https://another.example.com")
            let after = try PlainRequest.send("GET", "/executions", port: port)
            #expect(before.status == 200 && after.status == 200)
        }
    }

    @Test func manyAreAnsweredAtOnce() async throws {
        let port = try port()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try PlainRequest.send(
                        "GET", ["/", "/executions", "/questions/outcomes"][number % 3], port: port
                    ).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 50))
    }

    @Test func theCommandTellsWhereItIsAndEnds() throws {
        let missing = try Tool.run("browse", "/nonexistent/a.db", "--no-open")
        #expect(missing.code == 1 && missing.out.isEmpty && missing.err.contains("/nonexistent/a.db"))
    }
}
