import FlyteIDL
public import FlyteModel

// Single things: the protobuf bytes of the message that the name says.
extension AdminClient {
    private func bytes(_ prefix: String, _ parts: [String], _ answer: String) async throws(AdminError)
        -> [UInt8]
    {
        try await get(try Route(prefix, parts, answer: answer)).body
    }

    /// The identifiers of all projects, archived ones included.
    public func projects() async throws(AdminError) -> [String] {
        // Any filter lifts the server's own, which hides archived projects; without a limit all come at once.
        let route = try Route("projects", [], answer: "admin.Projects").with(
            "filters", "value_in(state,0;1;2;3)")
        return try await names(route)
    }

    public func domains() async throws(AdminError) -> [String] {
        try await names(try Route("domains", [], answer: "admin.GetDomainsResponse"))
    }

    private func names(_ route: Route) async throws(AdminError) -> [String] {
        let (body, _) = try await get(route)
        let names: [String]
        do {
            names = try Self.names(body)
        } catch {
            throw AdminError(kind: .garbage, route: route.name, status: 200, message: "\(error)")
        }
        guard names.count <= Self.namesLimit else {
            throw AdminError(
                kind: .endless, route: route.name,
                message: "it names more than \(Self.namesLimit), which no installation has")
        }
        return names
    }

    /// The `id` of each item, once: both lists have their items in field 1, and these their id. A server that says
    /// nothing millions of times is not put into memory for it.
    private static func names(_ body: [UInt8]) throws(WireError) -> [String] {
        var names: [String] = []
        var seen: Set<[UInt8]> = []
        var reader = WireReader(body)
        while let tag = try reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            var item = try reader.message()
            var name = ""
            while let tag = try item.next() {
                if tag == WireTag(number: 1, kind: .lengthDelimited) {
                    name = try item.string()
                } else {
                    try item.skip(tag)
                }
            }
            guard seen.insert(Array(name.utf8)).inserted else { continue }
            names.append(name)
            if names.count > namesLimit { return names }
        }
        return names
    }

    private static let namesLimit = 10_000

    /// The server's version, such as `v1.16.8`.
    public func version() async throws(AdminError) -> String {
        let route = try Route("version", [], answer: "admin.GetVersionResponse")
        let (body, _) = try await get(route)
        let message = try? Message(decoding: body, as: route.answer)
        return message?.message("control_plane_version")?.string("Version") ?? ""
    }

    public func execution(_ id: ExecutionID) async throws(AdminError) -> [UInt8] {
        try await bytes("executions", [id.project, id.domain, id.name], "admin.Execution")
    }

    public func executionData(_ id: ExecutionID) async throws(AdminError) -> [UInt8] {
        try await bytes(
            "data/executions", [id.project, id.domain, id.name], "admin.WorkflowExecutionGetDataResponse")
    }

    /// The server's own metric spans, of all levels.
    public func metrics(of id: ExecutionID) async throws(AdminError) -> [UInt8] {
        // Without a depth the server gives the root alone; a negative one is no limit.
        try await get(
            try Route(
                "metrics/executions", [id.project, id.domain, id.name],
                answer: "admin.WorkflowExecutionGetMetricsResponse"
            ).with("depth", "-1")
        ).body
    }

    public func node(_ id: ExecutionID, _ node: String) async throws(AdminError) -> [UInt8] {
        try await bytes("node_executions", [id.project, id.domain, id.name, node], "admin.NodeExecution")
    }

    public func nodeData(_ id: ExecutionID, _ node: String) async throws(AdminError) -> [UInt8] {
        try await bytes(
            "data/node_executions", [id.project, id.domain, id.name, node],
            "admin.NodeExecutionGetDataResponse")
    }

    /// `admin.DynamicNodeWorkflowResponse`.
    public func dynamicWorkflow(_ id: ExecutionID, _ node: String) async throws(AdminError) -> [UInt8] {
        var route = try Route(
            "node_executions", [id.project, id.domain, id.name, node],
            answer: "admin.DynamicNodeWorkflowResponse")
        route.path += "/dynamic_workflow"
        return try await get(route).body
    }

    public func attemptData(
        _ id: ExecutionID, node: String, task: DefinitionID, attempt: UInt32
    ) async throws(AdminError) -> [UInt8] {
        try await bytes(
            "data/task_executions", Self.attemptParts(id, node, task, attempt),
            "admin.TaskExecutionGetDataResponse")
    }

    /// `admin.Task`, `admin.Workflow` or `admin.LaunchPlan`.
    public func definition(_ id: DefinitionID) async throws(AdminError) -> [UInt8] {
        let (prefix, answer) =
            switch id.kind {
            case .task: ("tasks", "admin.Task")
            case .workflow: ("workflows", "admin.Workflow")
            case .launchPlan: ("launch_plans", "admin.LaunchPlan")
            }
        return try await bytes(prefix, [id.project, id.domain, id.name, id.version], answer)
    }

    /// A signed URL for an object in the server's own store.
    public func signedURL(for uri: String) async throws(AdminError) -> String {
        let route = try Route("dataproxy/artifact_urn", [], answer: "service.CreateDownloadLocationResponse")
            .with("native_url", uri)
        let (body, _) = try await get(route)
        let message = try? Message(decoding: body, as: route.answer)
        let url = message?.string("signed_url") ?? ""
        guard url.beginsWithBytes(of: "http://") || url.beginsWithBytes(of: "https://") else {
            throw AdminError(
                kind: .notFound, route: route.name, status: 200, message: "the server signed nothing"
            )
        }
        return url
    }
}
