import FlyteAdmin
import FlyteIDL
import FlyteServer
import Foundation
import TestSupport
import Testing

/// The server inside, filled with what a recorded server held, answers the recorded questions as that one did.
struct RecordedAnswerTests {
    // Metrics are compared where they are computed: the server leaves the order of some spans to chance.
    private static let questions: Set<String> = [
        "GetExecution", "ListExecutions", "GetNodeExecution", "ListNodeExecutions", "GetTaskExecution",
        "ListTaskExecutions", "GetTask", "GetWorkflow", "GetLaunchPlan", "ListSignals",
    ]

    /// What Go's HTTP library and Postgres do with paths that no client of Flyte's sends.
    private static let unimitated = [
        "percent alone", "bad escape", "NUL", "newline", "empty last part", "Grpc-Timeout",
    ]

    @Test(arguments: [RecordedExchange.Set.propellerCases, .propellerBulk, .scriptedLocal])
    func recordedQuestionsHaveTheirRecordedAnswers(set: RecordedExchange.Set) async throws {
        let server = try AdminServer(try RecordedInstallation.make(set))
        defer { server.stop() }
        let transport = CurlTransport()
        var asked = 0
        var wrong: [String] = []
        for exchange in RecordedExchange.all(set)
        where Self.questions.contains(exchange.rpc) && exchange.method == "GET" && exchange.kind == "rest" {
            // Its children hang on an attempt, as those of engines before 2020 do, and were not recorded as a tree.
            if exchange.path.contains("/c4-legacy/") { continue }
            // Answers that are too large say how large, to a byte that the encoder's order of fields decides.
            if exchange.status == 429 { continue }
            let url = server.address + exchange.path + (exchange.query.isEmpty ? "" : "?" + exchange.query)
            let headers = exchange.requestHeaders.map { HTTPHeader($0.key, $0.value) }
            let answer = try await transport.send(HTTPRequest(url: url, headers: headers))
            asked += 1
            if answer.status != exchange.status || !isSame(answer.body, exchange) {
                wrong.append("\(exchange.id) \(url) \(answer.status) for \(exchange.status)")
            }
        }
        #expect(asked > 2500)
        #expect(wrong.isEmpty, "\(wrong.count) of \(asked): \(wrong.prefix(5))")
    }

    @Test func awkwardQuestionsAreRefusedInTheSameWords() async throws {
        let server = try AdminServer(try RecordedInstallation.make(.scriptedLocal))
        defer { server.stop() }
        let transport = CurlTransport()
        var asked = 0
        var wrong: [String] = []
        for exchange in RecordedExchange.all(.probe)
        where Self.questions.contains(exchange.rpc) && exchange.method == "GET" && exchange.kind == "rest"
            && exchange.status >= 400
        {
            if Self.unimitated.contains(where: { exchange.name.contains($0) }) || exchange.path.contains("//")
            {
                continue
            }
            if exchange.path.hasSuffix("/") || exchange.query.contains("resource_type=WORKFLOW") { continue }
            let url = server.address + exchange.path + (exchange.query.isEmpty ? "" : "?" + exchange.query)
            let headers = exchange.requestHeaders.map { HTTPHeader($0.key, $0.value) }
            let answer = try await transport.send(HTTPRequest(url: url, headers: headers))
            asked += 1
            if answer.status != exchange.status || !isSame(answer.body, exchange) {
                wrong.append(
                    "\(exchange.id) \(exchange.name): \(url) \(answer.status) for \(exchange.status)")
            }
        }
        #expect(asked > 480)
        #expect(wrong.isEmpty, "\(wrong.count) of \(asked): \(wrong.prefix(20))")
    }

    private func isSame(_ body: [UInt8], _ exchange: RecordedExchange) -> Bool {
        let recorded = exchange.body ?? []
        if body == recorded { return true }
        if exchange.isJSON {
            guard let first = try? JSONSerialization.jsonObject(with: Data(body)) as? NSObject,
                let second = try? JSONSerialization.jsonObject(with: Data(recorded)) as? NSObject
            else { return false }
            return first == second
        }
        // The order of fields and of maps is the encoder's.
        let prefix = "flyteidl."
        let name = exchange.messageType
        let type = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        guard let first = try? Message(decoding: body, as: type),
            let second = try? Message(decoding: recorded, as: type)
        else { return false }
        return first == second
    }
}
