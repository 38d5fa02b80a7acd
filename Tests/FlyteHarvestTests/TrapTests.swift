import FlyteArchive
import FlyteHarvest
import FlyteIDL
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteAdmin

/// What Flyte's API does to those who take it at its word, one test a trap, numbered as the table of 'flightlog help gaps'.
/// Each fails without its cure.
struct TrapTests {
    private typealias Made = MadeInstallation

    /// The recorded installation that ran every kind of workflow, harvested once.
    private static let recorded = Task {
        let path = TemporaryFolder.shared + "/traps.db"
        _ = try await RecordedHarvestTests.harvest(.propellerCases, into: path)
        return path
    }

    private func recorded(_ sql: String) async throws -> [[Cell]] {
        try Archive(path: try await Self.recorded.value, mode: .readOnly).query(sql).rows
    }

    private func parameters(_ request: ServerRequest) -> [String: String] {
        Dictionary(
            request.query.split(separator: "&").map { part in
                let pair = part.split(separator: "=", maxSplits: 1)
                return (String(pair[0]), String(pair.count > 1 ? pair[1] : "").removingPercentEncoding ?? "")
            }
        ) { $1 }
    }

    private func lists(_ server: AdminServer) -> [[String: String]] {
        server.log.map { parameters($0.request) }.filter { $0["limit"] != nil }
    }

    // MARK: How questions are asked

    @Test func trap01_everyQuestionAsksForProtobufInJustTheseWords() async throws {
        let made = Made()
        made.execution("a")
        made.node("n0", of: "a")
        made.attempt(0, of: "n0", "a")
        try await made.serving { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).new == 1)
            #expect(server.log.count > 5)
            for line in server.log {
                #expect(line.request.values(of: "Accept") == ["application/octet-stream"])
            }
        }
    }

    @Test func trap02_anEmptyListIsZeroBytesAndNoFault() async throws {
        let made = Made()
        try await made.serving { server, path async throws in
            let page = try await SampleHarvest.client(server).transport.send(
                HTTPRequest(
                    url: server.address + "/api/v1/executions/p/d?limit=1",
                    headers: [HTTPHeader("Accept", "application/octet-stream")]))
            #expect(page.status == 200 && page.body.isEmpty)
            let summary = try await SampleHarvest.run(server, into: path)
            #expect(summary.problems == 0 && summary.retries == 0)
        }
    }

    /// Also trap 28: ordinary lists with big specs pass the limit with a few rows.
    @Test func trap03_pagesThatAreTooLargeAreHalvedAndNothingIsSkipped() async throws {
        let made = Made()
        for number in 0..<14 {
            made.execution(
                "a\(number)", number: Int64(number),
                spec: ["labels": ["values": ["filler": .string(String(repeating: "x", count: 900))]]])
        }
        try await made.serving({ $0.messageLimit = 4000 }) { server, path async throws in
            let summary = try await SampleHarvest.run(server, into: path)
            #expect(summary.new == 14 && summary.problems == 0)
            let limits = Set(lists(server).compactMap { $0["limit"] })
            #expect(limits.isSuperset(of: ["100", "50", "25", "12", "6", "3"]))
        }
        // Throttling looks the same but for its words: nothing is halved.
        try await made.serving({
            $0.faults = Faults([.init(.refuse(status: 429, retryAfter: nil), .first(3))])
        }) { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            #expect(Set(lists(server).compactMap { $0["limit"] }) == ["100"])
        }
    }

    @Test func trap03_anExecutionThatIsTooLargeAloneIsAProblemAndHoldsNothingUp() async throws {
        let made = Made()
        for number in 0..<4 {
            let size = number == 2 ? 9000 : 10
            made.execution(
                "a\(number)", number: Int64(number),
                spec: ["labels": ["values": ["filler": .string(String(repeating: "x", count: size))]]])
        }
        try await made.serving({ $0.messageLimit = 4000 }) { server, path async throws in
            let summary = try await SampleHarvest.run(server, into: path)
            #expect(summary.new == 3 && summary.problems == 1)
            #expect(
                try Archive.column(path, "SELECT status FROM v_problem WHERE resolved_at IS NULL")
                    == [.integer(429)])
        }
    }

    @Test func trap04_listsHaveALimitAndNoParameterIsMisspelt() async throws {
        try await gateAndRetries { server in
            let known: Set<String> = [
                "limit", "token", "filters", "sort_by.key", "sort_by.direction", "unique_parent_id", "depth",
            ]
            for line in server.log {
                let parameters = parameters(line.request)
                #expect(known.isSuperset(of: parameters.keys), "\(parameters)")
                #expect(parameters["limit"].map { Int($0) ?? 0 > 0 } ?? true)
            }
            #expect(lists(server).count >= 4)
        }
    }

    @Test func trap05_filtersAreEscapedAndTimesEndInZ() async throws {
        try await gateAndRetries { server in
            #expect(server.log.allSatisfy { !$0.request.query.contains { "+;".contains($0) } })
            let filters = lists(server).compactMap { $0["filters"] }
            #expect(
                filters.contains("gte(updated_at,2026-03-04T12:55:00Z)+value_in(state,0;1)"), "\(filters)")
        }
    }

    /// Two harvests of an execution with a gate and an attempt, and what was asked.
    private func gateAndRetries(_ check: (AdminServer) throws -> Void) async throws {
        let made = Made()
        made.execution("a", phase: "RUNNING")
        made.node("n0", of: "a", phase: "RUNNING")
        made.node("n1", of: "a", phase: "RUNNING")
        made.attempt(0, of: "n0", "a", phase: "RUNNING")
        try await made.serving { server, path async throws in
            for _ in 0..<2 { #expect(try await SampleHarvest.run(server, into: path).problems == 0) }
            try check(server)
        }
    }

    // MARK: What lists hide

    @Test func trap06_archivedExecutionsAreHarvested() async throws {
        let made = Made()
        made.execution("kept")
        made.execution(
            "hidden", number: 1, closure: ["state_change_details": ["state": "EXECUTION_ARCHIVED"]])
        try await made.serving { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).new == 2)
            #expect(
                try Archive.column(path, "SELECT name FROM v_execution WHERE archived") == [.text("hidden")])
        }
    }

    @Test func trap07_rowsThatComeAndChangeWhilePagesAreReadSkipNone() async throws {
        let made = Made()
        for number in 0..<40 { made.execution("a\(number)", number: Int64(number)) }
        // Small pages; between them rows are written, which moves them in the table's own order.
        let shaken = Faults([
            .init(.delay(milliseconds: 0)) { request in
                guard request.path == "/api/v1/executions/p/d", request.query.contains("token=") else {
                    return false
                }
                let token = Int(request.query.split(separator: "=").last ?? "") ?? 0
                for number in stride(from: 0, to: 40, by: 3) {
                    made.execution(
                        "a\(number)", number: Int64(number),
                        columns: HiddenColumns(updatedAt: SampleHarvest.later + Int64(token)))
                }
                made.execution("late\(token)", number: Int64(100 + token))
                return true
            }
        ])
        try await made.serving({
            $0.messageLimit = 1500
            $0.faults = shaken
        }) { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            let names = try Archive.column(path, "SELECT name FROM v_execution")
            #expect(lists(server).contains { $0["token"] != nil })
            for number in 0..<40 { #expect(names.contains(.text("a\(number)")), "a\(number) is skipped") }
            #expect(names.contains { $0.text?.hasPrefix("late") == true })
        }
    }

    @Test func trap08_aChangeThatLeavesNoEventIsSeenByItsColumn() async throws {
        let made = Made()
        made.execution("a")
        try await made.serving { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).new == 1)
            // Somebody archives it: closure.updated_at stays, the column tells.
            made.execution(
                "a", closure: ["state_change_details": ["state": "EXECUTION_ARCHIVED"]],
                columns: HiddenColumns(updatedAt: SampleHarvest.later + -60_000_000_000))
            #expect(try await SampleHarvest.run(server, into: path).updated == 1)
            #expect(try Archive.column(path, "SELECT archived FROM v_execution") == [.integer(1)])
        }
    }

    @Test func trap09_nodesOfOpenExecutionsAreReadThoughTheirExecutionDoesNotChange() async throws {
        let made = Made()
        made.execution("a", phase: "RUNNING", columns: HiddenColumns(updatedAt: Made.start))
        made.node("n0", of: "a", phase: "RUNNING")
        try await made.serving { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).new == 1)
            made.node("n0", of: "a", phase: "SUCCEEDED")
            #expect(try await SampleHarvest.run(server, into: path).updated == 1)
            #expect(try Archive.column(path, "SELECT phase FROM v_node_execution") == [.text("SUCCEEDED")])
        }
    }

    @Test func trap10_errorsThatListsCutAreReadInFull() async throws {
        let made = Made()
        let message = "column 'é' " + String(repeating: "is missing, ", count: 30)
        let error: Value = [
            "error": ["code": "USER:ValueError", "kind": "USER", "message": .string(message)]
        ]
        guard case .map(let fields) = error else { return }
        let closure = Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0.value) })
        made.execution("a", phase: "FAILED", closure: closure)
        made.node("n0", of: "a", phase: "FAILED", closure: closure)
        try await made.serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(try Archive.column(path, "SELECT error_message FROM v_execution") == [.text(message)])
            #expect(
                try Archive.column(path, "SELECT error_message FROM v_node_execution") == [.text(message)])
        }
    }

    // MARK: Inputs and outputs

    private func withData() -> MadeInstallation {
        let made = Made()
        made.execution("a", inputs: Made.map(["x": "given"]), outputs: Made.map(["y": "made"]))
        made.node("n0", of: "a", inputs: Made.map(["u": "taken"]), outputs: Made.map(["v": "left"]))
        return made
    }

    private func values(_ path: String) throws -> [String] {
        try Archive(path: path, mode: .readOnly).query(
            "SELECT direction, name, value_text FROM v_literal ORDER BY 2"
        ).rows.map { $0.compactMap(\.text).joined(separator: " ") }
    }

    /// What is missing of inputs and outputs.
    private func gaps(_ path: String) throws -> [String] {
        try Archive(path: path, mode: .readOnly).query(
            "SELECT field, state FROM v_capture WHERE field IN ('inputs', 'outputs', 'data')"
        ).rows.map { $0.compactMap(\.text).joined(separator: " ") }
    }

    private static let wholeData = [
        "output v left", "input u taken", "input x given", "output y made",
    ].sorted { $0.split(separator: " ")[1] < $1.split(separator: " ")[1] }

    @Test func trap11_whatIsTooLargeToBeInAnAnswerIsFetchedByItsSignedURL() async throws {
        try await withData().serving({ $0.inlineLimit = 0 }) { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(try values(path) == Self.wholeData)
            #expect(try gaps(path).isEmpty)
        }
    }

    @Test func trap11_anEmptyMapWithAPlaceOfItsOwnIsUnknownAndWrittenDown() async throws {
        let made = withData()
        made.installation.add(
            blob: "s3://flyte/metadata/propeller/p-d-a/end-node/data/0/outputs.pb", Array("no map".utf8))
        try await made.serving({ $0.signsURLs = false }) { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(try gaps(path) == ["outputs unreadable"])
            #expect(try Archive.column(path, "SELECT is_complete FROM v_execution") == [.integer(0)])
        }
    }

    @Test func trap12_inputsAndOutputsAreNotMixedUp() async throws {
        try await withData().serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(try values(path) == Self.wholeData)
        }
    }

    /// Their addresses in the closures are called deprecated, and are all there is.
    @Test func trap13_deprecatedAddressesAreFollowed() async throws {
        try await withData().serving({
            $0.inlineLimit = 0
            $0.givesNativeURLs = true
        }) { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(try values(path).contains("output y made"))
            #expect(try values(path).contains("input u taken"))
            #expect(server.log.contains { $0.request.path.hasSuffix("/dataproxy/artifact_urn") })
        }
    }

    // MARK: Trees

    @Test func trap14_everyLevelIsReadThoughSingleAnswersCallBranchesChildless() async throws {
        let rows = try await recorded(
            """
            SELECT p.kind, count(*) FROM v_node_execution n JOIN v_node_execution p
            ON p.execution = n.execution AND p.node_id = n.parent_node_id GROUP BY 1 ORDER BY 1
            """)
        let kinds = rows.compactMap { $0[0].text }
        #expect(Set(kinds).isSuperset(of: ["branch", "dynamic", "workflow"]), "\(kinds)")
        #expect(try await recorded("SELECT max(depth) FROM v_node_execution")[0][0].integer ?? 0 >= 2)
    }

    @Test func trap15_hashedIdsKeepTheirNameInTheTemplate() async throws {
        let rows = try await recorded(
            """
            SELECT spec_node_id, retry_group FROM v_node_execution
            WHERE node_id GLOB 'f???????' AND execution = 'ids-long'
            """)
        #expect(!rows.isEmpty)
        #expect(rows.allSatisfy { $0[0].text?.isEmpty == false })
    }

    @Test func trap16_aRunTimeThatNobodySawIsUnknownAndNotZero() async throws {
        let counts = try await recorded(
            """
            SELECT count(*) FILTER (WHERE started_at IS NULL), count(*) FILTER (WHERE duration_s = 0),
                count(*) FILTER (WHERE started_at IS NULL AND duration_s IS NOT NULL)
            FROM v_task_execution WHERE phase = 'SUCCEEDED'
            """)
        #expect((counts[0][0].integer ?? 0) > 10)
        #expect(counts[0][1] == .integer(0) && counts[0][2] == .integer(0))
    }

    @Test func trap17_clocksThatDifferStayAsTheyAreAndBreakNothing() async throws {
        let early = try await recorded("SELECT count(*) FROM v_task_execution WHERE started_at < created_at")
        #expect((early[0][0].integer ?? 0) > 5)
        let steps = try await recorded("SELECT count(*), min(duration_s) FROM v_critical_path")
        #expect((steps[0][0].integer ?? 0) > 100 && (steps[0][1].real ?? -1) >= 0)
    }

    @Test func trap18_elementsOfMapTasksAreRowsOfTheirOwn() async throws {
        let rows = try await recorded(
            "SELECT count(*), count(DISTINCT \"index\") FROM v_subtask WHERE execution = 'map-forty'")
        #expect(rows == [[.integer(40), .integer(40)]])
        let logs = try await recorded(
            "SELECT count(*) FROM v_log WHERE execution LIKE 'map%' AND name LIKE '%-_'")
        #expect((logs[0][0].integer ?? 0) > 5)
    }

    @Test func trap19_whatARecoveryTookOverIsCompleteThoughItRanNothing() async throws {
        let rows = try await recorded(
            """
            SELECT e.is_complete, e.reference_execution, count(*) FILTER (WHERE n.phase = 'RECOVERED')
            FROM v_execution e JOIN v_node_execution n ON n.execution = e.name
            WHERE e.name = 'recovered-again-sub' GROUP BY 1, 2
            """)
        #expect(rows.count == 1 && rows[0][0] == .integer(1) && rows[0][1].text == "again-sub")
        #expect((rows[0][2].integer ?? 0) > 0)
    }

    @Test func trap20_spansThatTheServerRefusesAreRecomputed() async throws {
        let rows = try await recorded(
            """
            SELECT execution,
                (SELECT count(*) FROM v_span s WHERE s.execution = g.execution AND s.origin = 'archive')
            FROM v_capture g WHERE g.field = 'metrics'
            """)
        #expect(!rows.isEmpty)
        #expect(rows.allSatisfy { ($0[1].integer ?? 0) > 0 })
        let deep = try await recorded("SELECT max(depth) FROM v_span WHERE origin = 'server'")
        #expect((deep[0][0].integer ?? 0) > 1)
    }

    // MARK: Permissions and forms

    @Test func trap21_aMissingScopeIsNoExpiredToken() async throws {
        let made = Made()
        var logIn = LogIn()
        logIn.scopes = []
        try await made.serving({ $0.logIn = logIn }) { server, _ async throws in
            var settings = FlyteSettings()
            settings.endpoint = server.address
            settings.clientID = "flightlog"
            settings.clientSecretVariable = "SECRET"
            let client = try await settings.client(
                options: AdminClient.Options(), userAgent: "test", environment: { _ in "open-sesame" })
            do {
                _ = try await HarvestPlan(HarvestOptions(), client: client)
                Issue.record("it was let in")
            } catch let error as AdminError {
                #expect(error.kind == .forbidden && error.description.contains("ask for the permission"))
            }
            // A fresh token would not help, and is not asked for.
            #expect(server.log.count { $0.request.path == "/oauth2/token" } == 1)
        }
        // And 501 means that none is needed: nobody logs in.
        try await made.serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(server.log.allSatisfy { $0.request.path.hasPrefix("/api/v1/") })
        }
    }

    @Test func trap22_valuesThatJSONCannotSayAreRead() async throws {
        let made = Made()
        let odd = Message(
            "core.LiteralMap",
            [
                "literals": [
                    "s": ["scalar": ["generic": ["fields": ["v": ["number_value": .double(.nan)]]]]]
                ]
            ])
        made.execution("a", outputs: odd)
        try await made.serving { server, path async throws in
            let json = try await SampleHarvest.client(server).transport.send(
                HTTPRequest(
                    url: server.address + "/api/v1/data/executions/p/d/a",
                    headers: [HTTPHeader("Accept", "application/json")]))
            #expect(json.status == 500)
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            #expect(
                try Archive.column(path, "SELECT value_json FROM v_literal") == [.text("{\"v\":\"NaN\"}")])
        }
    }

    @Test func trap23_anEmptyPartOfAnIdentifierIsNeverSent() async throws {
        let made = Made()
        made.execution("a")
        try await made.serving { server, _ async throws in
            let client = SampleHarvest.client(server)
            await #expect(throws: AdminError.self) {
                try await client.executionData(ExecutionID(project: "p", domain: "d", name: ""))
            }
            #expect(server.log.isEmpty)
        }
    }

    /// Also trap 32, which is theirs alone: they sort by name only.
    @Test func trap24_listsOfNamesAreNotNeeded() async throws {
        let made = Made()
        made.execution("a")
        try await made.serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            for line in server.log {
                let segments = line.request.path.split(separator: "/")
                #expect(!segments.contains("named_entities") && !segments.contains { $0.hasSuffix("_ids") })
                #expect(!segments.contains("description_entities"))
            }
        }
    }

    // MARK: Failures

    @Test func trap25_theCauseIsFoundWhereTheNodeSaysNothing() async throws {
        let rows = try await recorded(
            """
            SELECT e.name, e.error_kind, e.cause_kind, e.cause_node_id FROM v_execution e
            JOIN v_node_execution n ON n.execution = e.name AND n.node_id = e.cause_node_id
            WHERE e.phase = 'FAILED' AND n.error_message IS NULL
            """)
        #expect(rows.count > 10)
        // "USER" it says of each, and of these it is not true.
        #expect(rows.contains { $0[1] == .text("USER") && $0[2] == .text("SYSTEM") })
    }

    @Test func trap26_aTimeOutIsAFailureWithItsCode() async throws {
        let rows = try await recorded(
            "SELECT phase, error_code FROM v_execution WHERE name = 'fail-timeout'")
        #expect(rows == [[.text("FAILED"), .text("Timeout")]])
        let nodes = try await recorded(
            "SELECT count(*) FROM v_node_execution WHERE execution = 'fail-timeout' AND phase = 'TIMED_OUT'")
        #expect(nodes[0][0] == .integer(1))
    }

    @Test func trap27_childrenAreFoundByWhicheverFlagThereIs() async throws {
        // A parent without children is whole.
        let empty = try await recorded(
            "SELECT is_complete, phase FROM v_execution WHERE name = 'map-empty'")
        #expect(empty == [[.integer(1), .text("SUCCEEDED")]])
        // Children of an engine before event version 1 hang on the attempt, and no node says so.
        let made = Made()
        made.execution("a")
        made.node("n0", of: "a")
        made.attempt(0, of: "n0", "a", isParent: true, columns: HiddenColumns(id: 77))
        made.node("n0-0-n0", of: "a", columns: HiddenColumns(parentTaskExecutionID: 77))
        try await made.serving { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            #expect(
                try Archive.column(
                    path, "SELECT node_id FROM v_node_execution WHERE parent_node_id = 'n0' AND depth = 1")
                    == [.text("n0-0-n0")])
        }
    }

    /// What a launch plan is now cannot be found by time; a version of it never changes.
    @Test func trap29_definitionsAreReadOnceByTheirVersion() async throws {
        let made = Made()
        for number in 0..<3 { made.execution("a\(number)", number: Int64(number)) }
        made.installation.add(
            definition: Message("admin.LaunchPlan", ["id": MadeInstallation.definition("LAUNCH_PLAN", "w")]))
        try await made.serving { server, path async throws in
            for _ in 0..<2 { _ = try await SampleHarvest.run(server, into: path) }
            let asked = server.log.filter { $0.request.path.contains("/launch_plans/") }
            #expect(asked.map(\.request.path) == ["/api/v1/launch_plans/p/d/w/v1"])
            #expect(asked.allSatisfy { $0.request.query.isEmpty })
        }
    }

    @Test func trap30_aDatabaseThatIsOverloadedIsAskedAgain() async throws {
        let busy = Faults.Fault.refuseAsFlyte(
            code: 3,
            message:
                "failed to validate that project [p] and domain [d] are registered, err: [FATAL: sorry, too many clients already]"
        )
        let broken = Faults.Fault.refuseAsFlyte(
            code: 13, message: "unexpected error type for: read tcp: reset")
        let made = withData()
        try await made.serving({
            $0.faults = Faults([.init(busy, .every(3)), .init(broken, .every(7))])
        }) { server, path async throws in
            let summary = try await SampleHarvest.run(server, into: path)
            #expect(summary.problems == 0 && summary.retries > 0 && summary.new == 1)
            #expect(try values(path) == Self.wholeData)
        }
    }

    @Test func trap31_aMisspeltNameIsToldThoughTheServerAnswersAnEmptyList() async throws {
        let made = Made()
        made.execution("a")
        try await made.serving { server, _ async throws in
            let client = SampleHarvest.client(server)
            let list = try client.executions(project: "q", domain: "d")
            #expect(try await client.items(of: list).isEmpty)
            var options = HarvestOptions()
            options.projects = ["q"]
            await #expect(throws: HarvestError(.noSuchProject("q", known: ["p"]))) {
                try await HarvestPlan(options, client: client)
            }
        }
    }

    @Test func trap33_labelsAreArchivedAsTheServerMergedThem() async throws {
        let made = Made()
        made.execution("a", spec: ["labels": ["values": ["own": "1", "of-the-project": "2"]]])
        try await made.serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(
                try Archive.column(path, "SELECT key FROM v_execution_tag WHERE kind = 'label' ORDER BY 1")
                    == [.text("of-the-project"), .text("own")])
        }
    }

    @Test func trap34_aPhaseThatNobodyHasNamedKeepsItsNumber() async throws {
        let made = Made()
        made.execution("a", phase: .enumeration(42))
        made.node("n0", of: "a", phase: .enumeration(43))
        made.attempt(0, of: "n0", "a", phase: .enumeration(44))
        try await made.serving { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            let archive = try Archive(path: path, mode: .readOnly)
            for (view, number) in [
                ("v_execution", "42"), ("v_node_execution", "43"), ("v_task_execution", "44"),
            ] {
                #expect(try archive.query("SELECT phase FROM \(view)").rows == [[.text(number)]])
            }
        }
    }
}
