-- Fills an empty archive with a year of made-up executions, for timing the questions: 86 000 of them with about a
-- million attempts, from one to three failures in a hundred, in the proportions of the sample installation.
--
--     cat schema/current.sql Tests/bench/archive.sql | sqlite3 bench.db
--
-- With 70325581395 in the place of 365000000000 they all lie within ten weeks, with 100,000 attempts in each.
--
-- Only what questions read is there: no messages, no packs. Nothing is random, so every run gives the same rows.
-- The stock shell has generate_series.

PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;

CREATE TEMP TABLE size (executions INTEGER, first_at INTEGER, every_ns INTEGER);
-- From Monday, 6 January 2025, one every six minutes.
INSERT INTO size VALUES (86000, 1736121600000000000, 365000000000);

INSERT INTO source VALUES (1, 'bench', 'https://flyte.example.com', NULL);
INSERT INTO scope VALUES
    (1, 1, 'sales', 'production'), (2, 1, 'sales', 'development'), (3, 1, 'vision', 'production'),
    (4, 1, 'vision', 'development');
INSERT INTO name (id, value)
SELECT value, 'n' || (value - 1) FROM generate_series(1, 20)
UNION ALL VALUES
    (101, 'start-node'), (102, 'end-node'), (103, 'python-task'), (104, 'user_code'), (105, 'queue'),
    (106, 'flyte_overhead'), (107, 'retry'), (108, 'region'), (109, 'day'), (110, 'rows'), (111, 'string'),
    (112, 'integer'), (113, 'WORKFLOW_SETUP'), (114, 'WORKFLOW_TEARDOWN'), (115, 'NODE_SETUP'),
    (116, 'NODE_TEARDOWN'), (117, 'TASK_SETUP'), (118, 'TASK_RUNTIME'), (119, 'TASK_TEARDOWN'),
    (120, 'CACHE_HIT'), (121, 'CACHE_POPULATED'), (122, 'CACHE_DISABLED'), (123, 'flytescheduler'), (124, 'cluster'),
    (125, 'no_queue'), (126, 'no_retries'), (127, 'table'), (128, 'structured_dataset'), (129, 'parquet');
INSERT INTO name (id, value) SELECT 200 + value, 'step-' || value FROM generate_series(0, 19);
INSERT INTO text VALUES
    (1, 1, 'task submitted to K8s'), (2, 2, 'wrong day'),
    (3, 3, 'Unschedulable:0/7 nodes are available: 7 Insufficient cpu.');
INSERT INTO price VALUES (1, 0, NULL, NULL, NULL, NULL, NULL, 'EUR', 0.04, 0.005, 2.5);

-- 40 workflows and 60 tasks of each scope, in three versions.
INSERT INTO definition (id, scope_id, kind, name, version, task_type, is_cacheable, retries, cpu_request, memory_request_bytes)
SELECT
    s.value * 1000 + d.value * 3 + v.value, s.value, iif(d.value < 40, 'workflow', 'task'),
    iif(d.value < 40, 'flows.workflow_' || d.value, 'jobs.task_' || (d.value - 40)), 'v' || v.value,
    iif(d.value < 40, NULL, 'python-task'), iif(d.value < 40, NULL, d.value % 5 = 0), iif(d.value < 40, NULL, 1),
    iif(d.value < 40, NULL, 1.0 + d.value % 4), iif(d.value < 40, NULL, 1073741824 * (1 + d.value % 8))
FROM generate_series(1, 4) s, generate_series(0, 99) d, generate_series(0, 2) v;

-- 300 errors, every sixth the system's.
INSERT INTO error
SELECT
    value, value, iif(value % 6 = 0, 'SYSTEM', 'USER'),
    iif(value % 10 = 0, 'RetriesExhausted|Timeout', 'USER:ValueError'),
    'Traceback (most recent call last):' || char(10) || '  File "/root/jobs.py", line ' || value
        || ', in step' || char(10) || 'ValueError: column ' || value || ' is missing',
    '1:' || printf('%016x', value * 2654435761 % 4294967296)
FROM generate_series(1, 300);

CREATE TEMP TABLE run AS
SELECT
    value AS id, chance / 256 % 4 + 1 AS scope_id, chance / 1024 % 40 AS workflow, chance / 65536 % 1000 AS luck,
    10 + value % 5 AS nodes, first_at + value * every_ns AS created_at,
    -- From 2 to 400 seconds a node, few of them long.
    CAST(2e9 * exp(5.3 * (chance / 4096 % 1000 / 1000.0) * (chance / 8192 % 1000 / 1000.0)) AS INTEGER) AS slot_ns
FROM (SELECT value, (value * 2654435761 + 97) * 40503 % 4294967296 AS chance, size.* FROM size, generate_series(1, executions));

CREATE TEMP VIEW slot AS
SELECT
    run.*, j.value AS j, (id * 31 + j.value * 17) * 40503 / 64 % 1000 AS chance,
    created_at + 1000000000 + j.value * slot_ns AS node_at
FROM run, generate_series(0, 13) j
WHERE j.value < nodes;

INSERT INTO execution
SELECT
    id, id, scope_id, 'a' || printf('%019x', id * 2654435761), NULL, scope_id * 1000 + workflow * 3 + id % 3,
    CASE WHEN id > 85980 THEN 'RUNNING' WHEN luck < 40 THEN 'FAILED' WHEN luck < 55 THEN 'ABORTED' ELSE 'SUCCEEDED' END,
    'SCHEDULED', 123, 124, 0, created_at, created_at + 1000000000,
    iif(id > 85980, NULL, nodes * slot_ns), created_at + 1000000000 + nodes * slot_ns,
    iif(id > 85980, NULL, created_at + 1000000000 + nodes * slot_ns), NULL,
    iif(luck < 40, luck * 7 + 1, NULL), iif(luck < 40, luck * 7 + 1, NULL), NULL, iif(luck < 40, nodes, NULL),
    iif(luck < 40, 0, NULL), iif(luck BETWEEN 40 AND 54, 2, NULL), NULL, NULL, NULL, NULL, 0, nodes + 2, nodes, 0, 1, NULL,
    luck % 50 <> 0, created_at, iif(id > 85980, 0, NULL), x'',
    CASE WHEN luck >= 40 THEN NULL WHEN (luck * 7 + 1) % 10 = 0 THEN 'timeout' WHEN (luck * 7 + 1) % 6 = 0 THEN 'system'
        ELSE 'user' END
FROM run;

INSERT INTO node
SELECT
    id, 1, 101, 101, NULL, NULL, 0, 'start', '0', 'SUCCEEDED', NULL, NULL, NULL, created_at + 1000000000, NULL, NULL,
    created_at + 1000000000, created_at + 1000000000, 0, NULL, NULL, NULL, NULL, NULL, 101, NULL, NULL, NULL
FROM run
UNION ALL
SELECT
    id, j + 2, j + 1, j + 1, 200 + j, NULL, 0, 'task', '0',
    iif(luck < 40 AND j = nodes - 1, 'FAILED', 'SUCCEEDED'), scope_id * 1000 + 120 + (workflow + j * 7) % 60 * 3 + id % 3, 103,
    CASE WHEN (workflow + j * 7) % 5 <> 0 THEN 122 WHEN chance < 300 THEN 120 ELSE 121 END, node_at,
    iif(chance % 20 = 0, NULL, node_at + slot_ns / 20), iif(chance % 20 = 0, NULL, slot_ns - slot_ns / 10),
    node_at + slot_ns, node_at + slot_ns, 1 + (chance < 30), iif(luck < 40 AND j = nodes - 1, luck * 7 + 1, NULL), NULL, 2 + j, 2 + j, NULL, j + 1,
    0, slot_ns, iif(id > 85980, NULL, 1)
FROM slot
UNION ALL
SELECT
    id, nodes + 2, 102, 102, NULL, NULL, 0, 'end', '0', 'SUCCEEDED', NULL, NULL, NULL,
    created_at + 1000000000 + nodes * slot_ns, NULL, NULL, created_at + 1000000000 + nodes * slot_ns,
    created_at + 1000000000 + nodes * slot_ns, 0, NULL, NULL, NULL, NULL, NULL, 102, NULL, NULL, NULL
FROM run
ORDER BY 1, 2;

-- One node in thirty is tried twice.
INSERT INTO attempt
SELECT
    id, j * 2 + t.value + 1, j + 2, t.value, scope_id * 1000 + 120 + (workflow + j * 7) % 60 * 3 + id % 3, 103,
    iif(luck < 40 AND j = nodes - 1 OR t.value = 0 AND chance < 30, 'FAILED', 'SUCCEEDED'),
    node_at + t.value * slot_ns / 2, iif(chance % 20 = 0, NULL, node_at + t.value * slot_ns / 2 + slot_ns / 20),
    iif(chance % 20 = 0, NULL, iif(chance < 30, slot_ns / 3, slot_ns - slot_ns / 10)),
    node_at + slot_ns, node_at + iif(chance < 30 AND t.value = 0, slot_ns / 2, slot_ns),
    CASE WHEN luck < 40 AND j = nodes - 1 THEN luck * 7 + 1 WHEN t.value = 0 AND chance < 30 THEN chance * 9 + 1 END,
    1, NULL, NULL, NULL, 'a' || printf('%019x', id * 2654435761) || '-n' || j || '-' || t.value, 2 + j, 2 + j, 1, 1, 1,
    CASE WHEN luck < 40 AND j = nodes - 1 THEN iif(t.value = 0 AND chance < 30, 'retried', 'failed')
        WHEN t.value = 0 AND chance < 30 THEN 'retried' ELSE 'useful' END
FROM slot, generate_series(0, 1) t
WHERE t.value = 0 OR chance < 30
ORDER BY 1, 2;

INSERT INTO path_step
SELECT
    id, j * 3 + c.value + 1, j + 2, iif(c.value = 2, NULL, 0),
    CASE c.value WHEN 0 THEN 105 WHEN 1 THEN iif(chance < 30, 107, 104) ELSE 106 END,
    node_at + CASE c.value WHEN 0 THEN 0 WHEN 1 THEN slot_ns / 20 ELSE slot_ns - slot_ns / 20 END,
    iif(c.value = 1, slot_ns - slot_ns / 10, slot_ns / 20)
FROM slot, generate_series(0, 2) c
WHERE id <= 85980
ORDER BY 1, 2;

INSERT INTO wall_time
SELECT execution_id, class_id, sum(duration_ns) FROM path_step GROUP BY execution_id, class_id;
INSERT INTO what_if
SELECT id, v.value, nodes * (slot_ns - slot_ns / 20), nodes * (slot_ns - slot_ns / 20)
FROM run, generate_series(125, 126) v WHERE id <= 85980 AND (v.value = 125 OR luck < 40)
ORDER BY 1, 2;

-- One attempt in ten waited for a machine.
INSERT INTO reason
SELECT execution_id, number, 1, created_at, 1 FROM attempt
UNION ALL
SELECT execution_id, number, 2, created_at + 500000000, 3 FROM attempt WHERE (execution_id + number) % 10 = 0
ORDER BY 1, 2, 3;

INSERT INTO metric_span
SELECT
    id, 0, c.value + 1, iif(c.value = 0, NULL, 1), c.value > 0, NULL, NULL,
    CASE c.value WHEN 1 THEN 113 WHEN 2 THEN 114 END, created_at, iif(c.value = 0, nodes * slot_ns, 1000000000)
FROM run, generate_series(0, 2) c
UNION ALL
SELECT
    id, 0, 4 + j * 7 + c.value,
    CASE c.value WHEN 0 THEN 1 WHEN 1 THEN 4 + j * 7 WHEN 2 THEN 4 + j * 7 WHEN 3 THEN 4 + j * 7 ELSE 7 + j * 7 END,
    CASE c.value WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 2 WHEN 3 THEN 2 ELSE 3 END, j + 1, iif(c.value < 3, NULL, 0),
    CASE c.value WHEN 1 THEN 115 WHEN 2 THEN 116 WHEN 4 THEN 117 WHEN 5 THEN 118 WHEN 6 THEN 119 END,
    node_at, CASE c.value WHEN 0 THEN slot_ns WHEN 3 THEN slot_ns WHEN 5 THEN slot_ns - slot_ns / 10 ELSE slot_ns / 20 END
FROM slot, generate_series(0, 6) c
ORDER BY 1, 2, 3;

-- Two inputs of each execution, an input and an output of each node.
UPDATE execution SET input_map = 1;
INSERT INTO literal
SELECT id, 1, 108, 111, NULL, CASE workflow % 3 WHEN 0 THEN 'eu' WHEN 1 THEN 'us' ELSE 'apac' END, NULL, NULL, 8 FROM run
UNION ALL
SELECT id, 1, 109, 111, NULL, date(created_at / 1000000000, 'unixepoch'), NULL, NULL, 16 FROM run
UNION ALL
SELECT id, 2 + j, 110, 112, chance, NULL, NULL, NULL, 8 FROM slot
ORDER BY 1, 2, 3;

-- Every fifth node writes a table, and the next one reads it.
INSERT INTO name (id, value)
SELECT 1000000 + id * 20 + j, 's3://data/' || id || '/' || j FROM slot WHERE j % 5 = 0;
INSERT INTO lineage
SELECT id, j + 1, j + 2, NULL, j % 5 = 0, 127, 128, 1000000 + id * 20 + j - j % 5, 129, node_at, 0
FROM slot WHERE j % 5 < 2
ORDER BY 1, 2;

INSERT INTO capture
SELECT id, 1, NULL, NULL, NULL, 'outputs', 'missing', 1, created_at FROM run WHERE luck % 50 = 0;
INSERT INTO harvest
SELECT value, 1, first_at + value * 86400000000000, first_at + value * 86400000000000 + 60000000000, 'done', 'bench', 900, 5000000, 236, 0, 0, NULL
FROM size, generate_series(1, 365);
COMMIT;
ANALYZE;
