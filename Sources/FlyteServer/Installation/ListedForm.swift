import FlyteIDL

/// How lists show what a single GET shows whole.
enum ListedForm {
    /// The server cuts error messages of executions and nodes in lists to so many bytes.
    static let errorMessageLimit = 100

    /// nil when lists show the execution as a GET does.
    static func execution(_ message: Message) -> Message? {
        var message = message
        var isChanged = false
        if var spec = message.message("spec") {
            if spec["inputs"] != nil {
                spec["inputs"] = nil
                isChanged = true
            }
            if isChanged { message["spec"] = .message(spec) }
        }
        if var closure = message.message("closure") {
            let cut = cutError(&closure)
            if closure["computed_inputs"] != nil || cut {
                closure["computed_inputs"] = nil
                message["closure"] = .message(closure)
                isChanged = true
            }
        }
        return isChanged ? message : nil
    }

    /// nil when lists show the node as a GET does.
    static func node(_ message: Message, hasChildren: Bool) -> Message? {
        var message = message
        var isChanged = false
        if var closure = message.message("closure"), cutError(&closure) {
            message["closure"] = .message(closure)
            isChanged = true
        }
        if hasChildren {
            var metadata = message.message("metadata") ?? Message("admin.NodeExecutionMetaData")
            if !metadata.bool("is_parent_node") {
                metadata["is_parent_node"] = true
                message["metadata"] = .message(metadata)
                isChanged = true
            }
        }
        return isChanged ? message : nil
    }

    /// Lists have only what the database row has, not the compiled closure in the blob store.
    static func workflow(_ message: Message) -> Message {
        var listed = Message("admin.Workflow")
        listed["id"] = message["id"]
        listed["short_description"] = message["short_description"]
        guard let closure = message.message("closure") else { return listed }
        var template = Message("core.WorkflowTemplate")
        template["interface"] =
            closure.message("compiled_workflow")?.message("primary")?.message("template")?["interface"]
        var short = Message("admin.WorkflowClosure")
        short["created_at"] = closure["created_at"]
        short["compiled_workflow"] = ["primary": ["template": .message(template)]]
        listed["closure"] = .message(short)
        return listed
    }

    private static func cutError(_ closure: inout Message) -> Bool {
        guard var error = closure.message("error") else { return false }
        let text = error.string("message")
        guard text.utf8.count > errorMessageLimit else { return false }
        var bytes = Array(text.utf8.prefix(errorMessageLimit))
        // A character that was cut in two goes.
        while !bytes.isEmpty, String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
        error["message"] = .string(String(decoding: bytes, as: UTF8.self))
        closure["error"] = .message(error)
        return true
    }
}
