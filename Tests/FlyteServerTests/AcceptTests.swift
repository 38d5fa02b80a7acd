import FlyteAdmin
import FlyteIDL
import FlyteModel
import FlyteServer
import Testing

/// Which form an answer has, by the header lines of the question: Flyte's gateway looks each `Accept` line up
/// verbatim (grpc-gateway, marshaler_registry.go).
struct AcceptTests {
    enum Form: String { case protobuf, snakeCase, camelCase }

    @Test(arguments: [
        ([("Accept", "application/octet-stream")], Form.protobuf),
        ([("Accept", "application/json")], .snakeCase),
        ([("Accept", "*/*")], .camelCase),
        ([("Accept", "")], .camelCase),
        ([("Accept", "text/html")], .camelCase),
        ([("Accept", "application/x-protobuf")], .camelCase),
        ([("Accept", "application/octet-stream, */*")], .camelCase),
        ([("Accept", "application/octet-stream;q=1")], .camelCase),
        ([("Accept", "application/json; charset=utf-8")], .camelCase),
        ([("Accept", "application/json"), ("Accept", "application/octet-stream")], .snakeCase),
        ([("Content-Type", "application/octet-stream"), ("Accept", "*/*")], .protobuf),
        ([("Content-Type", "application/json; charset=utf-8"), ("Accept", "*/*")], .snakeCase),
    ])
    func theFormFollowsTheHeader(headers: [(String, String)], form: Form) async throws {
        let installation = StoredInstallation()
        installation.add(project: Message("admin.Project", ["id": "sales", "name": "Sales"]))
        let task = Message(
            "admin.Task",
            [
                "id": [
                    "resource_type": "TASK", "project": "sales", "domain": "development", "name": "t",
                    "version": "v1",
                ],
                "closure": ["created_at": ["seconds": 1_764_000_000]],
            ])
        installation.add(definition: task)
        let server = try AdminServer(installation)
        defer { server.stop() }
        let answer = try await CurlTransport().send(
            HTTPRequest(
                url: server.address + "/api/v1/tasks/sales/development/t/v1",
                headers: headers.map { HTTPHeader($0.0, $0.1) }))
        #expect(answer.status == 200)
        switch form {
        case .protobuf:
            #expect(answer.headers["content-type"] == "application/octet-stream")
            #expect(answer.body == task.encoded())
        case .snakeCase, .camelCase:
            #expect(answer.headers["content-type"] == "application/json")
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(
                text.contains(form == .snakeCase ? "\"resource_type\":\"TASK\"" : "\"resourceType\":\"TASK\"")
            )
            #expect(text.contains(form == .snakeCase ? "\"created_at\"" : "\"createdAt\""))
            // Unset fields are written out.
            #expect(
                text.contains(form == .snakeCase ? "\"short_description\":\"\"" : "\"shortDescription\":\"\"")
            )
            #expect(try Message(json: answer.body, as: IDL.message("admin.Task")) == task)
        }
    }

    @Test func anEmptyPageIsNoBytes() async throws {
        let server = try AdminServer(StoredInstallation())
        defer { server.stop() }
        let answer = try await CurlTransport().send(
            HTTPRequest(
                url: server.address + "/api/v1/executions/none/development?limit=10",
                headers: [HTTPHeader("Accept", "application/octet-stream")]))
        #expect(answer.status == 200 && answer.body.isEmpty)
    }
}
