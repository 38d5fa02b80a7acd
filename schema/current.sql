-- What the steps build together. A test writes and checks this file.

PRAGMA application_id = 0x464C4F47;

CREATE TABLE source (
    -- A Flyte installation.
    id INTEGER PRIMARY KEY,
    -- How people call it; unique in the archive.
    name TEXT NOT NULL UNIQUE,
    -- Where its API is, such as https://flyte.example.com.
    endpoint TEXT NOT NULL,
    -- The base of its console's addresses, where that is not the endpoint.
    console TEXT
) STRICT;

CREATE TABLE scope (
    -- A domain of a project of a source.
    id INTEGER PRIMARY KEY,
    -- The installation.
    source_id INTEGER NOT NULL REFERENCES source,
    -- Flyte's project id.
    project TEXT NOT NULL,
    -- Flyte's domain id, such as production.
    domain TEXT NOT NULL,
    UNIQUE (source_id, project, domain)
) STRICT;

CREATE TABLE name (
    -- Short texts that recur: ids of nodes, names of variables, labels, kinds, principals.
    id INTEGER PRIMARY KEY,
    -- The text.
    value TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE text (
    -- Longer texts that may recur: reasons, causes of an abort, details of what is missing.
    id INTEGER PRIMARY KEY,
    -- The first 8 bytes of the SHA-256 of the value, big-endian; the next free number if another text has it.
    digest INTEGER NOT NULL UNIQUE,
    -- The text.
    value TEXT NOT NULL
) STRICT;

CREATE TABLE error (
    -- What went wrong, in the server's words; once, however often it was said.
    id INTEGER PRIMARY KEY,
    -- As in text, of kind, code and message with a zero byte after the first and the second.
    digest INTEGER NOT NULL UNIQUE,
    -- USER, SYSTEM or UNKNOWN.
    kind TEXT NOT NULL,
    -- Flyte's code, such as USER:ValueError; may be empty.
    code TEXT NOT NULL,
    -- The message in full.
    message TEXT NOT NULL,
    -- What it has in common with the same error elsewhere: version, colon, hash.
    fingerprint TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE error_search USING fts5(
    -- Full-text search over errors: SELECT ... FROM error JOIN error_search ON error_search.rowid = error.id
    -- WHERE error_search MATCH 'memory AND pod'.
    code, message, content = 'error', content_rowid = 'id'
);

CREATE TRIGGER error_inserted AFTER INSERT ON error BEGIN
    INSERT INTO error_search (rowid, code, message) VALUES (new.id, new.code, new.message);
END;

CREATE TRIGGER error_deleted AFTER DELETE ON error BEGIN
    INSERT INTO error_search (error_search, rowid, code, message)
    VALUES ('delete', old.id, old.code, old.message);
END;

CREATE TABLE dictionary (
    -- A zstd dictionary. Frames name theirs by its id, which is the dictionary id inside it.
    id INTEGER PRIMARY KEY,
    -- The dictionary as zstd's trainer made it; zstd -D reads it.
    data BLOB NOT NULL,
    -- When it was trained.
    trained_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pack (
    -- A zstd frame of messages, one after the other.
    id INTEGER PRIMARY KEY,
    -- The dictionary that the frame needs; NULL when none.
    dictionary_id INTEGER REFERENCES dictionary,
    -- The size of what is inside.
    raw_bytes INTEGER NOT NULL,
    -- The frame, with its content size and checksum.
    data BLOB NOT NULL
) STRICT;

CREATE TABLE definition (
    -- A version of a task, a workflow or a launch plan that something refers to.
    id INTEGER PRIMARY KEY,
    -- Where it is registered.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- task, workflow or launch_plan.
    kind TEXT NOT NULL,
    -- Its name.
    name TEXT NOT NULL,
    -- Its version.
    version TEXT NOT NULL,
    -- The pack with its admin.Task, admin.Workflow or admin.LaunchPlan, and nothing else; NULL until the
    -- server gave it, and all columns below likewise.
    pack_id INTEGER REFERENCES pack,
    -- SHA-256 of the message.
    sha256 BLOB,
    -- When it was registered.
    created_at INTEGER,
    -- Of a task: its type, such as python-task.
    task_type TEXT,
    -- Of a task: the container's image.
    image TEXT,
    -- Of a task: 1 when its results are cached.
    is_cacheable INTEGER,
    -- Of a task: the version of its cache.
    cache_version TEXT,
    -- Of a task: how often it is tried again when the user's code fails.
    retries INTEGER,
    -- Of a task: how long it may run.
    timeout_ns INTEGER,
    -- Of a task: the CPU cores it asks for.
    cpu_request REAL,
    -- Of a task: the memory it asks for.
    memory_request_bytes INTEGER,
    -- Of a task: the GPUs it asks for.
    gpu_request REAL,
    -- Of a launch plan: its cron expression or rate.
    schedule TEXT,
    UNIQUE (scope_id, kind, name, version)
) STRICT;

CREATE TABLE edge (
    -- An edge of a workflow's graph, as it was compiled.
    definition_id INTEGER NOT NULL REFERENCES definition ON DELETE CASCADE,
    -- The node that comes first.
    upstream_id INTEGER NOT NULL REFERENCES name,
    -- The node that waits for it.
    downstream_id INTEGER NOT NULL REFERENCES name,
    PRIMARY KEY (definition_id, upstream_id, downstream_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE execution (
    -- A workflow execution: the newest that was seen of it.
    id INTEGER PRIMARY KEY,
    -- 43 bits of the SHA-256 of source, project, domain and name; the next free number if another has them.
    -- The ids of literal maps and messages that people see are built on it, and so never change.
    key INTEGER NOT NULL UNIQUE,
    -- Where it ran.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- Flyte's name, unique within project and domain.
    name TEXT NOT NULL,
    -- What was launched: a launch plan, or a task for a single-task run.
    launch_plan_id INTEGER REFERENCES definition,
    -- The workflow that ran.
    workflow_id INTEGER REFERENCES definition,
    -- Flyte's phase.
    phase TEXT NOT NULL,
    -- How it was started: MANUAL, SCHEDULED, …
    mode TEXT NOT NULL,
    -- Who started it.
    principal_id INTEGER REFERENCES name,
    -- The cluster it ran on.
    cluster_id INTEGER REFERENCES name,
    -- 0 at the top, one more than the parent's for a child.
    nesting INTEGER NOT NULL,
    -- When the server made its row.
    created_at INTEGER,
    -- When it began to run.
    started_at INTEGER,
    -- From its start to its end, as the server says.
    duration_ns INTEGER,
    -- When the server last heard of it.
    updated_at INTEGER,
    -- started_at + duration_ns where both exist, else updated_at of a terminal one.
    ended_at INTEGER,
    -- The time its schedule meant.
    scheduled_at INTEGER,
    -- What the server says of its failure.
    error_id INTEGER REFERENCES error,
    -- Of a FAILED one: the error where the failure began.
    cause_id INTEGER REFERENCES error,
    -- The execution in which it began, written as parent is.
    cause_execution TEXT,
    -- The node at which it began.
    cause_node_id INTEGER REFERENCES name,
    -- The attempt at which it began, counting from 0.
    cause_attempt INTEGER,
    -- Why somebody terminated it.
    abort_cause_id INTEGER REFERENCES text,
    -- Who terminated it.
    abort_principal_id INTEGER REFERENCES name,
    -- The execution whose node launched it: a name, with project/domain/ before it when those are others.
    parent TEXT,
    -- That node.
    parent_node_id INTEGER REFERENCES name,
    -- The original of a relaunch or a recovery, written as parent is.
    reference TEXT,
    -- 1 when its record is archived at the server.
    is_archived INTEGER NOT NULL,
    -- How many nodes it has.
    node_count INTEGER NOT NULL,
    -- How many attempts its nodes have.
    attempt_count INTEGER NOT NULL,
    -- How many of them were not the first.
    retry_count INTEGER NOT NULL,
    -- Its inputs: a literal_map of its own.
    input_map INTEGER,
    -- Its outputs: a literal_map of its own.
    output_map INTEGER,
    -- 1 when the server withheld nothing.
    is_complete INTEGER NOT NULL,
    -- When it was read, by our clock: the reading that these rows come from.
    observed_at INTEGER NOT NULL,
    -- When it should be read again: 0 while it is open, after a time of grace when it has just ended.
    reread_at INTEGER,
    -- SHA-256 over all its messages and gaps: what has the same is unchanged.
    digest BLOB NOT NULL, cause_class TEXT /* Of a FAILED or TIMED_OUT one: user, system, timeout, rejected or unknown; NULL until it is derived. */,
    UNIQUE (name, scope_id)
) STRICT;

CREATE INDEX execution_by_workflow ON execution (workflow_id, ended_at);

CREATE INDEX execution_by_parent ON execution (parent) WHERE parent IS NOT NULL;

CREATE INDEX execution_to_reread ON execution (scope_id, reread_at) WHERE reread_at IS NOT NULL;

CREATE TABLE execution_tag (
    -- A label, an annotation, a tag or an environment variable of an execution.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- label, annotation, tag or env.
    kind TEXT NOT NULL,
    -- The key; a tag itself.
    key_id INTEGER NOT NULL REFERENCES name,
    -- The value; NULL for a tag.
    value_id INTEGER REFERENCES text,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    -- A message of an execution's tree, byte for byte as the server sent it.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, … in the order of the tree.
    number INTEGER NOT NULL,
    -- execution, node, attempt, data, metrics, signal, dynamic_workflow, literal_map or literal.
    kind_id INTEGER NOT NULL REFERENCES name,
    -- The node it belongs to; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- The attempt it belongs to, counting from 0; NULL for the node's or execution's own.
    attempt INTEGER,
    -- The attempt's task.
    task_id INTEGER REFERENCES definition,
    -- Of a node: the node that it was listed under.
    parent_id INTEGER REFERENCES name,
    -- Of a literal map: input or output.
    direction TEXT,
    -- Of an offloaded literal: where it was kept.
    uri TEXT,
    -- The pack it is in.
    pack_id INTEGER NOT NULL REFERENCES pack,
    -- Where it begins in the pack's content.
    offset INTEGER NOT NULL,
    -- Its length in bytes.
    length INTEGER NOT NULL,
    -- SHA-256 of its bytes.
    sha256 BLOB NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE literal_map (
    -- A map of literals: the inputs or outputs of an execution, a node, an attempt, or several of them.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The message that holds it.
    message INTEGER NOT NULL,
    -- Where its core.LiteralMap begins in that message.
    offset INTEGER NOT NULL,
    -- Its length in bytes.
    length INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE literal (
    -- A variable of a literal map.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- The map.
    map INTEGER NOT NULL,
    -- The variable.
    name_id INTEGER NOT NULL REFERENCES name,
    -- The literal's type: integer, string, list, structured_dataset, …
    type_id INTEGER NOT NULL REFERENCES name,
    -- An integer, a boolean (0 or 1) or a real as it is; of durations the seconds.
    number ANY,
    -- A string, datetime or duration as it is.
    text TEXT,
    -- Canonical JSON, where number or text do not already tell it.
    json TEXT,
    -- The URI, where json does not tell it.
    uri TEXT,
    -- The size of the literal as protobuf; of an offloaded one, of what lies at its URI.
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (execution_id, map, name_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE node (
    -- A node of an execution.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, … in the order of the tree, a parent before its children.
    number INTEGER NOT NULL,
    -- Flyte's id, unique within the execution; never to be parsed.
    node_id INTEGER NOT NULL REFERENCES name,
    -- Its id in the workflow's template.
    spec_node_id INTEGER REFERENCES name,
    -- Its readable name in the template.
    name_id INTEGER REFERENCES name,
    -- The number of the node that it is inside of.
    parent INTEGER,
    -- How deep it lies: 0 at the top.
    depth INTEGER NOT NULL,
    -- task, start, end, branch, workflow, dynamic, array, gate, launch_plan, failure or unknown.
    kind TEXT NOT NULL,
    -- The attempt of its parent that made it.
    retry_group TEXT,
    -- Flyte's phase.
    phase TEXT NOT NULL,
    -- The task that it runs.
    task_id INTEGER REFERENCES definition,
    -- The type of that task.
    task_type_id INTEGER REFERENCES name,
    -- What the cache did for it.
    cache_status_id INTEGER REFERENCES name,
    -- When it was queued.
    created_at INTEGER,
    -- When it (last) began to run; often NULL though it ended.
    started_at INTEGER,
    -- From its start to its end, as the server says.
    duration_ns INTEGER,
    -- When the engine last told of it.
    updated_at INTEGER,
    -- started_at + duration_ns where both exist, else updated_at of a terminal one.
    ended_at INTEGER,
    -- How many attempts it has.
    attempt_count INTEGER NOT NULL,
    -- What the server says of its failure; often nothing.
    error_id INTEGER REFERENCES error,
    -- The execution it launched: a name, with project/domain/ before it when those are others.
    child TEXT,
    -- Its inputs.
    input_map INTEGER,
    -- Its outputs.
    output_map INTEGER,
    -- Where its deck is.
    deck_uri TEXT, path_id INTEGER REFERENCES name /* The ids in the template from the top down to it, with / between them: the same in every run; NULL until it is derived. */, slack_ns INTEGER /* How much longer it could have taken without the execution taking longer; NULL when no end waited for it, and when that is not known. */, drag_ns INTEGER /* How much less the execution would have taken, had it taken no time; NULL when that is not known, and until it is derived. */, is_on_path INTEGER /* 1 when a step of the critical path is at it or inside of it; NULL while there is no path, and until it is derived. */,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX node_by_child ON node (child) WHERE child IS NOT NULL;

CREATE TABLE attempt (
    -- An attempt of a task node: Flyte's task execution.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, … through all nodes of the execution.
    number INTEGER NOT NULL,
    -- The number of its node.
    node INTEGER NOT NULL,
    -- Flyte's retry attempt, counting from 0.
    attempt INTEGER NOT NULL,
    -- What it ran.
    task_id INTEGER NOT NULL REFERENCES definition,
    -- The type of what it ran.
    task_type_id INTEGER REFERENCES name,
    -- Flyte's phase.
    phase TEXT NOT NULL,
    -- When the engine first told of it.
    created_at INTEGER,
    -- When it began to run; NULL when nobody saw it running. May lie before created_at.
    started_at INTEGER,
    -- From its start to its end, as the server says.
    duration_ns INTEGER,
    -- When the engine last told of it.
    updated_at INTEGER,
    -- started_at + duration_ns where both exist, else updated_at of a terminal one.
    ended_at INTEGER,
    -- What the server says of its failure.
    error_id INTEGER REFERENCES error,
    -- The last reason.
    reason_id INTEGER REFERENCES text,
    -- The CPU cores its node asked for, where that overrides the task.
    cpu_request REAL,
    -- The memory its node asked for, where that overrides the task.
    memory_request_bytes INTEGER,
    -- The GPUs its node asked for, where that overrides the task.
    gpu_request REAL,
    -- The backend's name for it: the pod's, for pods.
    pod TEXT,
    -- Its inputs.
    input_map INTEGER,
    -- Its outputs.
    output_map INTEGER, elements INTEGER /* Of a map task: how many of its elements ran; 1 for all else, NULL until it is derived. */, replicas INTEGER /* How many containers of the request it runs at once; NULL until it is derived. */, had_container INTEGER /* 0 when it is known never to have had a container; NULL until it is derived. */, outcome TEXT /* useful, failed, retried, aborted or cached; NULL while it goes on, and until it is derived. */,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_by_task ON attempt (task_id, ended_at);

CREATE TABLE subtask (
    -- A try of an element of a map task. Flyte keeps no times of it.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- The number of the attempt.
    attempt INTEGER NOT NULL,
    -- 1, 2, … within the attempt.
    number INTEGER NOT NULL,
    -- The element, counting from 0.
    element INTEGER NOT NULL,
    -- Which try of the element, counting from 0.
    retry INTEGER NOT NULL,
    -- Flyte's phase.
    phase TEXT NOT NULL,
    -- What the cache did for it.
    cache_status_id INTEGER REFERENCES name,
    -- The backend's name for it.
    external_id TEXT,
    PRIMARY KEY (execution_id, attempt, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE reason (
    -- What happened to an attempt while it waited and ran.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- The number of the attempt.
    attempt INTEGER NOT NULL,
    -- 1, 2, … within the attempt, in the server's order.
    number INTEGER NOT NULL,
    -- When.
    at INTEGER,
    -- What.
    text_id INTEGER NOT NULL REFERENCES text,
    PRIMARY KEY (execution_id, attempt, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
    -- A link to the logs of an attempt, or of an element of it.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- The number of the attempt.
    attempt INTEGER NOT NULL,
    -- 1, 2, … within the attempt.
    number INTEGER NOT NULL,
    -- How the link is called.
    name_id INTEGER NOT NULL REFERENCES name,
    -- Where it leads.
    uri TEXT NOT NULL,
    PRIMARY KEY (execution_id, attempt, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE signal (
    -- What a gate waited for, and what it was told.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The id that the gate gives it.
    signal_id INTEGER NOT NULL REFERENCES name,
    -- The type of its value, such as boolean.
    type_id INTEGER NOT NULL REFERENCES name,
    -- Its value as canonical JSON; NULL while nobody has answered.
    value_json TEXT,
    -- When it was read: Flyte keeps no time of it.
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE path_step (
    -- A step of an execution's critical path; together the steps fill its wall time exactly.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, … in the order of time.
    step INTEGER NOT NULL,
    -- The number of the node; NULL for the engine's own time before, between and after nodes.
    node INTEGER,
    -- The attempt, counting from 0.
    attempt INTEGER,
    -- user_code, queue, flyte_overhead, retry, human_wait, cache, child or unexplained.
    class_id INTEGER NOT NULL REFERENCES name,
    -- From when: the end of the step before.
    start_at INTEGER NOT NULL,
    -- How long.
    duration_ns INTEGER NOT NULL,
    PRIMARY KEY (execution_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE dynamic_edge (
    -- An edge of a graph that a dynamic node made.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- The number of the node.
    node INTEGER NOT NULL,
    -- The workflow that it made, or one that this uses.
    definition_id INTEGER NOT NULL REFERENCES definition,
    -- The node that comes first.
    upstream_id INTEGER NOT NULL REFERENCES name,
    -- The node that waits for it.
    downstream_id INTEGER NOT NULL REFERENCES name,
    PRIMARY KEY (execution_id, node, definition_id, upstream_id, downstream_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE capture (
    -- Something that the server did not hand over, or not whole.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The node it belongs to; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- The attempt it belongs to, counting from 0.
    attempt INTEGER,
    -- The attempt's task.
    task_id INTEGER REFERENCES definition,
    -- What is missing: inputs, outputs, data, metrics, nodes, …
    field TEXT NOT NULL,
    -- truncated, too_large, unreadable, missing, redacted, not_requested or failed.
    state TEXT NOT NULL,
    -- The server's words, or what we know of the reason.
    detail_id INTEGER NOT NULL REFERENCES text,
    -- When it was found missing.
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX capture_failed ON capture (execution_id) WHERE state = 'failed';

CREATE TABLE harvest (
    -- A run of the harvester.
    id INTEGER PRIMARY KEY,
    -- What it harvested.
    source_id INTEGER NOT NULL REFERENCES source,
    -- When it began.
    started_at INTEGER NOT NULL,
    -- When it ended; NULL while it runs, and when it was cut off.
    ended_at INTEGER,
    -- done, problems, stopped or failed; NULL as ended_at.
    outcome TEXT,
    -- The version of the tool.
    tool_version TEXT NOT NULL,
    -- How many requests it made.
    requests INTEGER NOT NULL DEFAULT 0,
    -- How many bytes it got.
    bytes_in INTEGER NOT NULL DEFAULT 0,
    -- How many executions were new.
    executions_new INTEGER NOT NULL DEFAULT 0,
    -- How many executions had changed.
    executions_updated INTEGER NOT NULL DEFAULT 0,
    -- How many requests failed for good.
    problems INTEGER NOT NULL DEFAULT 0
, reason TEXT /* Why it failed; NULL when it did not. */) STRICT;

CREATE TABLE watermark (
    -- How far a project's domain is harvested.
    scope_id INTEGER PRIMARY KEY REFERENCES scope,
    -- All that changed at the server before this time is here.
    updated_at INTEGER,
    -- Where a long first harvest goes on, in the harvester's own words; NULL when none is under way.
    resume TEXT
) STRICT;

CREATE TABLE problem (
    -- A request that failed for good; the next harvest tries again.
    id INTEGER PRIMARY KEY,
    -- The installation.
    source_id INTEGER NOT NULL REFERENCES source,
    -- The project; NULL when it is of none.
    project TEXT,
    -- The domain; NULL when it is of none.
    domain TEXT,
    -- The execution; NULL when it is of none.
    execution TEXT,
    -- The route of the request.
    route TEXT NOT NULL,
    -- The HTTP status; NULL when there was no answer.
    status INTEGER,
    -- The server's words, or ours.
    message TEXT NOT NULL,
    -- How many harvests met it.
    tries INTEGER NOT NULL,
    -- When it was first met.
    first_seen_at INTEGER NOT NULL,
    -- When it was last met.
    last_seen_at INTEGER NOT NULL,
    -- When it was gone; NULL while it stands.
    resolved_at INTEGER
) STRICT;

CREATE INDEX problem_standing ON problem (source_id, project, domain, execution, route)
WHERE resolved_at IS NULL;

CREATE VIEW v_execution_tag AS -- One row a label, annotation, tag or environment variable of an execution.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    t.kind AS kind,
    k.value AS key,
    (SELECT value FROM text WHERE id = t.value_id) AS value
FROM execution_tag t
JOIN name k ON k.id = t.key_id
JOIN execution e ON e.id = t.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_subtask AS -- One row a try of an element of a map task.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    i.value AS node_id,
    a.attempt AS attempt,
    t.element AS "index",
    t.retry AS subtask_attempt,
    t.phase AS phase,
    (SELECT value FROM name WHERE id = t.cache_status_id) AS cache_status,
    t.external_id AS external_id
FROM subtask t
JOIN attempt a ON a.execution_id = t.execution_id AND a.number = t.attempt
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = t.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_reason AS -- One row a reason that an attempt gave.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    i.value AS node_id,
    a.attempt AS attempt,
    strftime('%Y-%m-%dT%H:%M:%S', r.at / 1000000000 - (r.at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (r.at % 1000000000 + 1000000000) % 1000000000 / 1000) AS at,
    (SELECT value FROM text WHERE id = r.text_id) AS reason
FROM reason r
JOIN attempt a ON a.execution_id = r.execution_id AND a.number = r.attempt
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = r.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_log AS -- One row a link to logs.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    i.value AS node_id,
    a.attempt AS attempt,
    (SELECT value FROM name WHERE id = l.name_id) AS name,
    l.uri AS uri
FROM log l
JOIN attempt a ON a.execution_id = l.execution_id AND a.number = l.attempt
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = l.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_problem AS -- One row a request that failed for good.
SELECT
    s.name AS source,
    p.project AS project,
    p.domain AS domain,
    p.execution AS execution,
    p.route AS route,
    p.status AS status,
    p.message AS message,
    p.tries AS tries,
    strftime('%Y-%m-%dT%H:%M:%S', p.first_seen_at / 1000000000 - (p.first_seen_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.first_seen_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS first_seen_at,
    strftime('%Y-%m-%dT%H:%M:%S', p.last_seen_at / 1000000000 - (p.last_seen_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.last_seen_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS last_seen_at,
    strftime('%Y-%m-%dT%H:%M:%S', p.resolved_at / 1000000000 - (p.resolved_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.resolved_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS resolved_at
FROM problem p
JOIN source s ON s.id = p.source_id;

CREATE VIEW v_definition AS -- One row a version of a task, a workflow or a launch plan.
SELECT
    s.name AS source,
    d.kind AS kind,
    c.project AS project,
    c.domain AS domain,
    d.name AS name,
    d.version AS version,
    strftime('%Y-%m-%dT%H:%M:%S', d.created_at / 1000000000 - (d.created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (d.created_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS created_at,
    d.task_type AS task_type,
    d.image AS image,
    d.is_cacheable AS is_cacheable,
    d.cache_version AS cache_version,
    d.retries AS retries,
    d.timeout_ns / 1e9 AS timeout_s,
    d.cpu_request AS cpu_request,
    d.memory_request_bytes AS memory_request_bytes,
    d.gpu_request AS gpu_request,
    d.schedule AS schedule
FROM definition d
JOIN scope c ON c.id = d.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_edge AS -- One row an edge of a workflow's graph.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    d.name AS workflow,
    d.version AS workflow_version,
    NULL AS execution,
    NULL AS node_id,
    u.value AS upstream,
    w.value AS downstream
FROM edge g
JOIN definition d ON d.id = g.definition_id
JOIN scope c ON c.id = d.scope_id
JOIN source s ON s.id = c.source_id
JOIN name u ON u.id = g.upstream_id
JOIN name w ON w.id = g.downstream_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    d.name AS workflow,
    d.version AS workflow_version,
    e.name AS execution,
    i.value AS node_id,
    u.value AS upstream,
    w.value AS downstream
FROM dynamic_edge g
JOIN node n ON n.execution_id = g.execution_id AND n.number = g.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = g.execution_id
JOIN definition d ON d.id = g.definition_id
JOIN scope c ON c.id = d.scope_id
JOIN source s ON s.id = c.source_id
JOIN name u ON u.id = g.upstream_id
JOIN name w ON w.id = g.downstream_id;

CREATE VIEW v_signal AS -- One row a signal of a gate.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = g.signal_id) AS signal_id,
    (SELECT value FROM name WHERE id = g.type_id) AS type,
    g.value_json AS value_json,
    strftime('%Y-%m-%dT%H:%M:%S', g.seen_at / 1000000000 - (g.seen_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.seen_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS seen_at
FROM signal g
JOIN execution e ON e.id = g.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE TABLE pack_part (
    -- What follows the frame of a pack whose content was too large to be held at once. The frame and its parts,
    -- joined in order, are one ordinary zstd stream.
    pack_id INTEGER NOT NULL REFERENCES pack ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The size of what is inside; the pack's own raw_bytes counts all of its parts.
    raw_bytes INTEGER NOT NULL,
    -- A frame, with its content size and checksum.
    data BLOB NOT NULL,
    PRIMARY KEY (pack_id, number)
) STRICT;

CREATE TABLE vanished (
    -- An execution that the server no longer had when an audit asked for it. Its rows stay as they were last seen.
    execution_id INTEGER PRIMARY KEY REFERENCES execution ON DELETE CASCADE,
    -- When the first audit missed it.
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE redaction (
    -- A secret of an execution that was replaced by its token before anything was written.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The node it belongs to; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- The attempt it belongs to, counting from 0; NULL for the node's or execution's own.
    attempt INTEGER,
    -- Where it stood: inputs, outputs, error, env, label, annotation, log, reason or another field.
    field TEXT NOT NULL,
    -- The variable or key; NULL where there is none.
    name_id INTEGER REFERENCES name,
    -- The rule that found it, as the settings call it.
    rule TEXT NOT NULL,
    -- What stands in its place: equal secrets have equal tokens.
    token TEXT NOT NULL,
    -- How often it stood there.
    count INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE definition_redaction (
    -- A secret of a task, a workflow or a launch plan that was replaced likewise.
    definition_id INTEGER NOT NULL REFERENCES definition ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- As in redaction, and so on.
    field TEXT NOT NULL,
    -- The variable or key; NULL where there is none.
    name_id INTEGER REFERENCES name,
    -- The rule that found it.
    rule TEXT NOT NULL,
    -- What stands in its place.
    token TEXT NOT NULL,
    -- How often it stood there.
    count INTEGER NOT NULL,
    PRIMARY KEY (definition_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstone (
    -- Something that was erased at its owner's wish: neither a harvest nor a merge brings it back.
    id INTEGER PRIMARY KEY,
    -- The installation.
    source_id INTEGER NOT NULL REFERENCES source,
    -- execution, variable or value.
    kind TEXT NOT NULL,
    -- SHA-256 of an execution's project/domain/name; of a variable's name, followed by a zero byte and the execution
    -- where it was erased in one only; of a value with random bytes before it that nobody kept, so that it cannot be
    -- found by guessing.
    digest BLOB NOT NULL,
    -- Why, in the words of whoever erased it; NULL when nothing was said.
    reason TEXT,
    -- How many executions were erased, or changed, by it.
    executions INTEGER NOT NULL,
    -- When.
    forgotten_at INTEGER NOT NULL,
    UNIQUE (source_id, kind, digest)
) STRICT;

CREATE INDEX execution_by_error ON execution (error_id) WHERE error_id IS NOT NULL;

CREATE INDEX node_by_error ON node (error_id) WHERE error_id IS NOT NULL;

CREATE INDEX attempt_by_error ON attempt (error_id) WHERE error_id IS NOT NULL;

CREATE TABLE erasure (
    -- An execution some of whose data was erased: it is never read again, lest that come back.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- What was erased.
    tombstone_id INTEGER NOT NULL REFERENCES tombstone,
    PRIMARY KEY (execution_id, tombstone_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_vanished AS -- One row an execution that the server no longer had when an audit asked for it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    strftime('%Y-%m-%dT%H:%M:%S', v.seen_at / 1000000000 - (v.seen_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (v.seen_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS seen_at
FROM vanished v
JOIN execution e ON e.id = v.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_redaction AS -- One row a secret that was replaced by its token, and a place where it stood.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    NULL AS definition_kind,
    NULL AS definition,
    NULL AS definition_version,
    n.value AS node_id,
    r.attempt AS attempt,
    r.field AS field,
    k.value AS name,
    r.rule AS rule,
    r.token AS token,
    r.count AS count
FROM redaction r
JOIN execution e ON e.id = r.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name n ON n.id = r.node_id
LEFT JOIN name k ON k.id = r.name_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    NULL AS execution,
    d.kind AS definition_kind,
    d.name AS definition,
    d.version AS definition_version,
    NULL AS node_id,
    NULL AS attempt,
    r.field AS field,
    k.value AS name,
    r.rule AS rule,
    r.token AS token,
    r.count AS count
FROM definition_redaction r
JOIN definition d ON d.id = r.definition_id
JOIN scope c ON c.id = d.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name k ON k.id = r.name_id;

CREATE VIEW v_forgotten AS -- One row something that was erased at its owner's wish.
SELECT
    s.name AS source,
    t.kind AS kind,
    lower(hex(t.digest)) AS digest,
    t.reason AS reason,
    t.executions AS executions,
    strftime('%Y-%m-%dT%H:%M:%S', t.forgotten_at / 1000000000 - (t.forgotten_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (t.forgotten_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS forgotten_at
FROM tombstone t
JOIN source s ON s.id = t.source_id;

CREATE VIEW v_message AS -- One row a message as the server sent it: raw(message_id) and raw_json(message_id) give it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    e.key * 1048576 + m.number AS message_id,
    k.value AS kind,
    n.value AS node_id,
    m.attempt AS attempt,
    m.direction AS direction,
    m.length AS length,
    lower(hex(m.sha256)) AS sha256
FROM message m
JOIN execution e ON e.id = m.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN name k ON k.id = m.kind_id
LEFT JOIN name n ON n.id = m.node_id;

CREATE TABLE seal (
    -- A second copy of what nothing else in the archive can vouch for: the journal, and our own clock. All other
    -- rows can be made again from the messages, whose hashes are here, and a text or name has its digest or index.
    -- Triggers write it together with the row, in the same transaction; verify compares the two.
    part TEXT NOT NULL,
    -- The row's id, or that of the execution or definition that it belongs to.
    id INTEGER NOT NULL,
    -- The row's number in it; 0 where it has none.
    number INTEGER NOT NULL,
    -- What the view sealed says of the row.
    content ANY,
    PRIMARY KEY (part, id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER source_sealed AFTER INSERT ON source BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'source' AND id = new.id;
END;

CREATE TRIGGER source_sealed_again AFTER UPDATE ON source BEGIN
    DELETE FROM seal WHERE part = 'source' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'source' AND id = new.id;
END;

CREATE TRIGGER source_unsealed AFTER DELETE ON source BEGIN
    DELETE FROM seal WHERE part = 'source' AND id = old.id;
END;

CREATE TRIGGER dictionary_sealed AFTER INSERT ON dictionary BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'dictionary' AND id = new.id;
END;

CREATE TRIGGER dictionary_sealed_again AFTER UPDATE ON dictionary BEGIN
    DELETE FROM seal WHERE part = 'dictionary' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'dictionary' AND id = new.id;
END;

CREATE TRIGGER dictionary_unsealed AFTER DELETE ON dictionary BEGIN
    DELETE FROM seal WHERE part = 'dictionary' AND id = old.id;
END;

CREATE TRIGGER execution_sealed_again AFTER UPDATE OF id, observed_at ON execution BEGIN
    DELETE FROM seal WHERE part = 'execution' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'execution' AND id = new.id;
END;

CREATE TRIGGER execution_unsealed AFTER DELETE ON execution BEGIN
    DELETE FROM seal WHERE part = 'execution' AND id = old.id;
END;

CREATE TRIGGER capture_sealed AFTER INSERT ON capture BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'capture' AND id = new.execution_id AND number = new.number;
END;

CREATE TRIGGER capture_sealed_again AFTER UPDATE ON capture BEGIN
    DELETE FROM seal WHERE part = 'capture' AND id = old.execution_id AND number = old.number;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'capture' AND id = new.execution_id AND number = new.number;
END;

CREATE TRIGGER capture_unsealed AFTER DELETE ON capture BEGIN
    DELETE FROM seal WHERE part = 'capture' AND id = old.execution_id AND number = old.number;
END;

CREATE TRIGGER harvest_sealed AFTER INSERT ON harvest BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'harvest' AND id = new.id;
END;

CREATE TRIGGER harvest_sealed_again AFTER UPDATE ON harvest BEGIN
    DELETE FROM seal WHERE part = 'harvest' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'harvest' AND id = new.id;
END;

CREATE TRIGGER harvest_unsealed AFTER DELETE ON harvest BEGIN
    DELETE FROM seal WHERE part = 'harvest' AND id = old.id;
END;

CREATE TRIGGER watermark_sealed AFTER INSERT ON watermark BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'watermark' AND id = new.scope_id;
END;

CREATE TRIGGER watermark_sealed_again AFTER UPDATE ON watermark BEGIN
    DELETE FROM seal WHERE part = 'watermark' AND id = old.scope_id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'watermark' AND id = new.scope_id;
END;

CREATE TRIGGER watermark_unsealed AFTER DELETE ON watermark BEGIN
    DELETE FROM seal WHERE part = 'watermark' AND id = old.scope_id;
END;

CREATE TRIGGER problem_sealed AFTER INSERT ON problem BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'problem' AND id = new.id;
END;

CREATE TRIGGER problem_sealed_again AFTER UPDATE ON problem BEGIN
    DELETE FROM seal WHERE part = 'problem' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'problem' AND id = new.id;
END;

CREATE TRIGGER problem_unsealed AFTER DELETE ON problem BEGIN
    DELETE FROM seal WHERE part = 'problem' AND id = old.id;
END;

CREATE TRIGGER vanished_sealed AFTER INSERT ON vanished BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'vanished' AND id = new.execution_id;
END;

CREATE TRIGGER vanished_sealed_again AFTER UPDATE ON vanished BEGIN
    DELETE FROM seal WHERE part = 'vanished' AND id = old.execution_id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'vanished' AND id = new.execution_id;
END;

CREATE TRIGGER vanished_unsealed AFTER DELETE ON vanished BEGIN
    DELETE FROM seal WHERE part = 'vanished' AND id = old.execution_id;
END;

CREATE TRIGGER redaction_sealed AFTER INSERT ON redaction BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'redaction' AND id = new.execution_id AND number = new.number;
END;

CREATE TRIGGER redaction_sealed_again AFTER UPDATE ON redaction BEGIN
    DELETE FROM seal WHERE part = 'redaction' AND id = old.execution_id AND number = old.number;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'redaction' AND id = new.execution_id AND number = new.number;
END;

CREATE TRIGGER redaction_unsealed AFTER DELETE ON redaction BEGIN
    DELETE FROM seal WHERE part = 'redaction' AND id = old.execution_id AND number = old.number;
END;

CREATE TRIGGER definition_redaction_sealed AFTER INSERT ON definition_redaction BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'definition_redaction' AND id = new.definition_id AND number = new.number;
END;

CREATE TRIGGER definition_redaction_sealed_again AFTER UPDATE ON definition_redaction BEGIN
    DELETE FROM seal WHERE part = 'definition_redaction' AND id = old.definition_id AND number = old.number;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'definition_redaction' AND id = new.definition_id AND number = new.number;
END;

CREATE TRIGGER definition_redaction_unsealed AFTER DELETE ON definition_redaction BEGIN
    DELETE FROM seal WHERE part = 'definition_redaction' AND id = old.definition_id AND number = old.number;
END;

CREATE TRIGGER tombstone_sealed AFTER INSERT ON tombstone BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'tombstone' AND id = new.id;
END;

CREATE TRIGGER tombstone_sealed_again AFTER UPDATE ON tombstone BEGIN
    DELETE FROM seal WHERE part = 'tombstone' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'tombstone' AND id = new.id;
END;

CREATE TRIGGER tombstone_unsealed AFTER DELETE ON tombstone BEGIN
    DELETE FROM seal WHERE part = 'tombstone' AND id = old.id;
END;

CREATE INDEX execution_by_end ON execution (
    strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000000000 - (ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (ended_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);

CREATE INDEX node_by_end ON node (
    strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000000000 - (ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (ended_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);

CREATE INDEX attempt_by_end ON attempt (
    strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000000000 - (ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (ended_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);

CREATE INDEX attempt_failed ON attempt (execution_id) WHERE phase = 'FAILED';

CREATE INDEX execution_failed ON execution (phase) WHERE phase IN ('FAILED', 'TIMED_OUT');

CREATE INDEX execution_open ON execution (phase) WHERE phase NOT IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED');

CREATE TABLE metric_span (
    -- A stretch of an execution's time, by the rules of Flyte's metrics.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1 when it was computed here, 2 when the server told it; 0 for both, where the server told all of the
    -- execution's spans as they are computed here.
    origin INTEGER NOT NULL,
    -- 1, 2, …, a parent before its children.
    number INTEGER NOT NULL,
    -- The number of the span that it is inside of.
    parent INTEGER,
    -- How deep it lies: 0 for the execution's own.
    depth INTEGER NOT NULL,
    -- The node it belongs to; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- The attempt it belongs to, counting from 0.
    attempt INTEGER,
    -- Flyte's operation, such as NODE_SETUP; NULL for the span of an execution, a node or an attempt.
    operation_id INTEGER REFERENCES name,
    -- From when.
    start_at INTEGER NOT NULL,
    -- How long; may be negative, as clocks differ.
    duration_ns INTEGER NOT NULL,
    PRIMARY KEY (execution_id, origin, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW cause AS -- One row an execution that failed or timed out, with its cause by the ids of the tables.
SELECT
    e.id AS execution_id,
    coalesce(e.cause_id, e.error_id) AS error_id,
    -- The one place that says what an archive means in which nothing was derived yet.
    coalesce(e.cause_class, CASE
        WHEN e.phase = 'TIMED_OUT' THEN 'timeout'
        WHEN e.cause_id IS NULL AND e.error_id IS NULL THEN 'unknown'
        ELSE (
            SELECT CASE
                WHEN replace(x.code, 'RetriesExhausted|', '') IN ('Timeout', 'TimeoutExpired', 'TimeoutExceeded')
                    THEN 'timeout'
                WHEN e.started_at IS NULL AND e.node_count = 0 THEN 'rejected'
                WHEN x.kind = 'USER' THEN 'user'
                WHEN x.kind = 'SYSTEM' THEN 'system'
                ELSE 'unknown'
            END
            FROM error x WHERE x.id = coalesce(e.cause_id, e.error_id)
        )
    END) AS cause_class,
    CASE
        WHEN e.cause_execution IS NULL OR e.cause_execution = e.name THEN e.id
        ELSE (
            SELECT y.id FROM execution y
            JOIN scope z ON z.id = y.scope_id
            JOIN scope c ON c.id = e.scope_id AND c.source_id = z.source_id
            -- The name behind the last slash.
            WHERE y.name = substr(e.cause_execution, length(rtrim(e.cause_execution, replace(e.cause_execution, '/', ''))) + 1)
                AND iif(instr(e.cause_execution, '/'), z.project || '/' || z.domain || '/' || y.name, z.id = c.id)
                    = iif(instr(e.cause_execution, '/'), e.cause_execution, 1)
            ORDER BY y.created_at DESC LIMIT 1
        )
    END AS cause_execution_id
FROM execution e
WHERE e.phase IN ('FAILED', 'TIMED_OUT');

CREATE VIEW v_node_execution AS -- One row a node.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = n.node_id) AS node_id,
    (SELECT value FROM name WHERE id = n.spec_node_id) AS spec_node_id,
    (SELECT value FROM name WHERE id = n.name_id) AS node_name,
    (
        SELECT name.value FROM node p JOIN name ON name.id = p.node_id
        WHERE p.execution_id = n.execution_id AND p.number = n.parent
    ) AS parent_node_id,
    n.depth AS depth,
    n.kind AS kind,
    n.retry_group AS retry_group,
    n.phase AS phase,
    d.name AS task,
    d.version AS task_version,
    (SELECT value FROM name WHERE id = n.task_type_id) AS task_type,
    (SELECT value FROM name WHERE id = n.cache_status_id) AS cache_status,
    strftime('%Y-%m-%dT%H:%M:%S', n.created_at / 1000000000 - (n.created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (n.created_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', n.started_at / 1000000000 - (n.started_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (n.started_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', n.ended_at / 1000000000 - (n.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (n.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    (n.started_at - n.created_at) / 1e9 AS queue_s,
    n.duration_ns / 1e9 AS duration_s,
    (n.ended_at - n.created_at) / 1e9 AS wall_s,
    n.attempt_count AS attempt_count,
    (SELECT kind FROM error WHERE id = n.error_id) AS error_kind,
    (SELECT code FROM error WHERE id = n.error_id) AS error_code,
    (SELECT message FROM error WHERE id = n.error_id) AS error_message,
    n.child AS child_execution,
    e.key * 1048576 + n.input_map AS input_map_id,
    e.key * 1048576 + n.output_map AS output_map_id,
    n.deck_uri AS deck_uri,
    (SELECT value FROM name WHERE id = n.path_id) AS node_path
FROM node n
LEFT JOIN execution e ON e.id = n.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition d ON d.id = n.task_id;

CREATE VIEW v_task_execution AS -- One row an attempt of a task.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = a.execution_id AND n.number = a.node
    ) AS node_id,
    a.attempt AS attempt,
    d.name AS task,
    d.version AS task_version,
    (SELECT value FROM name WHERE id = a.task_type_id) AS task_type,
    a.phase AS phase,
    strftime('%Y-%m-%dT%H:%M:%S', a.created_at / 1000000000 - (a.created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (a.created_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', a.started_at / 1000000000 - (a.started_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (a.started_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', a.ended_at / 1000000000 - (a.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (a.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    (a.started_at - a.created_at) / 1e9 AS queue_s,
    a.duration_ns / 1e9 AS duration_s,
    (a.ended_at - a.created_at) / 1e9 AS wall_s,
    (SELECT kind FROM error WHERE id = a.error_id) AS error_kind,
    (SELECT code FROM error WHERE id = a.error_id) AS error_code,
    (SELECT message FROM error WHERE id = a.error_id) AS error_message,
    (SELECT fingerprint FROM error WHERE id = a.error_id) AS fingerprint,
    (SELECT value FROM text WHERE id = a.reason_id) AS reason,
    coalesce(a.cpu_request, d.cpu_request) AS cpu_request,
    coalesce(a.memory_request_bytes, d.memory_request_bytes) AS memory_request_bytes,
    coalesce(a.gpu_request, d.gpu_request) AS gpu_request,
    a.pod AS pod,
    e.key * 1048576 + a.input_map AS input_map_id,
    e.key * 1048576 + a.output_map AS output_map_id,
    a.elements AS elements,
    a.replicas AS replicas,
    a.had_container AS had_container
FROM attempt a
LEFT JOIN execution e ON e.id = a.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition d ON d.id = a.task_id;

CREATE VIEW v_critical_path AS -- One row a step of an execution's critical path.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    p.step AS step,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = p.execution_id AND n.number = p.node
    ) AS node_id,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.spec_node_id
        WHERE n.execution_id = p.execution_id AND n.number = p.node
    ) AS spec_node_id,
    p.attempt AS attempt,
    (SELECT value FROM name WHERE id = p.class_id) AS class,
    strftime('%Y-%m-%dT%H:%M:%S', p.start_at / 1000000000 - (p.start_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.start_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS start_at,
    strftime('%Y-%m-%dT%H:%M:%S', (p.start_at + p.duration_ns) / 1000000000 - ((p.start_at + p.duration_ns) % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', ((p.start_at + p.duration_ns) % 1000000000 + 1000000000) % 1000000000 / 1000) AS end_at,
    p.duration_ns / 1e9 AS duration_s,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.path_id
        WHERE n.execution_id = p.execution_id AND n.number = p.node
    ) AS node_path
FROM path_step p
LEFT JOIN execution e ON e.id = p.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

CREATE TABLE derivation (
    -- How rows follow from the messages. A schema step that adds a derived column says so with
    -- UPDATE derivation SET reason = 'what they gain' WHERE part = 'execution'; that makes all rows of the part overdue.
    part TEXT PRIMARY KEY,
    -- The version of the tool's rules by which the rows were made, or are being made.
    rules INTEGER NOT NULL,
    -- Why rows are to be made again; NULL when none is overdue.
    reason TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE overdue (
    -- A row that is to be made again from its messages: until then derived columns may be NULL, or as older rules had
    -- them. The next harvest makes some, rebuild all.
    part TEXT NOT NULL,
    -- The row's id.
    id INTEGER NOT NULL,
    -- What kept it from being made again: its messages are damaged, say. NULL for what is yet to be tried.
    finding TEXT,
    PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER derivation_changed AFTER UPDATE OF reason ON derivation WHEN new.reason IS NOT NULL BEGIN
    INSERT OR REPLACE INTO overdue (part, id)
    SELECT 'error', id FROM error WHERE new.part = 'error'
    UNION ALL SELECT 'definition', id FROM definition WHERE new.part = 'definition' AND pack_id IS NOT NULL
    UNION ALL SELECT 'execution', id FROM execution WHERE new.part = 'execution';
    UPDATE derivation SET reason = old.reason || '; ' || new.reason WHERE part = new.part AND old.reason IS NOT NULL;
END;

CREATE TABLE lost_row (
    -- A row that a workflow's definition, or another row, proves to have existed, and that the server no longer had.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The node that had it; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- What was lost: node for the node's own row, attempts, nodes for all that ran inside of it, phase for how it ended.
    field TEXT NOT NULL,
    -- What proves it: a sentence.
    detail_id INTEGER NOT NULL REFERENCES text,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE never_written (
    -- A row of capture about a place that the engine names and never fills: nothing is missing there.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- The number of the row of capture.
    number INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX execution_renamed ON execution (name) WHERE instr(name, '~') > 0;

CREATE INDEX execution_by_reference ON execution (reference) WHERE reference IS NOT NULL;

CREATE VIEW v_execution AS -- One row a workflow execution.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS name,
    l.name AS launch_plan,
    l.version AS launch_plan_version,
    w.name AS workflow,
    w.version AS workflow_version,
    e.phase AS phase,
    e.mode AS mode,
    (SELECT value FROM name WHERE id = e.principal_id) AS principal,
    (SELECT value FROM name WHERE id = e.cluster_id) AS cluster,
    e.nesting AS nesting,
    strftime('%Y-%m-%dT%H:%M:%S', e.created_at / 1000000000 - (e.created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.created_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', e.started_at / 1000000000 - (e.started_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.started_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', e.ended_at / 1000000000 - (e.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    (e.started_at - e.created_at) / 1e9 AS queue_s,
    e.duration_ns / 1e9 AS duration_s,
    (e.ended_at - e.created_at) / 1e9 AS wall_s,
    strftime('%Y-%m-%dT%H:%M:%S', e.scheduled_at / 1000000000 - (e.scheduled_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.scheduled_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS scheduled_at,
    (SELECT kind FROM error WHERE id = e.error_id) AS error_kind,
    (SELECT code FROM error WHERE id = e.error_id) AS error_code,
    (SELECT message FROM error WHERE id = e.error_id) AS error_message,
    (SELECT kind FROM error WHERE id = e.cause_id) AS cause_kind,
    (SELECT code FROM error WHERE id = e.cause_id) AS cause_code,
    (SELECT message FROM error WHERE id = e.cause_id) AS cause_message,
    e.cause_execution AS cause_execution,
    (SELECT value FROM name WHERE id = e.cause_node_id) AS cause_node_id,
    e.cause_attempt AS cause_attempt,
    (SELECT value FROM text WHERE id = e.abort_cause_id) AS abort_cause,
    (SELECT value FROM name WHERE id = e.abort_principal_id) AS abort_principal,
    e.parent AS parent_execution,
    (SELECT value FROM name WHERE id = e.parent_node_id) AS parent_node_id,
    e.reference AS reference_execution,
    e.is_archived AS archived,
    e.node_count AS node_count,
    e.attempt_count AS attempt_count,
    e.retry_count AS retry_count,
    e.key * 1048576 + e.input_map AS input_map_id,
    e.key * 1048576 + e.output_map AS output_map_id,
    e.is_complete AS is_complete,
    -- The page of an earlier execution of a name would be that of the later one.
    iif(instr(e.name, '~') > 0, NULL,
        coalesce(s.console, s.endpoint) || '/console/projects/' || c.project || '/domains/' || c.domain
            || '/executions/' || e.name) AS console_url,
    e.parent IS NOT NULL OR e.mode = 'CHILD_WORKFLOW' AS is_child,
    (SELECT cause_class FROM cause WHERE execution_id = e.id) AS cause_class
FROM execution e
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition l ON l.id = e.launch_plan_id
LEFT JOIN definition w ON w.id = e.workflow_id;

CREATE TABLE unreadable (
    -- What is in a message byte for byte, and our reader cannot take or cannot show as it is: nothing is missing.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The node that it is of; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- The attempt that it is of, counting from 0; NULL for the node's or execution's own.
    attempt INTEGER,
    -- As capture has it: inputs, outputs, data, metrics, signals, dynamic_workflow, task, workflow, execution, node or attempt.
    field TEXT NOT NULL,
    -- What of it, and why.
    detail_id INTEGER NOT NULL REFERENCES text,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW gap AS -- One row a thing that the server withheld or had lost, or that our reader cannot take, as the tables have it.
SELECT
    s.name AS source, c.project AS project, c.domain AS domain, e.name AS execution, i.value AS node_id,
    g.attempt AS attempt, g.field AS field, g.state AS state, w.number AS never_written, t.value AS detail,
    g.seen_at AS seen_at
FROM capture g
JOIN execution e ON e.id = g.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name i ON i.id = g.node_id
LEFT JOIN text t ON t.id = g.detail_id
LEFT JOIN never_written w ON w.execution_id = g.execution_id AND w.number = g.number
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, NULL, l.field, 'lost', NULL, t.value, e.observed_at
FROM lost_row l
JOIN execution e ON e.id = l.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name i ON i.id = l.node_id
LEFT JOIN text t ON t.id = l.detail_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, u.attempt, u.field, 'unreadable', NULL, t.value, e.observed_at
FROM unreadable u
JOIN execution e ON e.id = u.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name i ON i.id = u.node_id
LEFT JOIN text t ON t.id = u.detail_id;

CREATE VIEW v_capture AS -- One row a thing that the server withheld or had lost, or that our reader cannot take.
SELECT
    -- likely() changes nothing; a reader with an engine of its own that lacks it leaves the statement to SQLite.
    likely(g.source) AS source,
    g.project AS project,
    g.domain AS domain,
    g.execution AS execution,
    g.node_id AS node_id,
    g.attempt AS attempt,
    g.field AS field,
    iif(g.never_written IS NULL, g.state, 'never_written') AS state,
    g.detail AS detail,
    strftime('%Y-%m-%dT%H:%M:%S', g.seen_at / 1000000000 - (g.seen_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.seen_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS seen_at
FROM gap g;

CREATE VIEW literal_place AS -- One row a variable of the inputs or outputs of an execution, a node or an attempt, as the tables have it.
SELECT
    s.name AS source, c.project AS project, c.domain AS domain, e.name AS execution, NULL AS node_id, NULL AS attempt,
    'input' AS direction, v.value AS name, t.value AS type, l.number AS number, l.text AS text, l.json AS json,
    l.uri AS uri, l.size_bytes AS size_bytes
FROM execution e
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = e.id AND l.map = e.input_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, NULL, 'input', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM node n
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = n.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = n.execution_id AND l.map = n.input_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, a.attempt, 'input', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM attempt a
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = a.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = a.execution_id AND l.map = a.input_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, NULL, NULL, 'output', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM execution e
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = e.id AND l.map = e.output_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, NULL, 'output', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM node n
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = n.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = n.execution_id AND l.map = n.output_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, a.attempt, 'output', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM attempt a
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = a.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = a.execution_id AND l.map = a.output_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id;

CREATE VIEW v_literal AS -- One row a variable of the inputs or outputs of an execution, a node or an attempt.
SELECT
    -- likely() changes nothing; a reader with an engine of its own that lacks it leaves the statement to SQLite.
    likely(l.source) AS source,
    l.project AS project,
    l.domain AS domain,
    l.execution AS execution,
    l.node_id AS node_id,
    l.attempt AS attempt,
    l.direction AS direction,
    l.name AS name,
    l.type AS type,
    coalesce(
        l.json,
        '"' || l.text || '"',
        CASE WHEN l.type = 'boolean' THEN iif(l.number, 'true', 'false') ELSE CAST(l.number AS TEXT) END
    ) AS value_json,
    l.number AS value_number,
    l.text AS value_text,
    coalesce(
        l.uri,
        CASE
            WHEN l.type IN ('file', 'directory', 'schema', 'structured_dataset') THEN l.json ->> '$.uri'
            WHEN l.type = 'offloaded' THEN l.json ->> '$.offloaded.uri'
        END
    ) AS uri,
    l.size_bytes AS size_bytes
FROM literal_place l;

CREATE VIEW v_literal_leaf AS -- One row a number, text, flag or null inside the value of a variable.
SELECT
    likely(l.source) AS source,
    l.project AS project,
    l.domain AS domain,
    l.execution AS execution,
    l.node_id AS node_id,
    l.attempt AS attempt,
    l.direction AS direction,
    l.name AS name,
    -- As value_json ->> path takes it; $ for a value without parts.
    j.fullkey AS path,
    -- integer, real, text, true, false or null.
    j.type AS type,
    CASE WHEN j.type IN ('integer', 'real', 'true', 'false') THEN j.atom END AS value_number,
    CASE WHEN j.type = 'text' THEN j.atom END AS value_text
FROM v_literal l
JOIN json_tree(l.value_json) j ON j.type NOT IN ('object', 'array');

CREATE VIEW error_place AS -- One row a place where the server told an error, as the tables have it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    NULL AS node_id,
    NULL AS attempt,
    e.ended_at AS ended_at,
    x.kind AS kind,
    x.code AS code,
    x.message AS message,
    x.fingerprint AS fingerprint,
    x.id AS error_id
FROM error x
JOIN execution e ON e.error_id = x.id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    i.value AS node_id,
    NULL AS attempt,
    n.ended_at AS ended_at,
    x.kind AS kind,
    x.code AS code,
    x.message AS message,
    x.fingerprint AS fingerprint,
    x.id AS error_id
FROM error x
JOIN node n ON n.error_id = x.id
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = n.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    i.value AS node_id,
    a.attempt AS attempt,
    a.ended_at AS ended_at,
    x.kind AS kind,
    x.code AS code,
    x.message AS message,
    x.fingerprint AS fingerprint,
    x.id AS error_id
FROM error x
JOIN attempt a ON a.error_id = x.id
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = a.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_error AS -- One row a place where the server told an error; error_search finds error_id by words.
SELECT
    x.source AS source,
    x.project AS project,
    x.domain AS domain,
    x.execution AS execution,
    x.node_id AS node_id,
    x.attempt AS attempt,
    strftime('%Y-%m-%dT%H:%M:%S', x.ended_at / 1000000000 - (x.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (x.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    x.kind AS kind,
    x.code AS code,
    x.message AS message,
    x.fingerprint AS fingerprint,
    x.error_id AS error_id
FROM error_place x;

CREATE VIEW v_span AS -- One row a stretch of time, by the rules of Flyte's metrics.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    p.number AS span_id,
    p.parent AS parent_id,
    p.depth AS depth,
    CASE
        WHEN p.operation_id IS NOT NULL THEN 'operation'
        WHEN p.attempt IS NOT NULL THEN 'attempt'
        WHEN p.node_id IS NOT NULL THEN 'node'
        ELSE 'execution'
    END AS entity,
    (SELECT value FROM name WHERE id = p.node_id) AS node_id,
    -- What Flyte does within an attempt is the attempt's.
    coalesce(p.attempt, (
        SELECT q.attempt FROM metric_span q
        WHERE q.execution_id = p.execution_id AND q.origin = p.origin AND q.number = p.parent
    )) AS attempt,
    (SELECT value FROM name WHERE id = p.operation_id) AS operation,
    strftime('%Y-%m-%dT%H:%M:%S', p.start_at / 1000000000 - (p.start_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.start_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS start_at,
    strftime('%Y-%m-%dT%H:%M:%S', (p.start_at + p.duration_ns) / 1000000000 - ((p.start_at + p.duration_ns) % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', ((p.start_at + p.duration_ns) % 1000000000 + 1000000000) % 1000000000 / 1000) AS end_at,
    p.duration_ns / 1e9 AS duration_s,
    o.column2 AS origin
FROM metric_span p
JOIN (VALUES (1, 'archive'), (2, 'server')) o ON p.origin IN (0, o.column1)
LEFT JOIN execution e ON e.id = p.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

CREATE VIEW v_failure AS -- One row an execution that failed or timed out, by what caused it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    w.name AS workflow,
    strftime('%Y-%m-%dT%H:%M:%S', e.ended_at / 1000000000 - (e.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    (SELECT fingerprint FROM error WHERE id = f.error_id) AS fingerprint,
    (SELECT CAST(fingerprint AS INTEGER) FROM error WHERE id = f.error_id) AS fingerprint_rule,
    (
        -- The code, unless the line begins with its last word: of a traceback the line with the exception, else the
        -- first line without what the engine writes around the last attempt's.
        SELECT substr(CASE
            WHEN line = '' THEN code
            WHEN code = '' OR instr(line, substr(code, length(rtrim(code, replace(code, ':', ''))) + 1)) = 1 THEN line
            ELSE code || ': ' || line
        END, 1, 160)
        FROM (
            SELECT code, ltrim(rtrim(CASE
                WHEN NOT like('%Traceback%', said) THEN substr(said, 1, instr(said || ('"\n"' ->> '$'), ('"\n"' ->> '$')) - 1)
                WHEN instr(said, ('"\nMessage:\n"' ->> '$')) THEN substr(told, 1, instr(told || ('"\n"' ->> '$'), ('"\n"' ->> '$')) - 1)
                ELSE substr(said, length(rtrim(said, replace(said, ('"\n"' ->> '$'), ''))) + 1)
            END, ('"\t\r "' ->> '$')), ('"\t\r "' ->> '$')) AS line
            FROM (
                SELECT
                    code, said,
                    ltrim(substr(said, instr(said, ('"\nMessage:\n"' ->> '$')) + 10), ('"\t\n\r "' ->> '$')) AS told
                FROM (
                    SELECT
                        code, rtrim(iif(like('%User error.', said), substr(said, 1, length(said) - 11), said), ('"\t\n\r "' ->> '$')) AS said
                    FROM (
                        SELECT
                            code, ltrim(rtrim(iif(
                                like('[%] currentAttempt done. Last Error: %::%', message),
                                substr(message, instr(message, '::') + 2), message
                            ), ('"\t\n\r "' ->> '$')), ('"\t\n\r "' ->> '$')) AS said
                        FROM (
                            SELECT
                                replace(x.code, 'RetriesExhausted|', '') AS code,
                                replace(x.message, ('"\r\n"' ->> '$'), ('"\n"' ->> '$')) AS message
                            FROM error x WHERE x.id = f.error_id
                        )
                    )
                )
            )
        )
    ) AS label,
    f.cause_class AS cause_class,
    e.cause_execution AS cause_execution,
    (SELECT value FROM name WHERE id = e.cause_node_id) AS cause_node_id,
    e.cause_attempt AS cause_attempt,
    (
        SELECT d.name FROM node n
        LEFT JOIN attempt a
            ON a.execution_id = n.execution_id AND a.node = n.number AND a.attempt = e.cause_attempt
        JOIN definition d ON d.id = coalesce(a.task_id, n.task_id)
        WHERE n.execution_id = f.cause_execution_id AND n.node_id = e.cause_node_id
        LIMIT 1
    ) AS task,
    e.parent IS NOT NULL OR e.mode = 'CHILD_WORKFLOW' AS is_child
FROM cause f
JOIN execution e ON e.id = f.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition w ON w.id = e.workflow_id;

CREATE TABLE wall_time (
    -- What an execution's wall time went to: the steps of its critical path, summed by class.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- user_code, queue, flyte_overhead, retry, human_wait, cache, child or unexplained.
    class_id INTEGER NOT NULL REFERENCES name,
    -- How long, together; never 0.
    duration_ns INTEGER NOT NULL,
    PRIMARY KEY (execution_id, class_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE what_if (
    -- How long an execution would have taken, had something not cost time; without a row it would have taken as long.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- no_retries, warm_cache or no_queue.
    scenario_id INTEGER NOT NULL REFERENCES name,
    -- Its wall time, at least.
    low_ns INTEGER NOT NULL,
    -- Its wall time, at most.
    high_ns INTEGER NOT NULL,
    PRIMARY KEY (execution_id, scenario_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_wall_time AS -- One row a class of an execution that has ended: what its time from creation to end went to. They sum to it exactly.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = w.class_id) AS class,
    w.duration_ns / 1e9 AS duration_s,
    1.0 * w.duration_ns / (e.ended_at - e.created_at) AS share
FROM wall_time w
LEFT JOIN execution e ON e.id = w.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

CREATE VIEW work AS -- One row an attempt that has ended, with the container time that it took, as the tables have it.
SELECT
    a.execution_id AS execution_id,
    a.node AS node,
    a.attempt AS attempt,
    a.task_id AS task_id,
    a.outcome AS outcome,
    a.elements AS elements,
    coalesce(a.replicas, 1) AS replicas,
    a.ended_at AS ended_at,
    a.duration_ns IS NOT NULL OR a.had_container IS 0 AS is_seen,
    -- What never had a container counts nothing. Of a map's elements one at least ran at a time, and all at most.
    CASE WHEN a.had_container IS 0 THEN 0.0 ELSE max(0, coalesce(a.duration_ns, 0)) / 1e9 END
        * coalesce(a.replicas, 1) * min(1, coalesce(a.elements, 1)) AS seconds_low,
    CASE WHEN a.had_container IS 0 THEN 0.0 ELSE max(0, coalesce(a.duration_ns, a.ended_at - a.created_at, 0)) / 1e9 END
        * coalesce(a.replicas, 1) * coalesce(a.elements, 1) AS seconds_high,
    d.name AS task,
    coalesce(a.cpu_request, d.cpu_request) AS cores,
    coalesce(a.memory_request_bytes, d.memory_request_bytes) / 1073741824.0 AS gib,
    -- A task whose definition is known and asks for none has none.
    coalesce(a.gpu_request, d.gpu_request, iif(d.pack_id IS NOT NULL, 0.0, NULL)) AS gpus
FROM attempt a
LEFT JOIN definition d ON d.id = a.task_id
WHERE a.outcome IS NOT NULL;

CREATE VIEW v_work_time AS -- One row an attempt that has ended: the container time that it took, and what became of it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = w.execution_id AND n.number = w.node
    ) AS node_id,
    w.attempt AS attempt,
    w.task AS task,
    w.outcome AS outcome,
    w.elements AS elements,
    w.replicas AS replicas,
    w.seconds_low AS seconds_low,
    w.seconds_high AS seconds_high,
    w.seconds_low * w.cores / 3600 AS core_hours_low,
    w.seconds_high * w.cores / 3600 AS core_hours,
    w.seconds_low * w.gib / 3600 AS gib_hours_low,
    w.seconds_high * w.gib / 3600 AS gib_hours,
    w.seconds_low * w.gpus / 3600 AS gpu_hours_low,
    w.seconds_high * w.gpus / 3600 AS gpu_hours,
    w.is_seen AS is_seen,
    strftime('%Y-%m-%dT%H:%M:%S', w.ended_at / 1000000000 - (w.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (w.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at
FROM work w
LEFT JOIN execution e ON e.id = w.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

CREATE VIEW v_slack AS -- One row a node of an execution that has ended: what it meant for how long that took.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = n.node_id) AS node_id,
    n.slack_ns / 1e9 AS slack_s,
    n.drag_ns / 1e9 AS drag_s,
    n.is_on_path AS on_path,
    (SELECT value FROM name WHERE id = n.path_id) AS node_path
FROM node n
LEFT JOIN execution e ON e.id = n.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
WHERE n.is_on_path IS NOT NULL AND n.kind NOT IN ('start', 'end');

CREATE VIEW v_what_if AS -- One row an execution and something that it could have done without: how long it would have taken then.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = w.scenario_id) AS scenario,
    w.low_ns / 1e9 AS wall_low_s,
    w.high_ns / 1e9 AS wall_high_s,
    (e.ended_at - e.created_at) / 1e9 AS wall_s
FROM what_if w
LEFT JOIN execution e ON e.id = w.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

CREATE TABLE price (
    -- What an hour of a resource costs in a time: an entry of the book that 'flightlog prices' put in, whole.
    number INTEGER PRIMARY KEY,
    -- From when it holds.
    from_at INTEGER NOT NULL,
    -- Until when; NULL until further notice.
    until_at INTEGER,
    -- Only for this installation; NULL for any, and likewise the next three.
    source TEXT,
    -- Only for this cluster.
    cluster TEXT,
    -- Only for this project.
    project TEXT,
    -- Only for this domain.
    domain TEXT,
    -- What the prices are in, such as EUR.
    currency TEXT NOT NULL,
    -- The price of a CPU core for an hour; NULL when the book does not say, as the next two.
    core_hour REAL,
    -- The price of a GiB of memory for an hour.
    gib_hour REAL,
    -- The price of a GPU for an hour.
    gpu_hour REAL
) STRICT;

CREATE VIEW v_price AS -- One row an entry of the price book. Where several hold, that of most installation, cluster, project and domain does, then the later.
SELECT
    p.source AS source,
    p.cluster AS cluster,
    p.project AS project,
    p.domain AS domain,
    strftime('%Y-%m-%dT%H:%M:%S', p.from_at / 1000000000 - (p.from_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.from_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS from_at,
    strftime('%Y-%m-%dT%H:%M:%S', p.until_at / 1000000000 - (p.until_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.until_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS until_at,
    p.currency AS currency,
    p.core_hour AS core_hour,
    p.gib_hour AS gib_hour,
    p.gpu_hour AS gpu_hour,
    p.number AS number
FROM price p;

CREATE VIEW v_cost AS -- One row an attempt that has ended: its container time by the prices that held when it ended.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = w.execution_id AND n.number = w.node
    ) AS node_id,
    w.attempt AS attempt,
    w.task AS task,
    w.outcome AS outcome,
    w.seconds_low AS seconds_low,
    w.seconds_high AS seconds_high,
    p.currency AS currency,
    -- What is both requested and priced counts; NULL when nothing is.
    CASE
        WHEN p.number IS NULL THEN NULL
        WHEN w.seconds_high = 0 THEN 0.0
        WHEN coalesce(w.cores * p.core_hour, w.gib * p.gib_hour, w.gpus * p.gpu_hour) IS NOT NULL
            AND (w.cores IS NOT NULL OR w.gib IS NOT NULL OR w.gpus > 0)
            THEN (coalesce(w.cores * p.core_hour, 0) + coalesce(w.gib * p.gib_hour, 0) + coalesce(w.gpus * p.gpu_hour, 0))
                * w.seconds_low / 3600
    END AS cost_low,
    CASE
        WHEN p.number IS NULL THEN NULL
        WHEN w.seconds_high = 0 THEN 0.0
        WHEN coalesce(w.cores * p.core_hour, w.gib * p.gib_hour, w.gpus * p.gpu_hour) IS NOT NULL
            AND (w.cores IS NOT NULL OR w.gib IS NOT NULL OR w.gpus > 0)
            THEN (coalesce(w.cores * p.core_hour, 0) + coalesce(w.gib * p.gib_hour, 0) + coalesce(w.gpus * p.gpu_hour, 0))
                * w.seconds_high / 3600
    END AS cost,
    -- A GPU that is not asked for needs no price.
    p.number IS NOT NULL AND (w.seconds_high = 0 OR (
        w.cores * p.core_hour IS NOT NULL AND w.gib * p.gib_hour IS NOT NULL
            AND (w.gpus IS 0.0 OR w.gpus * p.gpu_hour IS NOT NULL)
    )) AS is_whole,
    w.is_seen AS is_seen,
    strftime('%Y-%m-%dT%H:%M:%S', w.ended_at / 1000000000 - (w.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (w.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at
FROM work w
LEFT JOIN execution e ON e.id = w.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN price p ON p.number = (
    SELECT q.number FROM price q
    WHERE q.from_at <= w.ended_at AND (q.until_at IS NULL OR q.until_at > w.ended_at)
        AND (q.source IS NULL OR q.source = s.name)
        AND (q.cluster IS NULL OR q.cluster = (SELECT value FROM name WHERE id = e.cluster_id))
        AND (q.project IS NULL OR q.project = c.project)
        AND (q.domain IS NULL OR q.domain = c.domain)
    ORDER BY
        (q.source IS NOT NULL) + (q.cluster IS NOT NULL) + (q.project IS NOT NULL) + (q.domain IS NOT NULL) DESC,
        q.from_at DESC, q.number DESC
    LIMIT 1
);

CREATE VIEW v_harvest AS -- One row a run of the harvester.
SELECT
    s.name AS source,
    h.id AS harvest_id,
    strftime('%Y-%m-%dT%H:%M:%S', h.started_at / 1000000000 - (h.started_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.started_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', h.ended_at / 1000000000 - (h.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    h.outcome AS outcome,
    h.tool_version AS tool_version,
    h.requests AS requests,
    h.bytes_in AS bytes_in,
    h.executions_new AS executions_new,
    h.executions_updated AS executions_updated,
    h.problems AS problems,
    -- Why it failed: the server did not answer, refused the log-in, did not have the project; NULL when it did not fail.
    h.reason AS reason
FROM harvest h
JOIN source s ON s.id = h.source_id;

CREATE VIEW sealed AS -- One row a row that has a seal, and what the seal should be.
SELECT 'source' AS part, id AS id, 0 AS number, json_array(name, endpoint, console) AS content
FROM source
UNION ALL
SELECT 'dictionary', id, 0, json_array(trained_at, length(hex(data)) / 2)
FROM dictionary
UNION ALL
SELECT 'execution', id, 0, observed_at
FROM execution
UNION ALL
SELECT 'capture', execution_id, number, json_array(node_id, attempt, task_id, field, state, detail_id, seen_at)
FROM capture
UNION ALL
SELECT 'harvest', id, 0, iif(
    reason IS NULL,
    json_array(source_id, started_at, ended_at, outcome, tool_version, requests, bytes_in, executions_new,
        executions_updated, problems),
    json_array(source_id, started_at, ended_at, outcome, tool_version, requests, bytes_in, executions_new,
        executions_updated, problems, reason)
)
FROM harvest
UNION ALL
SELECT 'watermark', scope_id, 0, json_array(updated_at, resume)
FROM watermark
UNION ALL
SELECT 'problem', id, 0, json_array(source_id, project, domain, execution, route, status, message, tries,
    first_seen_at, last_seen_at, resolved_at)
FROM problem
UNION ALL
SELECT 'vanished', execution_id, 0, seen_at
FROM vanished
UNION ALL
SELECT 'redaction', execution_id, number, json_array(node_id, attempt, field, name_id, rule, token, count)
FROM redaction
UNION ALL
SELECT 'definition_redaction', definition_id, number, json_array(field, name_id, rule, token, count)
FROM definition_redaction
UNION ALL
SELECT 'tombstone', id, 0, json_array(source_id, kind, hex(digest), reason, executions, forgotten_at)
FROM tombstone;

CREATE INDEX execution_by_creation ON execution (
    strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000000 - (created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (created_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);

CREATE TABLE lineage (
    -- An address that an execution, a node or an attempt read or wrote, as its inputs and outputs tell.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The number of the node; NULL for the execution's own.
    node INTEGER,
    -- The attempt, counting from 0; NULL for the node's or execution's own.
    attempt INTEGER,
    -- 1 when it was written, 0 when it was read: what was given is read, and so is what a cache or a recovered
    -- execution had. What is only given back is not written.
    is_write INTEGER NOT NULL,
    -- The variable, and where in it, such as files[3] or tables.eu; of a variable at most 10,000.
    name_id INTEGER NOT NULL REFERENCES name,
    -- file, directory, schema, structured_dataset, offloaded or artifact.
    kind_id INTEGER NOT NULL REFERENCES name,
    -- The address in the form in which stores tell addresses apart.
    address_id INTEGER NOT NULL REFERENCES name,
    -- Its format, such as csv; NULL when nothing is said.
    format_id INTEGER REFERENCES name,
    -- When: of what was read the beginning of what read it, of what was written the end of what wrote it.
    at INTEGER,
    -- Who did it, seen from there: 0 the place itself, 1 something that ran inside of it, 2 an execution that it launched.
    level INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX lineage_by_address ON lineage (address_id, is_write, level, at);

CREATE VIEW v_lineage AS -- One row an address that an execution, a node or an attempt read or wrote.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = l.execution_id AND n.number = l.node
    ) AS node_id,
    l.attempt AS attempt,
    iif(l.is_write, 'write', 'read') AS direction,
    (SELECT value FROM name WHERE id = l.name_id) AS name,
    (SELECT value FROM name WHERE id = l.kind_id) AS kind,
    -- In the form in which stores tell addresses apart, so that equal ones are the same place.
    a.value AS uri,
    (SELECT value FROM name WHERE id = l.format_id) AS format,
    strftime('%Y-%m-%dT%H:%M:%S', l.at / 1000000000 - (l.at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (l.at % 1000000000 + 1000000000) % 1000000000 / 1000) AS at
FROM lineage l
JOIN name a ON a.id = l.address_id
JOIN execution e ON e.id = l.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE TABLE change (
    -- A moment since which the durations or failures of a workflow or one of its nodes are others: the history before and
    -- after it, up to the next such moments, differs by more than chance gives.
    id INTEGER PRIMARY KEY,
    -- The series: of a workflow's name in a domain.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The workflow.
    workflow_id INTEGER NOT NULL REFERENCES name,
    -- The node's path; NULL for the workflow's own.
    path_id INTEGER REFERENCES name,
    -- duration or failure_rate.
    measure TEXT NOT NULL,
    -- When the first run of those after it ended.
    at INTEGER NOT NULL,
    -- Of durations the median in seconds, of failures their share: before it.
    before REAL NOT NULL,
    -- The same after it.
    after REAL NOT NULL,
    -- The lower end of the 95 % interval of the difference, after minus before.
    low REAL NOT NULL,
    -- Its upper end.
    high REAL NOT NULL,
    -- How often chance gives such a moment in a series like this one.
    p REAL NOT NULL,
    -- What else changed there: a JSON object.
    with_what TEXT NOT NULL,
    UNIQUE (scope_id, workflow_id, path_id, measure, at)
) STRICT;

CREATE TABLE change_series (
    -- A history that was looked through for changes.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The workflow.
    workflow_id INTEGER NOT NULL REFERENCES name,
    -- The node's path; the empty one for the workflow's own.
    path_id INTEGER NOT NULL REFERENCES name,
    -- duration or failure_rate.
    measure TEXT NOT NULL,
    -- How many runs it has; the last 1,000 at most.
    runs INTEGER NOT NULL,
    PRIMARY KEY (scope_id, workflow_id, path_id, measure)
) STRICT, WITHOUT ROWID;

CREATE TABLE change_due (
    -- A workflow of which executions were written since its histories were last looked through.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The workflow.
    workflow TEXT NOT NULL,
    PRIMARY KEY (scope_id, workflow)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_change AS -- One row a moment since which durations or failures are others than before.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    (SELECT value FROM name WHERE id = h.workflow_id) AS workflow,
    (SELECT value FROM name WHERE id = h.path_id) AS node_path,
    h.measure AS measure,
    strftime('%Y-%m-%dT%H:%M:%S', h.at / 1000000000 - (h.at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.at % 1000000000 + 1000000000) % 1000000000 / 1000) AS at,
    h.before AS before,
    h.after AS after,
    h.low AS low,
    h.high AS high,
    -- Over all histories that were looked through (Bonferroni): one of them in twenty archives says more than is so.
    min(1.0, h.p * (SELECT count(*) FROM change_series)) AS p,
    h.with_what AS with_what
FROM change h
JOIN scope c ON c.id = h.scope_id
JOIN source s ON s.id = c.source_id
WHERE h.p * (SELECT count(*) FROM change_series) <= 0.05;

CREATE TRIGGER change_is_due AFTER INSERT ON execution WHEN new.ended_at IS NOT NULL AND new.workflow_id IS NOT NULL BEGIN
    -- Values, as a SELECT of one row is collected in a table of its own first.
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    VALUES (new.scope_id, (SELECT name FROM definition WHERE id = new.workflow_id));
END;

CREATE TRIGGER change_is_due_again AFTER UPDATE OF ended_at, phase, workflow_id ON execution
WHEN new.workflow_id IS NOT NULL AND (new.ended_at IS NOT old.ended_at OR new.phase <> old.phase) BEGIN
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    VALUES (new.scope_id, (SELECT name FROM definition WHERE id = new.workflow_id));
END;

CREATE TRIGGER change_is_due_without AFTER DELETE ON execution WHEN old.workflow_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    VALUES (old.scope_id, (SELECT name FROM definition WHERE id = old.workflow_id));
END;

CREATE TABLE schedule_series (
    -- A launch plan that was run by a schedule, all its versions together.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The launch plan.
    launch_plan TEXT NOT NULL,
    -- The schedule of the version that ran last; NULL when that is not in the archive.
    schedule TEXT,
    -- By whose clocks it goes; NULL when it cannot be read.
    time_zone TEXT,
    -- For how many times that it meant there is an execution.
    runs INTEGER NOT NULL,
    -- How many stretches from such a time to the next one could not be looked through.
    unjudged INTEGER NOT NULL,
    -- Why not, of the latest of them: not_archived (the launch plan's version), unreadable (its schedule), changed (it was another
    -- one at the end, or in between), off_schedule (runs were not meant for times of the schedule) or too_long.
    unjudged_reason TEXT,
    -- The first time that was meant and has an execution.
    first_at INTEGER NOT NULL,
    -- The last one.
    last_at INTEGER NOT NULL,
    -- What the schedule means after that; NULL when it cannot be told.
    next_at INTEGER,
    PRIMARY KEY (scope_id, launch_plan)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_gap (
    -- Times that a launch plan's schedule meant, one after the other, without an execution; before and after them there are some.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The launch plan.
    launch_plan TEXT NOT NULL,
    -- The first of them.
    from_at INTEGER NOT NULL,
    -- The last.
    until_at INTEGER NOT NULL,
    -- How many.
    slots INTEGER NOT NULL,
    -- The schedule.
    schedule TEXT NOT NULL,
    -- The last time before them that has an execution.
    before_at INTEGER NOT NULL,
    -- The first time after them that has one.
    after_at INTEGER NOT NULL,
    PRIMARY KEY (scope_id, launch_plan, from_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_due (
    -- A launch plan of which scheduled executions or versions were written since its times were last looked through.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The launch plan.
    launch_plan TEXT NOT NULL,
    PRIMARY KEY (scope_id, launch_plan)
) STRICT, WITHOUT ROWID;

CREATE INDEX execution_by_schedule ON execution (launch_plan_id, scheduled_at) WHERE scheduled_at IS NOT NULL;

CREATE TRIGGER schedule_is_due AFTER INSERT ON execution
WHEN new.scheduled_at IS NOT NULL AND new.launch_plan_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO schedule_due (scope_id, launch_plan)
    VALUES (
        (SELECT scope_id FROM definition WHERE id = new.launch_plan_id),
        (SELECT name FROM definition WHERE id = new.launch_plan_id)
    );
END;

CREATE TRIGGER schedule_is_due_again AFTER UPDATE OF scheduled_at, launch_plan_id, mode ON execution
WHEN new.launch_plan_id IS NOT NULL AND (
    new.scheduled_at IS NOT old.scheduled_at OR new.launch_plan_id IS NOT old.launch_plan_id OR new.mode <> old.mode
) BEGIN
    INSERT OR IGNORE INTO schedule_due (scope_id, launch_plan)
    VALUES (
        (SELECT scope_id FROM definition WHERE id = new.launch_plan_id),
        (SELECT name FROM definition WHERE id = new.launch_plan_id)
    );
END;

CREATE TRIGGER schedule_is_due_without AFTER DELETE ON execution
WHEN old.scheduled_at IS NOT NULL AND old.launch_plan_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO schedule_due (scope_id, launch_plan)
    VALUES (
        (SELECT scope_id FROM definition WHERE id = old.launch_plan_id),
        (SELECT name FROM definition WHERE id = old.launch_plan_id)
    );
END;

CREATE TRIGGER schedule_is_due_by_version AFTER UPDATE OF pack_id, schedule, created_at ON definition
WHEN new.kind = 'launch_plan' AND (
    new.schedule IS NOT old.schedule OR new.created_at IS NOT old.created_at OR (new.pack_id IS NULL) <> (old.pack_id IS NULL)
) BEGIN
    INSERT OR IGNORE INTO schedule_due (scope_id, launch_plan) VALUES (new.scope_id, new.name);
END;

CREATE VIEW v_schedule AS -- One row a launch plan that was run by a schedule, all its versions together.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    h.launch_plan AS launch_plan,
    h.schedule AS schedule,
    h.time_zone AS time_zone,
    h.runs AS runs,
    (
        SELECT coalesce(sum(g.slots), 0) FROM schedule_gap g
        WHERE g.scope_id = h.scope_id AND g.launch_plan = h.launch_plan
    ) AS missed,
    h.unjudged AS unjudged,
    h.unjudged_reason AS unjudged_reason,
    strftime('%Y-%m-%dT%H:%M:%S', h.first_at / 1000000000 - (h.first_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.first_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS first_scheduled_at,
    strftime('%Y-%m-%dT%H:%M:%S', h.last_at / 1000000000 - (h.last_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.last_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS last_scheduled_at,
    strftime('%Y-%m-%dT%H:%M:%S', h.next_at / 1000000000 - (h.next_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.next_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS next_scheduled_at,
    (
        SELECT strftime('%Y-%m-%dT%H:%M:%S', w.updated_at / 1000000000 - (w.updated_at % 1000000000 < 0), 'unixepoch')
            || printf('.%06dZ', (w.updated_at % 1000000000 + 1000000000) % 1000000000 / 1000)
        FROM watermark w WHERE w.scope_id = h.scope_id
    ) AS complete_up_to
FROM schedule_series h
JOIN scope c ON c.id = h.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_missed_slot AS -- One row a row of times that a launch plan's schedule meant and that have no execution, though others before and after them have.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    g.launch_plan AS launch_plan,
    g.schedule AS schedule,
    strftime('%Y-%m-%dT%H:%M:%S', g.from_at / 1000000000 - (g.from_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.from_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS first_at,
    strftime('%Y-%m-%dT%H:%M:%S', g.until_at / 1000000000 - (g.until_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.until_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS last_at,
    g.slots AS slots,
    strftime('%Y-%m-%dT%H:%M:%S', g.before_at / 1000000000 - (g.before_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.before_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS met_before_at,
    strftime('%Y-%m-%dT%H:%M:%S', g.after_at / 1000000000 - (g.after_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.after_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS met_after_at,
    -- The surest reason first.
    CASE
        WHEN coalesce((SELECT w.updated_at FROM watermark w WHERE w.scope_id = g.scope_id) <= g.after_at, 1)
            THEN 'not_harvested'
        WHEN EXISTS (
            SELECT 1 FROM problem p
            WHERE p.source_id = c.source_id AND p.resolved_at IS NULL AND coalesce(p.project, c.project) = c.project
                AND coalesce(p.domain, c.domain) = c.domain
        ) THEN 'problems'
        WHEN EXISTS (
            SELECT 1 FROM tombstone t
            WHERE t.source_id = c.source_id AND t.kind = 'execution' AND t.forgotten_at > g.from_at
        ) THEN 'forgotten'
    END AS doubt
FROM schedule_gap g
JOIN scope c ON c.id = g.scope_id
JOIN source s ON s.id = c.source_id;

PRAGMA user_version = 8;
