/// The views and their columns, as they are documented: people's SQL depends on them.
public enum ViewContract {
    /// In the order of their documentation.
    public static let views: [(name: String, columns: [String])] = [
        (
            "v_execution",
            """
            source, project, domain, name, launch_plan, launch_plan_version, workflow, workflow_version, phase, mode, principal, cluster, nesting, created_at, started_at, ended_at, queue_s, duration_s, wall_s, scheduled_at, error_kind, error_code, error_message, cause_kind, cause_code, cause_message, cause_execution, cause_node_id, cause_attempt, abort_cause, abort_principal, parent_execution, parent_node_id, reference_execution, archived, node_count, attempt_count, retry_count, input_map_id, output_map_id, is_complete, console_url, is_child, cause_class
            """
        ),
        ("v_execution_tag", "source, project, domain, execution, kind, key, value"),
        (
            "v_node_execution",
            """
            source, project, domain, execution, node_id, spec_node_id, node_name, parent_node_id, depth, kind, retry_group, phase, task, task_version, task_type, cache_status, created_at, started_at, ended_at, queue_s, duration_s, wall_s, attempt_count, error_kind, error_code, error_message, child_execution, input_map_id, output_map_id, deck_uri, node_path
            """
        ),
        (
            "v_task_execution",
            """
            source, project, domain, execution, node_id, attempt, task, task_version, task_type, phase, created_at, started_at, ended_at, queue_s, duration_s, wall_s, error_kind, error_code, error_message, fingerprint, reason, cpu_request, memory_request_bytes, gpu_request, pod, input_map_id, output_map_id, elements, replicas, had_container
            """
        ),
        (
            "v_subtask",
            "source, project, domain, execution, node_id, attempt, index, subtask_attempt, phase, cache_status, external_id"
        ),
        ("v_reason", "source, project, domain, execution, node_id, attempt, at, reason"),
        ("v_log", "source, project, domain, execution, node_id, attempt, name, uri"),
        (
            "v_literal",
            "source, project, domain, execution, node_id, attempt, direction, name, type, value_json, value_number, value_text, uri, size_bytes"
        ),
        (
            "v_span",
            "source, project, domain, execution, span_id, parent_id, depth, entity, node_id, attempt, operation, start_at, end_at, duration_s, origin"
        ),
        ("v_capture", "source, project, domain, execution, node_id, attempt, field, state, detail, seen_at"),
        (
            "v_problem",
            "source, project, domain, execution, route, status, message, tries, first_seen_at, last_seen_at, resolved_at"
        ),
        (
            "v_harvest",
            "source, harvest_id, started_at, ended_at, outcome, tool_version, requests, bytes_in, executions_new, executions_updated, problems"
        ),
        (
            "v_definition",
            "source, kind, project, domain, name, version, created_at, task_type, image, is_cacheable, cache_version, retries, timeout_s, cpu_request, memory_request_bytes, gpu_request, schedule"
        ),
        (
            "v_edge",
            "source, project, domain, workflow, workflow_version, execution, node_id, upstream, downstream"
        ),
        ("v_signal", "source, project, domain, execution, signal_id, type, value_json, seen_at"),
        (
            "v_critical_path",
            "source, project, domain, execution, step, node_id, spec_node_id, attempt, class, start_at, end_at, duration_s, node_path"
        ),
        (
            "v_failure",
            "source, project, domain, execution, workflow, ended_at, fingerprint, fingerprint_rule, label, cause_class, cause_execution, cause_node_id, cause_attempt, task, is_child"
        ),
        ("v_vanished", "source, project, domain, execution, seen_at"),
        (
            "v_redaction",
            "source, project, domain, execution, definition_kind, definition, definition_version, node_id, attempt, field, name, rule, token, count"
        ),
        (
            "v_error",
            "source, project, domain, execution, node_id, attempt, ended_at, kind, code, message, fingerprint, error_id"
        ),
        (
            "v_message",
            "source, project, domain, execution, message_id, kind, node_id, attempt, direction, length, sha256"
        ),
        (
            "v_literal_leaf",
            "source, project, domain, execution, node_id, attempt, direction, name, path, type, value_number, value_text"
        ),
        (
            "literal_place",
            "source, project, domain, execution, node_id, attempt, direction, name, type, number, text, json, uri, size_bytes"
        ),
        (
            "error_place",
            "source, project, domain, execution, node_id, attempt, ended_at, kind, code, message, fingerprint, error_id"
        ),
        ("sealed", "part, id, number, content"),
        ("cause", "execution_id, error_id, cause_class, cause_execution_id"),
        ("v_forgotten", "source, kind, digest, reason, executions, forgotten_at"),
    ].map { (name: $0, columns: $1.split(separator: ", ").map(String.init)) }
}
