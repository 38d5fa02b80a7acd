import FlyteIDL
import FlyteModel

/// The routes of the Admin API over an installation.
struct AdminAPI: Sendable {
    let installation: any Installation
    let options: AdminServer.Options
    let urls: SignedURLs
    let clock: @Sendable () -> Timestamp
    /// Where the server listens.
    let address: @Sendable () -> String
    private let cache = ListCache()

    typealias Call = Gateway.Call
    typealias Answer = Gateway.Answer

    func routes() -> [Gateway.Route] {
        typealias Route = Gateway.Route
        var routes = [
            // Without an engine only the read side is here.
            Route("POST", "executions") { _ throws(Refusal) in throw .unimplemented("Method Not Allowed") },
            Route("GET", "executions/*/*") { call throws(Refusal) in try executions(call) },
            Route("GET", "executions/*/*/*") { call throws(Refusal) in
                Answer(bytes: try execution(call.parts).message, type: "admin.Execution")
            },
            Route("GET", "data/executions/*/*/*") { call throws(Refusal) in try executionData(call.parts) },
            Route("GET", "metrics/executions/*/*/*") { call throws(Refusal) in try metrics(call) },
            Route("GET", "node_executions/*/*/*") { call throws(Refusal) in try nodes(call) },
            Route("GET", "node_executions/*/*/*/*") { call throws(Refusal) in
                Answer(bytes: try node(call.parts).message, type: "admin.NodeExecution")
            },
            Route("GET", "node_executions/*/*/*/*/dynamic_workflow") { call throws(Refusal) in
                try dynamicWorkflow(call.parts)
            },
            Route("GET", "data/node_executions/*/*/*/*") { call throws(Refusal) in try nodeData(call.parts) },
            Route("GET", "task_executions/*/*/*/*") { call throws(Refusal) in try attempts(call) },
            Route("GET", "task_executions/*/*/*/*/*/*/*/*/*") { call throws(Refusal) in
                Answer(bytes: try attempt(call.parts).message, type: "admin.TaskExecution")
            },
            Route("GET", "data/task_executions/*/*/*/*/*/*/*/*/*") { call throws(Refusal) in
                try attemptData(call.parts)
            },
            Route("GET", "children/task_executions/*/*/*/*/*/*/*/*/*") { call throws(Refusal) in
                try children(call)
            },
            Route("GET", "signals/*/*/*") { call throws(Refusal) in try signals(call) },
            Route("GET", "projects") { call throws(Refusal) in try projects(call) },
            Route("GET", "projects/*") { call throws(Refusal) in try project(call.parts[0]) },
            Route("GET", "domains") { _ throws(Refusal) in domains() },
            Route("GET", "version") { _ throws(Refusal) in version() },
            Route("GET", "dataproxy/artifact_urn") { call throws(Refusal) in try artifactURL(call) },
            // Without log-in the services behind these are not there.
            Route("GET", "me") { _ throws(Refusal) in
                throw .unimplemented("unknown service flyteidl.service.IdentityService")
            },
            Route("GET", ".well-known/oauth-authorization-server") { _ throws(Refusal) in
                throw .unimplemented("unknown service flyteidl.service.AuthMetadataService")
            },
            Route("GET", "config/v1/flyte_client") { _ throws(Refusal) in
                throw .unimplemented("unknown service flyteidl.service.AuthMetadataService")
            },
        ]
        if let engine = options.engine { routes.insert(contentsOf: verbs(engine), at: 0) }
        for (name, kind) in Self.definitionKinds {
            routes += [
                Route("GET", "\(name)/*/*") { call throws(Refusal) in try definitions(kind, call) },
                Route("GET", "\(name)/*/*/*") { call throws(Refusal) in try definitions(kind, call) },
                Route("GET", "\(name)/*/*/*/*") { call throws(Refusal) in try definition(kind, call.parts) },
            ]
        }
        return routes
    }

    private static let definitionKinds: [(String, DefinitionID.Kind)] = [
        ("tasks", .task), ("workflows", .workflow), ("launch_plans", .launchPlan),
    ]

    // MARK: Lists

    private func list(_ rows: [StoredRow], _ query: ListQuery, type: String) -> Answer {
        page(of: query.select(rows, in: installation), query, type: type)
    }

    /// A page of a list that may be long.
    private func list(
        _ call: Call, _ condition: String, _ query: ListQuery, type: String, rows: () -> [StoredRow]
    ) -> Answer {
        guard let generation = installation.generation else { return list(rows(), query, type: type) }
        let key = ListCache.Key(
            path: KeyBytes(call.parts.joined(separator: "/")), condition: KeyBytes(condition),
            filters: query.filters,
            sort: query.sort, generation: generation)
        return page(
            of: cache.rows(key) { query.select(rows(), in: installation) }, query, type: type)
    }

    private func page(of rows: [StoredRow], _ query: ListQuery, type: String) -> Answer {
        let (page, token) = query.page(rows)
        var writer = WireWriter(reservingCapacity: page.reduce(16) { $0 + $1.listed.count + 6 })
        for row in page { writer.field(1, row.listed) }
        if !token.isEmpty { writer.field(2, token.utf8) }
        return Answer(bytes: writer.bytes, type: type)
    }

    private func query(
        _ call: Call, of entity: Entity, name: String, with more: Parameters.Declaration = [:],
        allowsNoLimit: Bool = false
    ) throws(Refusal) -> (ListQuery, Parameters) {
        let parameters = try call.parameters(Parameters.page.merging(more) { $1 })
        return (
            try ListQuery(parameters, of: entity, name: name, now: clock(), allowsNoLimit: allowsNoLimit),
            parameters
        )
    }

    private func executions(_ call: Call) throws(Refusal) -> Answer {
        let (query, parameters) = try query(
            call, of: .execution, name: "ListExecutions", with: ["id.name": .string])
        let name = parameters.text("id.name")
        // Archived ones are hidden unless somebody asks about the state.
        let asksState = query.filters.contains {
            $0.entity == .execution && $0.column == Entity.execution.index(of: "state")
        }
        return list(call, "executions \(name)", query, type: "admin.ExecutionList") {
            var rows = installation.executions(project: call.parts[0], domain: call.parts[1])
            if !name.isEmpty { rows.removeAll { !$0.text("execution_name").hasSameBytes(as: name) } }
            if !asksState { rows.removeAll { $0.integer("state") != 0 } }
            return rows
        }
    }

    private func nodes(_ call: Call) throws(Refusal) -> Answer {
        let (query, parameters) = try query(
            call, of: .nodeExecution, name: "ListNodeExecutions", with: ["unique_parent_id": .string])
        let id = executionID(call.parts)
        let parent = parameters.text("unique_parent_id")
        let row = parent.isEmpty ? nil : try node(call.parts + [parent])
        return list(call, "nodes \(parent)", query, type: "admin.NodeExecutionList") {
            if let row { return installation.nodes(below: row.integer("id"), of: id) }
            return installation.nodes(of: id).filter {
                $0["parent_id"] == .null && $0["parent_task_execution_id"] == .null
            }
        }
    }

    private func attempts(_ call: Call) throws(Refusal) -> Answer {
        let (query, _) = try query(call, of: .taskExecution, name: "ListTaskExecutions")
        return list(
            installation.attempts(of: call.parts[3], of: executionID(call.parts)), query,
            type: "admin.TaskExecutionList")
    }

    private func children(_ call: Call) throws(Refusal) -> Answer {
        let (query, _) = try query(call, of: .nodeExecution, name: "ListNodeExecutions")
        let attempt = try attempt(call.parts)
        return list(
            installation.nodes(ofAttempt: attempt.integer("id"), of: executionID(call.parts)), query,
            type: "admin.NodeExecutionList")
    }

    private func signals(_ call: Call) throws(Refusal) -> Answer {
        let (query, _) = try query(call, of: .signal, name: "ListSignals")
        return list(installation.signals(of: executionID(call.parts)), query, type: "admin.SignalList")
    }

    private func projects(_ call: Call) throws(Refusal) -> Answer {
        let (query, _) = try query(call, of: .project, name: "ListProjects", allowsNoLimit: true)
        var rows = installation.projects()
        if query.filters.isEmpty { rows.removeAll { $0.integer("state") == 1 } }
        return list(rows, query, type: "admin.Projects")
    }

    private func definitions(_ kind: DefinitionID.Kind, _ call: Call) throws(Refusal) -> Answer {
        let (entity, name, type): (Entity, String, String) =
            switch kind {
            case .task: (.task, "ListTasks", "admin.TaskList")
            case .workflow: (.workflow, "ListWorkflows", "admin.WorkflowList")
            case .launchPlan: (.launchPlan, "ListLaunchPlans", "admin.LaunchPlanList")
            }
        let (query, parameters) = try query(call, of: entity, name: name, with: ["id.name": .string])
        var rows = installation.definitions(kind, project: call.parts[0], domain: call.parts[1])
        let wanted = call.parts.count > 2 ? call.parts[2] : parameters.text("id.name")
        if !wanted.isEmpty { rows.removeAll { $0.text("name") != wanted } }
        return list(rows, query, type: type)
    }

    // MARK: Single rows

    func executionID(_ parts: [String]) -> ExecutionID {
        ExecutionID(project: parts[0], domain: parts[1], name: parts[2])
    }

    private func executionText(_ id: ExecutionID) -> String {
        "project:\"\(id.project)\" domain:\"\(id.domain)\" name:\"\(id.name)\""
    }

    func execution(_ parts: [String]) throws(Refusal) -> StoredRow {
        let id = executionID(parts)
        guard let row = installation.execution(id) else {
            throw .notFound("missing entity of type execution with identifier \(executionText(id))")
        }
        return row
    }

    func node(_ parts: [String]) throws(Refusal) -> StoredRow {
        let id = executionID(parts)
        guard let row = installation.node(parts[3], of: id) else {
            throw .notFound(
                "missing entity of type node execution with identifier node_id:\"\(parts[3])\" execution_id:{\(executionText(id))}"
            )
        }
        return row
    }

    func attempt(_ parts: [String]) throws(Refusal) -> StoredRow {
        let id = executionID(parts)
        guard UInt32(parts[8]) != nil, parts[8].utf8.first != UInt8(ascii: "+") else {
            let isNumber = !parts[8].isEmpty && parts[8].utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            throw .invalid(
                "type mismatch, parameter: id.retry_attempt, error: parsing field \"retry_attempt\": strconv.ParseUint: parsing \"\(parts[8])\": \(isNumber ? "value out of range" : "invalid syntax")"
            )
        }
        let rows = installation.attempts(of: parts[3], of: id)
        let found = rows.first {
            $0.text("project") == parts[4] && $0.text("domain") == parts[5] && $0.text("name") == parts[6]
                && $0.text("version") == parts[7] && String($0.integer("retry_attempt")) == parts[8]
        }
        guard let found else {
            throw .notFound(
                "missing entity of type task execution with identifier task_id:{project:\"\(parts[4])\" domain:\"\(parts[5])\" name:\"\(parts[6])\" version:\"\(parts[7])\"} node_execution_id:{node_id:\"\(parts[3])\" execution_id:{\(executionText(id))}}"
            )
        }
        return found
    }

    private func definition(_ kind: DefinitionID.Kind, _ parts: [String]) throws(Refusal) -> Answer {
        let type =
            switch kind {
            case .task: "admin.Task"
            case .workflow: "admin.Workflow"
            case .launchPlan: "admin.LaunchPlan"
            }
        let id = DefinitionID(
            kind: kind, project: parts[0], domain: parts[1], name: parts[2], version: parts[3])
        return Answer(bytes: try definition(id).message, type: type)
    }

    func definition(_ id: DefinitionID) throws(Refusal) -> StoredRow {
        guard let row = installation.definition(id) else {
            throw .notFound(
                "missing entity of type \(id.kind.resourceType) with identifier project:\"\(id.project)\" domain:\"\(id.domain)\" name:\"\(id.name)\" version:\"\(id.version)\""
            )
        }
        return row
    }

    private func project(_ name: String) throws(Refusal) -> Answer {
        guard let row = installation.projects().first(where: { $0.text("identifier").hasSameBytes(as: name) })
        else {
            throw .notFound("project [\(name)] not found")
        }
        return Answer(bytes: row.message, type: "admin.Project")
    }

    private func domains() -> Answer {
        let message = Message(
            "admin.GetDomainsResponse",
            ["domains": .list(installation.domains.map { .map(["id": .string($0), "name": .string($0)]) })])
        return Answer(bytes: message.encoded(), type: "admin.GetDomainsResponse")
    }

    private func version() -> Answer {
        let message = Message(
            "admin.GetVersionResponse",
            ["control_plane_version": ["Build": "sample", "Version": "v1.16.8", "BuildTime": "2026-01-01"]])
        return Answer(bytes: message.encoded(), type: "admin.GetVersionResponse")
    }

    private func dynamicWorkflow(_ parts: [String]) throws(Refusal) -> Answer {
        _ = try node(parts)
        guard let closure = installation.dynamicWorkflow(of: parts[3], of: executionID(parts)) else {
            throw .notFound("node does not contain dynamic workflow")
        }
        var writer = WireWriter()
        writer.field(1, closure)
        return Answer(bytes: writer.bytes, type: "admin.DynamicNodeWorkflowResponse")
    }
}
