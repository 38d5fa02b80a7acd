import FlyteIDL
import Foundation
import TestSupport
import Testing

@testable import FlyteAdmin

/// What a real server's refusals mean to a harvester.
@Suite struct AdminErrorTests {
    struct Rule: CustomTestStringConvertible {
        var status: Int
        /// How the server's words begin; empty for any.
        var beginning = ""
        var remedy: AdminError.Remedy
        var testDescription: String { "\(status) \(beginning)" }
    }

    /// Each refusal of the recorded questions meets exactly the first rule that fits.
    private static let rules = [
        Rule(status: 307, remedy: .giveUp),
        Rule(status: 400, remedy: .report),
        Rule(status: 404, remedy: .missing),
        Rule(status: 409, remedy: .report),
        Rule(status: 429, beginning: "grpc: received message larger than max", remedy: .shrink),
        Rule(status: 431, remedy: .report),
        Rule(status: 500, beginning: "failed database operation with", remedy: .report),
        Rule(status: 500, beginning: "failed to create a signed url", remedy: .report),
        Rule(status: 500, beginning: "failed to discover workflow node", remedy: .report),
        Rule(status: 500, beginning: "failed to get object size", remedy: .report),
        Rule(status: 500, beginning: "grpc: error while marshaling", remedy: .report),
        Rule(status: 501, remedy: .report),
        Rule(status: 504, beginning: "context deadline exceeded", remedy: .retry),
    ]

    @Test func everyRecordedRefusalHasItsRemedy() throws {
        var met: Set<Int> = []
        for set in RecordedExchange.Set.allCases {
            for exchange in RecordedExchange.all(set)
            where exchange.kind == "rest" && exchange.method == "GET" && exchange.status >= 300 {
                let response = HTTPResponse(
                    status: exchange.status, headers: exchange.headers, body: exchange.body ?? [])
                let error = AdminError(response, route: "GET \(exchange.path)")
                let index = try #require(
                    Self.rules.firstIndex {
                        $0.status == exchange.status && error.message.hasPrefix($0.beginning)
                    }, "no rule for \(exchange.status) \(error.message)")
                met.insert(index)
                #expect(error.remedy == Self.rules[index].remedy, "\(exchange.status) \(error.message)")
            }
        }
        // The others are refusals of writes, which the recordings hold as well.
        #expect(met.count >= Self.rules.count - 2, "unmet: \(Set(Self.rules.indices).subtracting(met))")
    }

    @Test func bothFormsOfARefusalMeanTheSame() throws {
        var byQuestion: [String: AdminError] = [:]
        var pairs = 0
        for exchange in RecordedExchange.all(.probe) where exchange.kind == "rest" && exchange.status >= 400 {
            guard exchange.messageType == "google.rpc.Status", exchange.method == "GET" else { continue }
            let response = HTTPResponse(
                status: exchange.status, headers: exchange.headers, body: exchange.body ?? [])
            let error = AdminError(response, route: exchange.path)
            let question = "\(exchange.name) \(exchange.path)?\(exchange.query)"
            if let other = byQuestion[question] {
                #expect(error.kind == other.kind && error.code == other.code, "\(question)")
                pairs += 1
            }
            byQuestion[question] = error
        }
        #expect(pairs > 100)
    }

    struct Case: CustomTestStringConvertible {
        var response: HTTPResponse
        var kind: AdminError.Kind
        var remedy: AdminError.Remedy
        var text: String
        var testDescription: String { text }
    }

    /// What no recording has: log-in, ingresses, and databases in trouble.
    @Test(arguments: [
        Case(
            response: .refusal(401, 16, "token parse error id token err: access token err: Token is expired"),
            kind: .unauthenticated, remedy: .denied,
            text:
                "GET /x: the server answered 401: token parse error id token err: access token err: Token is expired. Log in: set 'authType' and its keys in Flyte's config.yaml, or pass a fresh token."
        ),
        Case(
            response: .refusal(401, 16, "authenticated user doesn't have required scope"),
            kind: .forbidden, remedy: .denied,
            text:
                "GET /x: the server answered 401: authenticated user doesn't have required scope. The account may not read this; ask for the permission."
        ),
        Case(
            response: .html(403, "<html><h1>403\nForbidden</h1><hr>nginx</html>"), kind: .forbidden,
            remedy: .denied,
            text:
                "GET /x: the server answered 403: 403 Forbidden nginx. The account may not read this; ask for the permission."
        ),
        Case(
            response: .html(404, "<h1>Not here</h1>"), kind: .notFlyte, remedy: .report,
            text:
                "GET /x: the answer (404) is not Flyte's: Not here. Check that the endpoint is a Flyte Admin API (HTTP port 8088, or the ingress), without a path."
        ),
        Case(
            response: .html(429, "slow down"), kind: .overloaded, remedy: .retry,
            text: "GET /x: the server answered 429: slow down."),
        Case(
            response: .refusal(429, 8, "too many requests"), kind: .overloaded, remedy: .retry,
            text: "GET /x: the server answered 429: too many requests."),
        Case(
            response: .refusal(503, 14, "connection error"), kind: .overloaded, remedy: .retry,
            text: "GET /x: the server answered 503: connection error."),
        Case(
            response: .refusal(500, 13, ""), kind: .serverFault, remedy: .retry,
            text: "GET /x: the server answered 500."),
        Case(
            response: .refusal(500, 13, "unexpected error type for: read tcp: connection reset"),
            kind: .serverFault,
            remedy: .retry,
            text: "GET /x: the server answered 500: unexpected error type for: read tcp: connection reset."),
        Case(
            response: .refusal(
                400, 3,
                "failed to validate that project [p] and domain [d] are registered, err: [FATAL: sorry, too many clients already]"
            ),
            kind: .invalid, remedy: .retry,
            text:
                "GET /x: the server answered 400: failed to validate that project [p] and domain [d] are registered, err: [FATAL: sorry, too many clients already]."
        ),
        Case(
            response: HTTPResponse(status: 302, headers: ["location": "https://idp.test/login?state=s3cr3t"]),
            kind: .redirected, remedy: .giveUp,
            text:
                "GET /x: the server redirects: to https://idp.test/login. Use the address it names as the endpoint, if it is yours."
        ),
    ]) func saysWhatHappenedAndWhatToDo(_ it: Case) {
        let error = AdminError(it.response, route: "GET /x")
        #expect(error.kind == it.kind)
        #expect(error.remedy == it.remedy)
        #expect(error.description == it.text)
    }

    @Test func handsNoTerminalCodesOn() {
        let error = AdminError(.refusal(404, 5, "a\u{1b}[31mb\nc\u{202e}d\u{7}"), route: "GET /x")
        #expect(error.message == "a [31mb c d")
    }

    @Test func cutsLongMessages() {
        let error = AdminError(.refusal(404, 5, String(repeating: "é", count: 40_000)), route: "GET /x")
        #expect(error.message.count == 1000)
    }
}
