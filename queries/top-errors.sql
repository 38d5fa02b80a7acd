-- Top errors
--
-- What made executions fail or time out, by what the causes have in common: exception and innermost frames, without
-- pods, paths and numbers. Each execution counts once, by where its failure began, be that an attempt or none (rejected
-- by the cluster, a time-out, a gate); tasks names the tasks in which it began, with counts, and is NULL where it began in
-- none. 'new' was never seen before the window, 'returned' not in the four weeks before it. Attempts that a retry made
-- good are in retried-errors. Most executions first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only failures that began in this task.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 20.

WITH failure AS (
    SELECT
        source, project, domain, execution, workflow, ended_at, coalesce(fingerprint, cause_class) AS fingerprint,
        cause_class,
        (:since IS NULL OR ended_at >= :since) AND (:until IS NULL OR ended_at < :until) AS is_inside,
        ended_at < :since AS is_before,
        ended_at < :since AND julianday(ended_at) >= julianday(:since) - 28 AS is_just_before,
        -- Looked up only where it is told.
        CASE WHEN ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~') THEN task END AS task
    FROM v_failure
    WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:task IS NULL OR task = :task)
        AND (is_child IS NOT 1 OR :children)
),
counted AS (
    SELECT
        source, fingerprint,
        count(*) FILTER (WHERE is_inside) AS executions,
        count(DISTINCT CASE WHEN is_inside THEN project || '/' || domain || '/' || workflow END) AS workflows,
        coalesce(max(is_before), 0) AS is_old,
        coalesce(max(is_just_before), 0) AS is_recent,
        min(ended_at) AS first_seen_at
    FROM failure
    WHERE is_inside OR is_before
    GROUP BY source, fingerprint
),
place AS MATERIALIZED (
    SELECT source, fingerprint, task, count(*) AS executions
    FROM failure
    WHERE is_inside
    GROUP BY source, fingerprint, task
),
latest AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY source, fingerprint ORDER BY ended_at DESC, project, domain, execution
        ) AS place
    FROM failure
    WHERE is_inside
)
SELECT
    c.source, c.fingerprint,
    CASE WHEN NOT c.is_old THEN 'new' WHEN c.is_recent THEN 'known' ELSE 'returned' END AS novelty,
    c.executions, c.workflows,
    (
        SELECT v.label FROM v_failure v
        WHERE v.source = l.source AND v.project = l.project AND v.domain = l.domain AND v.execution = l.execution
    ) AS label,
    l.cause_class,
    (
        SELECT coalesce(e.cause_kind, e.error_kind) FROM v_execution e
        WHERE e.source = l.source AND e.project = l.project AND e.domain = l.domain AND e.name = l.execution
    ) AS kind,
    (
        SELECT coalesce(e.cause_code, e.error_code) FROM v_execution e
        WHERE e.source = l.source AND e.project = l.project AND e.domain = l.domain AND e.name = l.execution
    ) AS code,
    (
        SELECT coalesce(e.cause_message, e.error_message) FROM v_execution e
        WHERE e.source = l.source AND e.project = l.project AND e.domain = l.domain AND e.name = l.execution
    ) AS message,
    (
        SELECT nullif(group_concat(said, ', '), 'no task (' || c.executions || ')') FROM (
            SELECT coalesce(p.task, 'no task') || ' (' || p.executions || ')' AS said
            FROM place p
            WHERE p.source = c.source AND p.fingerprint = c.fingerprint
            ORDER BY p.executions DESC, p.task
        )
    ) AS tasks,
    l.task, l.project, l.domain, l.execution, c.first_seen_at, l.ended_at AS last_seen_at
FROM counted c
JOIN latest l ON l.source = c.source AND l.fingerprint = c.fingerprint AND l.place = 1
ORDER BY c.executions DESC, c.workflows DESC, c.source, c.fingerprint
LIMIT coalesce(:limit, 20);
