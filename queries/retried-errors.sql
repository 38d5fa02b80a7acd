-- Errors that were overcome
--
-- Attempts that failed without being what made a top-level execution fail: they were tried again, or the execution went
-- on without them. By what the errors have in common; retried attempts were followed by another of their node, and
-- succeeded counts the executions that succeeded all the same. Most attempts first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only attempts of this task.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 20.

WITH cause AS MATERIALIZED (
    SELECT
        source, cause_node_id, cause_attempt,
        iif(instr(cause_execution, '/'), cause_execution, project || '/' || domain || '/' || coalesce(cause_execution, execution))
            AS place
    FROM v_failure
    WHERE is_child IS NOT 1 AND cause_node_id IS NOT NULL AND cause_attempt IS NOT NULL
        AND (:since IS NULL OR ended_at >= :since)
),
failed AS MATERIALIZED (
    SELECT
        t.source, t.project, t.domain, t.execution, t.node_id, t.attempt, t.task, t.ended_at,
        coalesce(t.fingerprint, '') AS fingerprint, e.phase = 'SUCCEEDED' AS is_good,
        EXISTS (
            SELECT 1 FROM v_task_execution u
            WHERE u.source = t.source AND u.project = t.project AND u.domain = t.domain
                AND u.execution = t.execution AND u.node_id = t.node_id AND u.attempt > t.attempt
        ) AS is_retried
    FROM v_task_execution t
    JOIN v_execution e
        ON e.source = t.source AND e.project = t.project AND e.domain = t.domain AND e.name = t.execution
    LEFT JOIN cause c
        ON c.source = t.source AND c.place = t.project || '/' || t.domain || '/' || t.execution
        AND c.cause_node_id = t.node_id AND c.cause_attempt = t.attempt
    WHERE t.phase = 'FAILED' AND c.source IS NULL
        AND (:project IS NULL OR t.project = :project) AND (:domain IS NULL OR t.domain = :domain)
        AND (:task IS NULL OR t.task = :task)
        AND (:children IS NOT 0 OR e.is_child IS NOT 1)
        AND t.ended_at >= coalesce(:since, '') AND t.ended_at < coalesce(:until, '~')
),
counted AS (
    SELECT
        source, fingerprint,
        count(*) AS attempts,
        sum(is_retried) AS retried,
        count(DISTINCT project || '/' || domain || '/' || execution) AS executions,
        count(DISTINCT CASE WHEN is_good THEN project || '/' || domain || '/' || execution END) AS succeeded,
        min(ended_at) AS first_seen_at,
        max(ended_at) AS last_seen_at
    FROM failed
    GROUP BY source, fingerprint
),
place AS MATERIALIZED (
    SELECT source, fingerprint, task, count(*) AS attempts
    FROM failed
    GROUP BY source, fingerprint, task
),
latest AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY source, fingerprint
            ORDER BY ended_at DESC, project, domain, execution, node_id, attempt DESC
        ) AS place
    FROM failed
)
SELECT
    c.source, nullif(c.fingerprint, '') AS fingerprint, c.attempts, c.retried, c.executions, c.succeeded,
    t.error_kind AS kind, t.error_code AS code, t.error_message AS message,
    (
        SELECT group_concat(said, ', ') FROM (
            SELECT p.task || ' (' || p.attempts || ')' AS said
            FROM place p
            WHERE p.source = c.source AND p.fingerprint = c.fingerprint AND p.task IS NOT NULL
            ORDER BY p.attempts DESC, p.task
        )
    ) AS tasks,
    l.project, l.domain, l.execution, l.node_id, l.attempt, c.first_seen_at, c.last_seen_at
FROM counted c
JOIN latest l ON l.source = c.source AND l.fingerprint = c.fingerprint AND l.place = 1
JOIN v_task_execution t
    ON t.source = l.source AND t.project = l.project AND t.domain = l.domain AND t.execution = l.execution
    AND t.node_id = l.node_id AND t.attempt = l.attempt
ORDER BY c.attempts DESC, c.executions DESC, c.source, c.fingerprint
LIMIT coalesce(:limit, 20);
