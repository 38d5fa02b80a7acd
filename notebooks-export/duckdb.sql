-- The views of an archive for DuckDB, with the types of their columns. A test writes and checks this file.
--
--     SET sqlite_all_varchar = true;
--     ATTACH 'runs.db' AS flightlog (TYPE sqlite, READ_ONLY);
--     .read notebooks-export/duckdb.sql
--
-- DuckDB's reader takes what a view computes for text, and refuses a column whose values are of several types; so it
-- is told to take all for text, before the archive is attached, and the views here say what is what. Times are in UTC.

CREATE OR REPLACE VIEW v_execution_tag AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "kind",
    "key",
    "value"
FROM flightlog.main.v_execution_tag;

CREATE OR REPLACE VIEW v_subtask AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    CAST("index" AS BIGINT) AS "index",
    CAST("subtask_attempt" AS BIGINT) AS "subtask_attempt",
    "phase",
    "cache_status",
    "external_id"
FROM flightlog.main.v_subtask;

CREATE OR REPLACE VIEW v_reason AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    CAST("at" AS TIMESTAMP) AS "at",
    "reason"
FROM flightlog.main.v_reason;

CREATE OR REPLACE VIEW v_log AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "name",
    "uri"
FROM flightlog.main.v_log;

CREATE OR REPLACE VIEW v_problem AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "route",
    CAST("status" AS BIGINT) AS "status",
    "message",
    CAST("tries" AS BIGINT) AS "tries",
    CAST("first_seen_at" AS TIMESTAMP) AS "first_seen_at",
    CAST("last_seen_at" AS TIMESTAMP) AS "last_seen_at",
    CAST("resolved_at" AS TIMESTAMP) AS "resolved_at"
FROM flightlog.main.v_problem;

CREATE OR REPLACE VIEW v_definition AS SELECT
    "source",
    "kind",
    "project",
    "domain",
    "name",
    "version",
    CAST("created_at" AS TIMESTAMP) AS "created_at",
    "task_type",
    "image",
    CAST("is_cacheable" AS BIGINT) AS "is_cacheable",
    "cache_version",
    CAST("retries" AS BIGINT) AS "retries",
    CAST("timeout_s" AS DOUBLE) AS "timeout_s",
    CAST("cpu_request" AS DOUBLE) AS "cpu_request",
    CAST("memory_request_bytes" AS BIGINT) AS "memory_request_bytes",
    CAST("gpu_request" AS DOUBLE) AS "gpu_request",
    "schedule"
FROM flightlog.main.v_definition;

CREATE OR REPLACE VIEW v_edge AS SELECT
    "source",
    "project",
    "domain",
    "workflow",
    "workflow_version",
    "execution",
    "node_id",
    "upstream",
    "downstream"
FROM flightlog.main.v_edge;

CREATE OR REPLACE VIEW v_signal AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "signal_id",
    "type",
    "value_json",
    CAST("seen_at" AS TIMESTAMP) AS "seen_at"
FROM flightlog.main.v_signal;

CREATE OR REPLACE VIEW v_vanished AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    CAST("seen_at" AS TIMESTAMP) AS "seen_at"
FROM flightlog.main.v_vanished;

CREATE OR REPLACE VIEW v_redaction AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "definition_kind",
    "definition",
    "definition_version",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "field",
    "name",
    "rule",
    "token",
    CAST("count" AS BIGINT) AS "count"
FROM flightlog.main.v_redaction;

CREATE OR REPLACE VIEW v_forgotten AS SELECT
    "source",
    "kind",
    "digest",
    "reason",
    CAST("executions" AS BIGINT) AS "executions",
    CAST("forgotten_at" AS TIMESTAMP) AS "forgotten_at"
FROM flightlog.main.v_forgotten;

CREATE OR REPLACE VIEW v_message AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    CAST("message_id" AS BIGINT) AS "message_id",
    "kind",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "direction",
    CAST("length" AS BIGINT) AS "length",
    "sha256"
FROM flightlog.main.v_message;

CREATE OR REPLACE VIEW v_node_execution AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    "spec_node_id",
    "node_name",
    "parent_node_id",
    CAST("depth" AS BIGINT) AS "depth",
    "kind",
    "retry_group",
    "phase",
    "task",
    "task_version",
    "task_type",
    "cache_status",
    CAST("created_at" AS TIMESTAMP) AS "created_at",
    CAST("started_at" AS TIMESTAMP) AS "started_at",
    CAST("ended_at" AS TIMESTAMP) AS "ended_at",
    CAST("queue_s" AS DOUBLE) AS "queue_s",
    CAST("duration_s" AS DOUBLE) AS "duration_s",
    CAST("wall_s" AS DOUBLE) AS "wall_s",
    CAST("attempt_count" AS BIGINT) AS "attempt_count",
    "error_kind",
    "error_code",
    "error_message",
    "child_execution",
    CAST("input_map_id" AS BIGINT) AS "input_map_id",
    CAST("output_map_id" AS BIGINT) AS "output_map_id",
    "deck_uri",
    "node_path"
FROM flightlog.main.v_node_execution;

CREATE OR REPLACE VIEW v_task_execution AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "task",
    "task_version",
    "task_type",
    "phase",
    CAST("created_at" AS TIMESTAMP) AS "created_at",
    CAST("started_at" AS TIMESTAMP) AS "started_at",
    CAST("ended_at" AS TIMESTAMP) AS "ended_at",
    CAST("queue_s" AS DOUBLE) AS "queue_s",
    CAST("duration_s" AS DOUBLE) AS "duration_s",
    CAST("wall_s" AS DOUBLE) AS "wall_s",
    "error_kind",
    "error_code",
    "error_message",
    "fingerprint",
    "reason",
    CAST("cpu_request" AS DOUBLE) AS "cpu_request",
    CAST("memory_request_bytes" AS BIGINT) AS "memory_request_bytes",
    CAST("gpu_request" AS DOUBLE) AS "gpu_request",
    "pod",
    CAST("input_map_id" AS BIGINT) AS "input_map_id",
    CAST("output_map_id" AS BIGINT) AS "output_map_id",
    CAST("elements" AS BIGINT) AS "elements",
    CAST("replicas" AS BIGINT) AS "replicas",
    CAST("had_container" AS BIGINT) AS "had_container"
FROM flightlog.main.v_task_execution;

CREATE OR REPLACE VIEW v_critical_path AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    CAST("step" AS BIGINT) AS "step",
    "node_id",
    "spec_node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "class",
    CAST("start_at" AS TIMESTAMP) AS "start_at",
    CAST("end_at" AS TIMESTAMP) AS "end_at",
    CAST("duration_s" AS DOUBLE) AS "duration_s",
    "node_path"
FROM flightlog.main.v_critical_path;

CREATE OR REPLACE VIEW v_execution AS SELECT
    "source",
    "project",
    "domain",
    "name",
    "launch_plan",
    "launch_plan_version",
    "workflow",
    "workflow_version",
    "phase",
    "mode",
    "principal",
    "cluster",
    CAST("nesting" AS BIGINT) AS "nesting",
    CAST("created_at" AS TIMESTAMP) AS "created_at",
    CAST("started_at" AS TIMESTAMP) AS "started_at",
    CAST("ended_at" AS TIMESTAMP) AS "ended_at",
    CAST("queue_s" AS DOUBLE) AS "queue_s",
    CAST("duration_s" AS DOUBLE) AS "duration_s",
    CAST("wall_s" AS DOUBLE) AS "wall_s",
    CAST("scheduled_at" AS TIMESTAMP) AS "scheduled_at",
    "error_kind",
    "error_code",
    "error_message",
    "cause_kind",
    "cause_code",
    "cause_message",
    "cause_execution",
    "cause_node_id",
    CAST("cause_attempt" AS BIGINT) AS "cause_attempt",
    "abort_cause",
    "abort_principal",
    "parent_execution",
    "parent_node_id",
    "reference_execution",
    CAST("archived" AS BIGINT) AS "archived",
    CAST("node_count" AS BIGINT) AS "node_count",
    CAST("attempt_count" AS BIGINT) AS "attempt_count",
    CAST("retry_count" AS BIGINT) AS "retry_count",
    CAST("input_map_id" AS BIGINT) AS "input_map_id",
    CAST("output_map_id" AS BIGINT) AS "output_map_id",
    CAST("is_complete" AS BIGINT) AS "is_complete",
    "console_url",
    CAST("is_child" AS BIGINT) AS "is_child",
    "cause_class"
FROM flightlog.main.v_execution;

CREATE OR REPLACE VIEW v_capture AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "field",
    "state",
    "detail",
    CAST("seen_at" AS TIMESTAMP) AS "seen_at"
FROM flightlog.main.v_capture;

CREATE OR REPLACE VIEW v_literal AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "direction",
    "name",
    "type",
    "value_json",
    CAST("value_number" AS DOUBLE) AS "value_number",
    "value_text",
    "uri",
    CAST("size_bytes" AS BIGINT) AS "size_bytes"
FROM flightlog.main.v_literal;

CREATE OR REPLACE VIEW v_literal_leaf AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "direction",
    "name",
    "path",
    "type",
    CAST("value_number" AS DOUBLE) AS "value_number",
    "value_text"
FROM flightlog.main.v_literal_leaf;

CREATE OR REPLACE VIEW v_error AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    CAST("ended_at" AS TIMESTAMP) AS "ended_at",
    "kind",
    "code",
    "message",
    "fingerprint",
    CAST("error_id" AS BIGINT) AS "error_id"
FROM flightlog.main.v_error;

CREATE OR REPLACE VIEW v_span AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    CAST("span_id" AS BIGINT) AS "span_id",
    CAST("parent_id" AS BIGINT) AS "parent_id",
    CAST("depth" AS BIGINT) AS "depth",
    "entity",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "operation",
    CAST("start_at" AS TIMESTAMP) AS "start_at",
    CAST("end_at" AS TIMESTAMP) AS "end_at",
    CAST("duration_s" AS DOUBLE) AS "duration_s",
    "origin"
FROM flightlog.main.v_span;

CREATE OR REPLACE VIEW v_failure AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "workflow",
    CAST("ended_at" AS TIMESTAMP) AS "ended_at",
    "fingerprint",
    CAST("fingerprint_rule" AS BIGINT) AS "fingerprint_rule",
    "label",
    "cause_class",
    "cause_execution",
    "cause_node_id",
    CAST("cause_attempt" AS BIGINT) AS "cause_attempt",
    "task",
    CAST("is_child" AS BIGINT) AS "is_child"
FROM flightlog.main.v_failure;

CREATE OR REPLACE VIEW v_wall_time AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "class",
    CAST("duration_s" AS DOUBLE) AS "duration_s",
    CAST("share" AS DOUBLE) AS "share"
FROM flightlog.main.v_wall_time;

CREATE OR REPLACE VIEW v_work_time AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "task",
    "outcome",
    CAST("elements" AS BIGINT) AS "elements",
    CAST("replicas" AS BIGINT) AS "replicas",
    CAST("seconds_low" AS DOUBLE) AS "seconds_low",
    CAST("seconds_high" AS DOUBLE) AS "seconds_high",
    CAST("core_hours_low" AS DOUBLE) AS "core_hours_low",
    CAST("core_hours" AS DOUBLE) AS "core_hours",
    CAST("gib_hours_low" AS DOUBLE) AS "gib_hours_low",
    CAST("gib_hours" AS DOUBLE) AS "gib_hours",
    CAST("gpu_hours_low" AS DOUBLE) AS "gpu_hours_low",
    CAST("gpu_hours" AS DOUBLE) AS "gpu_hours",
    CAST("is_seen" AS BIGINT) AS "is_seen",
    CAST("ended_at" AS TIMESTAMP) AS "ended_at"
FROM flightlog.main.v_work_time;

CREATE OR REPLACE VIEW v_slack AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("slack_s" AS DOUBLE) AS "slack_s",
    CAST("drag_s" AS DOUBLE) AS "drag_s",
    CAST("on_path" AS BIGINT) AS "on_path",
    "node_path"
FROM flightlog.main.v_slack;

CREATE OR REPLACE VIEW v_what_if AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "scenario",
    CAST("wall_low_s" AS DOUBLE) AS "wall_low_s",
    CAST("wall_high_s" AS DOUBLE) AS "wall_high_s",
    CAST("wall_s" AS DOUBLE) AS "wall_s"
FROM flightlog.main.v_what_if;

CREATE OR REPLACE VIEW v_price AS SELECT
    "source",
    "cluster",
    "project",
    "domain",
    CAST("from_at" AS TIMESTAMP) AS "from_at",
    CAST("until_at" AS TIMESTAMP) AS "until_at",
    "currency",
    CAST("core_hour" AS DOUBLE) AS "core_hour",
    CAST("gib_hour" AS DOUBLE) AS "gib_hour",
    CAST("gpu_hour" AS DOUBLE) AS "gpu_hour",
    CAST("number" AS BIGINT) AS "number"
FROM flightlog.main.v_price;

CREATE OR REPLACE VIEW v_cost AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "task",
    "outcome",
    CAST("seconds_low" AS DOUBLE) AS "seconds_low",
    CAST("seconds_high" AS DOUBLE) AS "seconds_high",
    "currency",
    CAST("cost_low" AS DOUBLE) AS "cost_low",
    CAST("cost" AS DOUBLE) AS "cost",
    CAST("is_whole" AS BIGINT) AS "is_whole",
    CAST("is_seen" AS BIGINT) AS "is_seen",
    CAST("ended_at" AS TIMESTAMP) AS "ended_at"
FROM flightlog.main.v_cost;

CREATE OR REPLACE VIEW v_harvest AS SELECT
    "source",
    CAST("harvest_id" AS BIGINT) AS "harvest_id",
    CAST("started_at" AS TIMESTAMP) AS "started_at",
    CAST("ended_at" AS TIMESTAMP) AS "ended_at",
    "outcome",
    "tool_version",
    CAST("requests" AS BIGINT) AS "requests",
    CAST("bytes_in" AS BIGINT) AS "bytes_in",
    CAST("executions_new" AS BIGINT) AS "executions_new",
    CAST("executions_updated" AS BIGINT) AS "executions_updated",
    CAST("problems" AS BIGINT) AS "problems",
    "reason"
FROM flightlog.main.v_harvest;

CREATE OR REPLACE VIEW v_lineage AS SELECT
    "source",
    "project",
    "domain",
    "execution",
    "node_id",
    CAST("attempt" AS BIGINT) AS "attempt",
    "direction",
    "name",
    "kind",
    "uri",
    "format",
    CAST("at" AS TIMESTAMP) AS "at"
FROM flightlog.main.v_lineage;

CREATE OR REPLACE VIEW v_change AS SELECT
    "source",
    "project",
    "domain",
    "workflow",
    "node_path",
    "measure",
    CAST("at" AS TIMESTAMP) AS "at",
    CAST("before" AS DOUBLE) AS "before",
    CAST("after" AS DOUBLE) AS "after",
    CAST("low" AS DOUBLE) AS "low",
    CAST("high" AS DOUBLE) AS "high",
    "p",
    "with_what"
FROM flightlog.main.v_change;

CREATE OR REPLACE VIEW v_schedule AS SELECT
    "source",
    "project",
    "domain",
    "launch_plan",
    "schedule",
    "time_zone",
    CAST("runs" AS BIGINT) AS "runs",
    "missed",
    CAST("unjudged" AS BIGINT) AS "unjudged",
    "unjudged_reason",
    CAST("first_scheduled_at" AS TIMESTAMP) AS "first_scheduled_at",
    CAST("last_scheduled_at" AS TIMESTAMP) AS "last_scheduled_at",
    CAST("next_scheduled_at" AS TIMESTAMP) AS "next_scheduled_at",
    "complete_up_to"
FROM flightlog.main.v_schedule;

CREATE OR REPLACE VIEW v_missed_slot AS SELECT
    "source",
    "project",
    "domain",
    "launch_plan",
    "schedule",
    CAST("first_at" AS TIMESTAMP) AS "first_at",
    CAST("last_at" AS TIMESTAMP) AS "last_at",
    CAST("slots" AS BIGINT) AS "slots",
    CAST("met_before_at" AS TIMESTAMP) AS "met_before_at",
    CAST("met_after_at" AS TIMESTAMP) AS "met_after_at",
    "doubt"
FROM flightlog.main.v_missed_slot;
