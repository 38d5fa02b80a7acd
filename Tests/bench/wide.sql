-- Fills an empty archive with one execution of 10,000 nodes, of which twenty failed, each with an attempt, two reasons and
-- a link to logs: for timing how it is shown.
--
--     cat schema/current.sql Tests/bench/wide.sql | sqlite3 wide.db

BEGIN;
INSERT INTO source VALUES (1, 'bench', 'https://flyte.example.com', NULL);
INSERT INTO scope VALUES (1, 1, 'sales', 'production');
INSERT INTO error VALUES (1, 1, 'USER', 'USER:ValueError', 'ValueError: no such column', '2:aa');
INSERT INTO definition (id, scope_id, kind, name, version) VALUES (1, 1, 'workflow', 'etl.wide', 'v1');
INSERT INTO definition (id, scope_id, kind, name, version, image, cpu_request, memory_request_bytes)
VALUES (2, 1, 'task', 'etl.part', 'v7', 'registry.example.com/etl:v7', 0.5, 536870912);
INSERT INTO name (id, value) SELECT value + 1, 'n' || value FROM generate_series(0, 9999);
INSERT INTO name (id, value) VALUES (20000, 'Kubernetes Logs (User)');
INSERT INTO text VALUES (1, 1, 'task submitted to K8s'), (2, 2, '[ContainersNotReady|ContainerCreating]: |');
INSERT INTO execution (id, key, scope_id, name, workflow_id, phase, mode, nesting, created_at, started_at, duration_ns, ended_at,
    error_id, cause_id, cause_execution, cause_node_id, cause_attempt, is_archived, node_count, attempt_count, retry_count,
    is_complete, observed_at, digest)
VALUES (1, 1, 1, 'wide', 1, 'FAILED', 'MANUAL', 0, 1772500000000000000, 1772500000000000000, 600000000000,
    1772500600000000000, 1, 1, 'wide', 8, 0, 0, 10000, 10000, 0, 1, 1772500700000000000, x'');
INSERT INTO node (execution_id, number, node_id, depth, kind, phase, task_id, created_at, started_at, duration_ns, ended_at,
    attempt_count)
SELECT 1, value + 1, value + 1, 0, 'task', iif(value % 500 = 7, 'FAILED', 'SUCCEEDED'), 2, at, at, 1000000000, at + 1000000000, 1
FROM (SELECT value, 1772500000000000000 + value * 1000000 AS at FROM generate_series(0, 9999));
INSERT INTO attempt (execution_id, number, node, attempt, task_id, phase, created_at, started_at, duration_ns, ended_at,
    error_id, pod)
SELECT 1, number, number, 0, task_id, phase, created_at, created_at + 1000000, 900000000, ended_at,
    iif(phase = 'FAILED', 1, NULL), 'wide-n' || number || '-0'
FROM node;
INSERT INTO reason SELECT 1, a.number, v.value, a.created_at, v.value FROM attempt a, generate_series(1, 2) v;
INSERT INTO log SELECT 1, number, 1, 20000, 'https://logs.example.com/#!/log/sales-production/' || pod || '/pod' FROM attempt;
COMMIT;
