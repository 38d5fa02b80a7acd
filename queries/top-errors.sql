-- Top errors
--
-- Failures by what they have in common: exception and innermost frames, without pods, paths and numbers. Counts
-- attempts that failed, and executions whose failure began outside of any attempt (rejected by the cluster, a time-out,
-- a gate). 'new' was never seen before the window, 'returned' not in the four weeks before it. Most executions first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only failures of this task.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :limit (integer) At most so many rows. Default: 20.

WITH failure AS (
    SELECT
        source, fingerprint, project, domain, task, execution, node_id, attempt, ended_at,
        error_kind AS kind, error_code AS code, error_message AS message
    FROM v_task_execution
    WHERE phase = 'FAILED' AND fingerprint IS NOT NULL
    UNION ALL
    SELECT
        source, coalesce(cause_kind, '') || ' ' || coalesce(cause_code, ''), project, domain, NULL, name, cause_node_id,
        NULL, ended_at, cause_kind, cause_code, cause_message
    FROM v_execution
    WHERE phase IN ('FAILED', 'TIMED_OUT') AND cause_attempt IS NULL AND cause_execution IS NULL
        AND cause_message IS NOT NULL
),
placed AS (
    SELECT *,
        (:since IS NULL OR ended_at >= :since) AND (:until IS NULL OR ended_at < :until) AS is_inside,
        ended_at < :since AS is_before,
        ended_at < :since AND julianday(ended_at) >= julianday(:since) - 28 AS is_just_before
    FROM failure
    WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:task IS NULL OR task = :task)
),
counted AS (
    SELECT
        source, fingerprint,
        count(*) FILTER (WHERE is_inside) AS attempts,
        count(DISTINCT CASE WHEN is_inside THEN project || '/' || domain || '/' || execution END) AS executions,
        coalesce(max(is_before), 0) AS is_old,
        coalesce(max(is_just_before), 0) AS is_recent,
        min(ended_at) AS first_seen_at
    FROM placed
    WHERE is_inside OR is_before
    GROUP BY source, fingerprint
),
latest AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY source, fingerprint
            ORDER BY ended_at DESC, project, domain, execution, node_id, attempt DESC
        ) AS place
    FROM placed
    WHERE is_inside
)
SELECT
    c.source, c.fingerprint,
    CASE WHEN NOT c.is_old THEN 'new' WHEN c.is_recent THEN 'known' ELSE 'returned' END AS novelty,
    c.attempts, c.executions, l.kind, l.code, l.message, l.task, l.project, l.domain, l.execution,
    c.first_seen_at, l.ended_at AS last_seen_at
FROM counted c
JOIN latest l ON l.source = c.source AND l.fingerprint = c.fingerprint AND l.place = 1
ORDER BY c.executions DESC, c.attempts DESC, c.source, c.fingerprint
LIMIT coalesce(:limit, 20);
