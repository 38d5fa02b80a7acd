import Locking
public import FlyteIDL
public import FlyteModel

// Each call takes one of Flyte's messages and derives the row's columns from it.
extension StoredInstallation {
    /// Adds an `admin.Project`. It gets the installation's domains when it names none.
    public func add(project: Message, columns hidden: HiddenColumns = HiddenColumns()) {
        var project = project
        if project.list("domains").isEmpty {
            project["domains"] = .list(
                domains.map { .message(Message("admin.Domain", ["id": .string($0), "name": .string($0)])) })
        }
        let id = project.string("id")
        let bytes = project.encoded()
        contents.withLock { contents in
            var columns = contents.common(
                .project, hidden, replacing: contents.projects[id], created: nil, updated: nil)
            columns["identifier"] = .text(id)
            columns["name"] = .text(project.string("name"))
            columns["description"] = .text(project.string("description"))
            columns["state"] = .integer(project.integer("state"))
            contents.projects[id] = StoredRow(.project, message: bytes, columns: columns)
        }
    }

    /// Adds an `admin.Execution` as a GET shows it.
    ///
    /// Definitions that it refers to, the execution that it repeats and the node that launched it are to
    /// be added before: their database ids are looked up now. Inputs are stored at `inputsURI`; outputs
    /// at `closure.outputs.uri`, which is set when the message has none.
    public func add(
        execution message: Message, columns hidden: HiddenColumns = HiddenColumns(),
        inputs: Message? = nil, outputs: Message? = nil
    ) {
        var message = message
        let id = (message.message("id") ?? Message("core.WorkflowExecutionIdentifier")).executionID
        let inputsURI =
            hidden.inputsURI ?? "\(blobPrefix)/metadata/\(id.project)/\(id.domain)/\(id.name)/inputs"
        var closure = message.message("closure") ?? Message("admin.ExecutionClosure")
        var outputsURI = ""
        if let outputs {
            outputsURI = closure.message("outputs")?.string("uri") ?? ""
            if outputsURI.isEmpty {
                outputsURI = "\(objects(of: id))/end-node/data/0/outputs.pb"
                closure["outputs"] = .message(Message("admin.LiteralMapBlob", ["uri": .string(outputsURI)]))
                message["closure"] = .message(closure)
            }
            add(blob: outputsURI, outputs.encoded())
        }
        if let inputs { add(blob: inputsURI, inputs.encoded()) }
        let bytes = message.encoded()
        let listed = ListedForm.execution(message).map { $0.encoded() }
        let spec = message.message("spec") ?? Message("admin.ExecutionSpec")
        let metadata = spec.message("metadata") ?? Message("admin.ExecutionMetadata")
        let changed = closure.message("state_change_details")
        let launched = spec.message("launch_plan")?.definitionID
        var references = StoredRow.References(
            execution: id, workflow: closure.message("workflow_id")?.definitionID)
        if launched?.kind == .task { references.task = launched } else { references.launchPlan = launched }
        references.tags =
            (spec.message("labels")?.map("values") ?? [:])
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .compactMap {
                if case .string(let value) = $0.value { .init(key: $0.key, value: value) } else { nil }
            } + spec.strings("tags").map { .init(key: $0, value: "") }
        let place = Place(project: id.project, domain: id.domain)
        let updated = [closure.time("updated_at"), changed?.time("occurred_at")].compactMap { $0 }.max()
        contents.withLock { contents in
            var columns = contents.common(
                .execution, hidden, replacing: contents.executions[place]?[id],
                created: closure.time("created_at"), updated: updated)
            columns["execution_project"] = .text(id.project)
            columns["execution_domain"] = .text(id.domain)
            columns["execution_name"] = .text(id.name)
            func number(of definition: DefinitionID?) -> ColumnValue {
                .integer(definition.flatMap { contents.definition($0) }?.integer("id") ?? 0)
            }
            columns["launch_plan_id"] = number(of: references.launchPlan)
            columns["workflow_id"] = number(of: references.workflow)
            columns["task_id"] = number(of: references.task)
            columns["launch_entity"] = .text(launched?.kind == .task ? "task" : "launch_plan")
            columns["phase"] = .text(closure.enumName("phase"))
            columns["started_at"] = .time(closure.time("started_at"))
            columns["execution_created_at"] = .time(closure.time("created_at"))
            columns["execution_updated_at"] = .time(closure.time("updated_at"))
            columns["duration"] = .integer(closure.nanoseconds("duration") ?? 0)
            columns["abort_cause"] = .text(
                closure.message("abort_metadata")?.string("cause") ?? closure.string("abort_cause"))
            columns["mode"] = .integer(metadata.integer("mode"))
            let source = metadata.message("reference_execution")?.executionID
            columns["source_execution_id"] = .integer(
                source.flatMap {
                    contents.executions[Place(project: $0.project, domain: $0.domain)]?[$0]
                }?.integer("id") ?? 0)
            let parent = metadata.message("parent_node_execution")
            columns["parent_node_execution_id"] = .integer(
                parent.flatMap { parent in
                    parent.message("execution_id").flatMap {
                        contents.nodes[$0.executionID]?[parent.string("node_id")]
                    }
                }?.integer("id") ?? 0)
            columns["cluster"] = .text(
                metadata.message("system_metadata")?.string("execution_cluster") ?? "")
            columns["inputs_uri"] = .text(inputsURI)
            columns["user_inputs_uri"] = .text(inputsURI)
            columns["user"] = .text(metadata.string("principal"))
            columns["state"] = .integer(changed?.integer("state") ?? 0)
            if let error = closure.message("error") {
                columns["error_kind"] = .text(error.enumName("kind"))
                columns["error_code"] = .text(error.string("code"))
            }
            contents.executions[place, default: [:]][id] = StoredRow(
                .execution, message: bytes, listed: listed, columns: columns, references: references)
            contents.heaps[place] = nil
        }
    }

    /// Adds an `admin.NodeExecution` as a GET shows it, below `parent` or at level 0.
    ///
    /// A parent's `is_parent_node` becomes true in lists whatever its own message says. Inputs are stored
    /// at `input_uri` and outputs at `closure.output_uri`, which are set when the message has none.
    /// `dynamicWorkflow` is a `core.CompiledWorkflowClosure`.
    public func add(
        node message: Message, parent: String? = nil, columns hidden: HiddenColumns = HiddenColumns(),
        inputs: Message? = nil, outputs: Message? = nil, dynamicWorkflow: Message? = nil
    ) {
        var message = message
        let nodeID = message.message("id")?.string("node_id") ?? ""
        let id =
            (message.message("id")?.message("execution_id") ?? Message("core.WorkflowExecutionIdentifier"))
            .executionID
        store(
            inputs: inputs, outputs: outputs, of: &message, in: "\(objects(of: id))/\(nodeID)/data",
            attempt: 0)
        let closure = message.message("closure") ?? Message("admin.NodeExecutionClosure")
        let bytes = message.encoded()
        let listed = ListedForm.node(message, hasChildren: false).map { $0.encoded() }
        let dynamic = dynamicWorkflow?.encoded()
        let key = NodeKey(execution: id, node: nodeID)
        contents.withLock { contents in
            var columns = contents.common(
                .nodeExecution, hidden, replacing: contents.nodes[id]?[nodeID],
                created: closure.time("created_at"), updated: closure.time("updated_at"))
            columns["execution_project"] = .text(id.project)
            columns["execution_domain"] = .text(id.domain)
            columns["execution_name"] = .text(id.name)
            columns["node_id"] = .text(nodeID)
            columns["phase"] = .text(closure.enumName("phase"))
            columns["input_uri"] = .text(message.string("input_uri"))
            columns["started_at"] = .time(closure.time("started_at"))
            columns["node_execution_created_at"] = .time(closure.time("created_at"))
            columns["node_execution_updated_at"] = .time(closure.time("updated_at"))
            columns["duration"] = .integer(closure.nanoseconds("duration") ?? 0)
            if let parentRow = parent.flatMap({ contents.nodes[id]?[$0] }) {
                columns["parent_id"] = parentRow["id"]
                contents.children[parentRow.integer("id"), default: []].insert(nodeID)
                contents.markAsParent(parentRow, in: id)
            }
            if let attempt = hidden.parentTaskExecutionID {
                columns["parent_task_execution_id"] = .integer(attempt)
            }
            if let error = closure.message("error") {
                columns["error_kind"] = .text(error.enumName("kind"))
                columns["error_code"] = .text(error.string("code"))
            }
            if let task = closure.message("task_node_metadata") {
                columns["cache_status"] = .text(task.enumName("cache_status"))
            }
            if dynamic != nil {
                columns["dynamic_workflow_remote_closure_reference"] = .text(
                    "\(objects(of: id))/\(nodeID)/dynamic_compiled.pb")
            }
            let row = StoredRow(
                .nodeExecution, message: bytes, listed: listed, columns: columns,
                references: StoredRow.References(execution: id, nodeID: nodeID))
            contents.nodes[id, default: [:]][nodeID] = row
            if let dynamic { contents.dynamicWorkflows[key] = dynamic }
            if contents.children[row.integer("id")] != nil { contents.markAsParent(row, in: id) }
        }
    }

    /// Adds an `admin.TaskExecution`. Inputs and outputs as for nodes.
    public func add(
        attempt message: Message, columns hidden: HiddenColumns = HiddenColumns(),
        inputs: Message? = nil, outputs: Message? = nil
    ) {
        var message = message
        let identifier = message.message("id") ?? Message("core.TaskExecutionIdentifier")
        let task = identifier.message("task_id") ?? Message("core.Identifier")
        let node = identifier.message("node_execution_id") ?? Message("core.NodeExecutionIdentifier")
        let id = (node.message("execution_id") ?? Message("core.WorkflowExecutionIdentifier")).executionID
        let nodeID = node.string("node_id")
        let attempt = identifier.integer("retry_attempt")
        store(
            inputs: inputs, outputs: outputs, of: &message, in: "\(objects(of: id))/\(nodeID)/data",
            attempt: attempt)
        let closure = message.message("closure") ?? Message("admin.TaskExecutionClosure")
        let bytes = message.encoded()
        let nodeKey = NodeKey(execution: id, node: nodeID)
        let key = AttemptKey(task: task.definitionID, attempt: attempt)
        contents.withLock { contents in
            var columns = contents.common(
                .taskExecution, hidden, replacing: contents.attempts[nodeKey]?[key],
                created: closure.time("created_at"), updated: closure.time("updated_at"))
            columns["project"] = .text(task.string("project"))
            columns["domain"] = .text(task.string("domain"))
            columns["name"] = .text(task.string("name"))
            columns["version"] = .text(task.string("version"))
            columns["execution_project"] = .text(id.project)
            columns["execution_domain"] = .text(id.domain)
            columns["execution_name"] = .text(id.name)
            columns["node_id"] = .text(nodeID)
            columns["retry_attempt"] = .integer(attempt)
            columns["phase"] = .text(closure.enumName("phase"))
            columns["phase_version"] = .integer(hidden.phaseVersion ?? 0)
            columns["input_uri"] = .text(message.string("input_uri"))
            columns["started_at"] = .time(closure.time("started_at"))
            columns["task_execution_created_at"] = .time(closure.time("created_at"))
            columns["task_execution_updated_at"] = .time(closure.time("updated_at"))
            columns["duration"] = .integer(closure.nanoseconds("duration") ?? 0)
            contents.attempts[nodeKey, default: [:]][key] = StoredRow(
                .taskExecution, message: bytes, columns: columns,
                references: StoredRow.References(execution: id, nodeID: nodeID, task: task.definitionID))
        }
    }

    /// Adds an `admin.Signal`.
    public func add(signal message: Message, columns hidden: HiddenColumns = HiddenColumns()) {
        let identifier = message.message("id") ?? Message("core.SignalIdentifier")
        let id =
            (identifier.message("execution_id") ?? Message("core.WorkflowExecutionIdentifier")).executionID
        let signal = identifier.string("signal_id")
        let bytes = message.encoded()
        contents.withLock { contents in
            let created = contents.executions[Place(project: id.project, domain: id.domain)]?[id].map {
                $0["created_at"]
            }
            var columns = contents.common(
                .signal, hidden, replacing: contents.signals[id]?[signal], created: nil, updated: nil)
            for name in ["created_at", "updated_at"] where columns[name] == .null {
                columns[name] = created ?? .null
            }
            columns["execution_project"] = .text(id.project)
            columns["execution_domain"] = .text(id.domain)
            columns["execution_name"] = .text(id.name)
            columns["signal_id"] = .text(signal)
            contents.signals[id, default: [:]][signal] = StoredRow(
                .signal, message: bytes, columns: columns,
                references: StoredRow.References(execution: id))
        }
    }

    /// Adds an `admin.Task`, `admin.Workflow` or `admin.LaunchPlan`, and the name as an active named
    /// entity. The workflow of a launch plan is to be added before.
    public func add(definition message: Message, columns hidden: HiddenColumns = HiddenColumns()) {
        let identifier = message.message("id") ?? Message("core.Identifier")
        let kind: DefinitionID.Kind =
            switch message.type.name {
            case "admin.Task": .task
            case "admin.Workflow": .workflow
            case "admin.LaunchPlan": .launchPlan
            default: preconditionFailure("\(message.type.name) is no definition")
            }
        let id = DefinitionID(
            kind: kind, project: identifier.string("project"), domain: identifier.string("domain"),
            name: identifier.string("name"), version: identifier.string("version"))
        let place = Place(project: id.project, domain: id.domain)
        let closure = message.message("closure")
        let bytes = message.encoded()
        var listed: [UInt8]?
        var own: [String: ColumnValue] = [
            "project": .text(id.project), "domain": .text(id.domain), "name": .text(id.name),
            "version": .text(id.version),
        ]
        var references = StoredRow.References()
        switch kind {
        case .task:
            let template = closure?.message("compiled_task")?.message("template")
            own["type"] = .text(template?.string("type") ?? "")
            own["short_description"] = .text(message.string("short_description"))
        case .workflow:
            own["short_description"] = .text(message.string("short_description"))
            own["remote_closure_identifier"] = .text(
                "\(blobPrefix)/metadata/\(id.project)/\(id.domain)/\(id.name)/\(id.version)")
            listed = ListedForm.workflow(message).encoded()
        case .launchPlan:
            let spec = message.message("spec")
            references.workflow = spec?.message("workflow_id")?.definitionID
            own["state"] = .integer(closure?.integer("state") ?? 0)
            let schedule = spec?.message("entity_metadata")?.message("schedule")
            own["schedule_type"] =
                switch schedule?.whichOneof("ScheduleExpression")?.name {
                case nil: .text("NONE")
                case "rate": .text("RATE")
                default: .text("CRON")
                }
        }
        contents.withLock { contents in
            var columns = contents.common(
                kind.entity, hidden, replacing: contents.definition(id),
                created: closure?.time("created_at"),
                updated: closure.flatMap { kind == .launchPlan ? $0.time("updated_at") : nil })
            columns.merge(own) { _, new in new }
            if kind == .launchPlan {
                columns["workflow_id"] = .integer(
                    references.workflow.flatMap { contents.definition($0) }?.integer("id") ?? 0)
            }
            contents.definitions[kind, default: [:]][place, default: [:]][id] = StoredRow(
                kind.entity, message: bytes, listed: listed, columns: columns, references: references)
            if contents.namedEntities[kind]?[place]?[id.name] == nil {
                let entity = Message(
                    "admin.NamedEntity",
                    [
                        "resource_type": .string(kind.resourceType),
                        "id": [
                            "project": .string(id.project), "domain": .string(id.domain),
                            "name": .string(id.name),
                        ],
                        "metadata": .message(Message("admin.NamedEntityMetadata")),
                    ])
                contents.set(entity, kind, place)
            }
        }
    }

    /// Sets the description and state of a name: an `admin.NamedEntity` with its resource type.
    public func set(namedEntity message: Message) {
        let id = message.message("id") ?? Message("admin.NamedEntityIdentifier")
        let place = Place(project: id.string("project"), domain: id.string("domain"))
        guard
            let kind = DefinitionID.Kind.allCases.first(where: {
                $0.resourceType == message.enumName("resource_type")
            })
        else { return }
        contents.withLock {
            $0.generation += 1
            $0.set(message, kind, place)
        }
    }

    /// Adds an `admin.DescriptionEntity`.
    public func add(description message: Message, columns hidden: HiddenColumns = HiddenColumns()) {
        guard let id = message.message("id")?.definitionID else { return }
        let place = Place(project: id.project, domain: id.domain)
        let bytes = message.encoded()
        contents.withLock { contents in
            var columns = contents.common(
                .descriptionEntity, hidden, replacing: contents.descriptions[id.kind]?[place]?[id],
                created: nil, updated: nil)
            columns["project"] = .text(id.project)
            columns["domain"] = .text(id.domain)
            columns["name"] = .text(id.name)
            columns["version"] = .text(id.version)
            columns["short_description"] = .text(message.string("short_description"))
            contents.descriptions[id.kind, default: [:]][place, default: [:]][id] = StoredRow(
                .descriptionEntity, message: bytes, columns: columns)
        }
    }

    /// Archives an execution or makes it active again, as an update does, which the server writes down.
    public func set(state: String, of id: ExecutionID, at time: Timestamp, by principal: String) {
        guard let row = execution(id),
            var message = try? Message(decoding: row.message, as: "admin.Execution")
        else { return }
        var closure = message.message("closure") ?? Message("admin.ExecutionClosure")
        closure["state_change_details"] = [
            "state": .string(state), "occurred_at": .message(Message(time)), "principal": .string(principal),
        ]
        message["closure"] = .message(closure)
        add(execution: message, columns: HiddenColumns(updatedAt: time, inputsURI: row.text("inputs_uri")))
    }

    /// Takes an execution's row out, as an operator does in the database.
    public func remove(execution id: ExecutionID) {
        contents.withLock { contents in
            contents.generation += 1
            let place = Place(project: id.project, domain: id.domain)
            contents.executions[place]?[id] = nil
            contents.heaps[place] = nil
        }
    }

    /// Puts an object into the blob store, or takes it out with nil.
    public func add(blob uri: String, _ bytes: [UInt8]?) {
        contents.withLock {
            $0.generation += 1
            $0.blobs[uri] = bytes
        }
    }

    /// Where an engine keeps what belongs to an execution.
    public func objects(of id: ExecutionID) -> String {
        "\(blobPrefix)/metadata/propeller/\(id.project)-\(id.domain)-\(id.name)"
    }

    private func store(
        inputs: Message?, outputs: Message?, of message: inout Message, in folder: String, attempt: Int64
    ) {
        if let inputs {
            if message.string("input_uri").isEmpty { message["input_uri"] = .string("\(folder)/inputs.pb") }
            add(blob: message.string("input_uri"), inputs.encoded())
        }
        if let outputs, var closure = message.message("closure") {
            if closure.string("output_uri").isEmpty {
                closure["output_uri"] = .string("\(folder)/\(attempt)/outputs.pb")
                message["closure"] = .message(closure)
            }
            add(blob: closure.string("output_uri"), outputs.encoded())
        }
    }
}

extension StoredInstallation.Contents {
    /// Lists show a node as a parent as soon as there are rows below it.
    mutating func markAsParent(_ row: StoredRow, in execution: ExecutionID) {
        guard let message = try? Message(decoding: row.message, as: "admin.NodeExecution"),
            let listed = ListedForm.node(message, hasChildren: true)
        else { return }
        nodes[execution, default: [:]][row.text("node_id")] = row.listing(listed.encoded())
    }

    mutating func set(
        _ entity: Message, _ kind: DefinitionID.Kind, _ place: StoredInstallation.Place
    ) {
        let name = entity.message("id")?.string("name") ?? ""
        let metadata = entity.message("metadata")
        namedEntities[kind, default: [:]][place, default: [:]][name] = StoredRow(
            .namedEntity, message: entity.encoded(),
            columns: [
                "resource_type": .integer(entity.integer("resource_type")),
                "project": .text(place.project.text), "domain": .text(place.domain.text), "name": .text(name),
                "description": .text(metadata?.string("description") ?? ""),
                "state": .integer(metadata?.integer("state") ?? 0),
            ])
    }
}
