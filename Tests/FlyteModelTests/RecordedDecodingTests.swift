import FlyteIDL
import FlyteModel
import TestSupport
import Testing

/// The cursor's values against the generic decoding of the same recorded bytes.
struct RecordedDecodingTests {
    static let sets: [RecordedExchange.Set] = [.propellerCases, .propellerBulk, .scriptedLocal]

    private func time(_ message: Message?) -> Timestamp? {
        message.map { Timestamp(seconds: $0.integer("seconds"), nanos: $0.integer("nanos")) }
    }

    private func nanoseconds(_ message: Message?) -> Int64? {
        message.map { $0.integer("seconds") * 1_000_000_000 + $0.integer("nanos") }
    }

    private func id(_ message: Message?) -> ExecutionID? {
        message.map {
            ExecutionID(
                project: $0.string("project"), domain: $0.string("domain"), name: $0.string("name"))
        }
    }

    private func expectLifetime(_ lifetime: Lifetime, _ closure: Message?, _ comment: Comment) {
        #expect(lifetime.createdAt == time(closure?.message("created_at")), comment)
        #expect(lifetime.startedAt == time(closure?.message("started_at")), comment)
        #expect(lifetime.updatedAt == time(closure?.message("updated_at")), comment)
        #expect(lifetime.duration == nanoseconds(closure?.message("duration")), comment)
    }

    private func expectError(_ error: ExecutionError?, _ closure: Message?, _ comment: Comment) {
        let expected = closure?.message("error")
        #expect((error == nil) == (expected == nil), comment)
        guard let error, let expected else { return }
        #expect(error.code == expected.string("code"), comment)
        #expect(error.message == expected.string("message"), comment)
        #expect(error.kind.rawValue == expected.enumName("kind"), comment)
        #expect(error.timestamp == time(expected.message("timestamp")), comment)
    }

    private func messages(
        _ kind: CapturedMessage.Kind, _ type: String, _ set: RecordedExchange.Set
    ) throws -> [(bytes: [UInt8], message: Message)] {
        try RecordedCaptures(set).captures.values.flatMap(\.messages).filter { $0.kind == kind }
            .map { ($0.bytes, try Message(decoding: $0.bytes, as: type)) }
    }

    @Test(arguments: sets) func executionsAreWhatTheirMessagesSay(set: RecordedExchange.Set) throws {
        let messages = try messages(.execution, "admin.Execution", set)
        #expect(messages.count > 50)
        for (bytes, message) in messages {
            let execution = try Execution(decoding: bytes)
            let comment = Comment(rawValue: execution.id.name)
            let (spec, closure) = (message.message("spec"), message.message("closure"))
            let metadata = spec?.message("metadata")
            #expect(execution.id == id(message.message("id")), comment)
            expectLifetime(execution.lifetime, closure, comment)
            expectError(execution.error, closure, comment)
            #expect(execution.phase.rawValue == closure?.enumName("phase"), comment)
            #expect(execution.mode.rawValue == metadata?.enumName("mode"), comment)
            #expect(execution.principal == metadata?.string("principal"), comment)
            #expect(Int64(execution.nesting) == metadata?.integer("nesting"), comment)
            #expect(execution.scheduledAt == time(metadata?.message("scheduled_at")), comment)
            #expect(execution.reference == id(metadata?.message("reference_execution")), comment)
            let parent = metadata?.message("parent_node_execution")
            #expect(execution.parent?.nodeID == parent?.string("node_id"), comment)
            #expect(execution.parent?.execution == id(parent?.message("execution_id")), comment)
            let cluster = metadata?.message("system_metadata")?.string("execution_cluster") ?? ""
            #expect(execution.cluster == cluster, comment)
            #expect(execution.workflow?.name == closure?.message("workflow_id")?.string("name"), comment)
            #expect(execution.launchPlan?.name == spec?.message("launch_plan")?.string("name"), comment)
            let abort = closure?.message("abort_metadata")
            #expect(execution.abort?.cause == abort?.string("cause"), comment)
            #expect(execution.outputURI == closure?.message("outputs")?.string("uri"), comment)
            let state = closure?.message("state_change_details")?.enumName("state")
            #expect(execution.isArchived == (state == "EXECUTION_ARCHIVED"), comment)
            for (pairs, field) in [(execution.labels, "labels"), (execution.annotations, "annotations")] {
                let map = spec?.message(field)?.map("values")
                #expect(pairs.count == map?.count ?? 0, comment)
                for pair in pairs { #expect(map?[pair.key] == .string(pair.value), comment) }
            }
            #expect(execution.tags == spec?.strings("tags") ?? [], comment)
        }
    }

    @Test(arguments: sets) func nodesAreWhatTheirMessagesSay(set: RecordedExchange.Set) throws {
        let messages = try messages(.node, "admin.NodeExecution", set)
        #expect(messages.count > 200)
        for (bytes, message) in messages {
            let node = try NodeExecution(decoding: bytes)
            let comment = Comment(rawValue: node.id.nodeID)
            let (closure, metadata) = (message.message("closure"), message.message("metadata"))
            #expect(node.id.nodeID == message.message("id")?.string("node_id"), comment)
            #expect(node.id.execution == id(message.message("id")?.message("execution_id")), comment)
            expectLifetime(node.lifetime, closure, comment)
            expectError(node.error, closure, comment)
            #expect(node.phase.rawValue == closure?.enumName("phase"), comment)
            #expect(node.inputURI == message.string("input_uri"), comment)
            #expect(node.outputURI ?? "" == closure?.string("output_uri"), comment)
            #expect(node.deckURI == closure?.string("deck_uri"), comment)
            #expect(node.retryGroup == metadata?.string("retry_group"), comment)
            #expect(node.specNodeID == metadata?.string("spec_node_id"), comment)
            #expect(node.isParent == metadata?.bool("is_parent_node"), comment)
            #expect(node.isDynamic == metadata?.bool("is_dynamic"), comment)
            #expect(node.isArray == metadata?.bool("is_array"), comment)
            let child = closure?.message("workflow_node_metadata")?.message("executionId")
            #expect(node.child == id(child), comment)
            let cache = closure?.message("task_node_metadata")?.enumName("cache_status")
            #expect(node.cacheStatus.rawValue == cache ?? "CACHE_DISABLED", comment)
        }
    }

    @Test(arguments: sets) func attemptsAreWhatTheirMessagesSay(set: RecordedExchange.Set) throws {
        let messages = try messages(.attempt, "admin.TaskExecution", set)
        #expect(messages.count > 100)
        for (bytes, message) in messages {
            let attempt = try TaskExecution(decoding: bytes)
            let comment = Comment(rawValue: attempt.node.nodeID)
            let (closure, identifier) = (message.message("closure"), message.message("id"))
            let metadata = closure?.message("metadata")
            #expect(attempt.task.name == identifier?.message("task_id")?.string("name"), comment)
            #expect(Int64(attempt.retryAttempt) == identifier?.integer("retry_attempt"), comment)
            expectLifetime(attempt.lifetime, closure, comment)
            expectError(attempt.error, closure, comment)
            #expect(attempt.phase.rawValue == closure?.enumName("phase"), comment)
            #expect(attempt.taskType == closure?.string("task_type"), comment)
            #expect(attempt.reason == closure?.string("reason"), comment)
            let reasons = closure?.messages("reasons") ?? []
            #expect(attempt.reasons.map(\.message) == reasons.map { $0.string("message") }, comment)
            #expect(attempt.reasons.map(\.at) == reasons.map { time($0.message("occurred_at")) }, comment)
            let logs = closure?.messages("logs") ?? []
            #expect(attempt.logs.map(\.uri) == logs.map { $0.string("uri") }, comment)
            #expect(attempt.logs.map(\.name) == logs.map { $0.string("name") }, comment)
            #expect(attempt.generatedName == metadata?.string("generated_name") ?? "", comment)
            let elements = metadata?.messages("external_resources") ?? []
            #expect(attempt.externalResources.count == elements.count, comment)
            for (element, expected) in zip(attempt.externalResources, elements) {
                #expect(element.externalID == expected.string("external_id"), comment)
                #expect(Int64(element.index) == expected.integer("index"), comment)
                #expect(Int64(element.retryAttempt) == expected.integer("retry_attempt"), comment)
                #expect(element.phase.rawValue == expected.enumName("phase"), comment)
                #expect(element.cacheStatus.rawValue == expected.enumName("cache_status"), comment)
                #expect(element.logs.count == expected.messages("logs").count, comment)
            }
        }
    }

    @Test(arguments: sets) func literalMapsLieWhereTheDataAnswersHaveThem(set: RecordedExchange.Set) throws {
        var found = 0
        for tree in try RecordedCaptures(set).trees().values {
            func expect(
                _ place: ExecutionTree.MapPlace?, _ field: String, _ type: String, _ index: Int?
            ) throws {
                guard let index else { return #expect(place == nil) }
                let bytes = tree.capture.messages[index].bytes
                let expected = try Message(decoding: bytes, as: type).message(field)
                #expect((place == nil) == (expected == nil))
                guard let place, let expected else { return }
                found += 1
                #expect(place.message == index)
                #expect(try Message(decoding: Array(bytes[place.range]), as: "core.LiteralMap") == expected)
            }
            func data(_ nodeID: String?, _ attempt: UInt32?) -> Int? {
                tree.capture.messages.firstIndex {
                    $0.kind == .data && $0.place.nodeID == nodeID && $0.place.attempt == attempt
                }
            }
            let top = "admin.WorkflowExecutionGetDataResponse"
            try expect(tree.inputs, "full_inputs", top, data(nil, nil))
            try expect(tree.outputs, "full_outputs", top, data(nil, nil))
            for node in tree.nodes {
                let type = "admin.NodeExecutionGetDataResponse"
                try expect(node.inputs, "full_inputs", type, data(node.id, nil))
                try expect(node.outputs, "full_outputs", type, data(node.id, nil))
            }
        }
        #expect(found > 500)
    }
}
