-- Queue time by task
--
-- Seconds from an attempt's creation to its start: the cluster's queue, images, pods. One that failed or was aborted
-- without ever having had a container waited all its time, and counts with that; others that nobody saw running are
-- counted apart. Starts are whole seconds, so that a short wait may come out below zero. Nearest ranks; highest 95th
-- percentile first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only this task.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 50.

WITH waited AS (
    SELECT
        source, project, domain, task, execution, node_id, attempt, had_container IS 0 AND phase <> 'SUCCEEDED' AS never_ran,
        coalesce(queue_s, CASE WHEN had_container IS 0 AND phase <> 'SUCCEEDED' THEN wall_s END) AS queue_s
    FROM v_task_execution t
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:task IS NULL OR task = :task)
        AND (:children IS NOT 0 OR NOT EXISTS (
            SELECT 1 FROM v_execution e
            WHERE e.source = t.source AND e.project = t.project AND e.domain = t.domain AND e.name = t.execution
                AND e.is_child
        ))
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
ranked AS (
    SELECT
        source, project, domain, task, queue_s, never_ran,
        row_number() OVER (
            PARTITION BY source, project, domain, task ORDER BY queue_s IS NULL, queue_s, execution, node_id, attempt
        ) AS place,
        count(queue_s) OVER (PARTITION BY source, project, domain, task) AS n
    FROM waited
)
SELECT
    source, project, domain, task,
    count(*) AS attempts,
    count(*) - count(queue_s) AS never_seen_running,
    sum(never_ran) AS never_ran,
    avg(queue_s) AS mean_s,
    max(CASE WHEN place = max(1, CAST(ceil(n * 0.5 - 1e-9) AS INTEGER)) THEN queue_s END) AS p50_s,
    max(CASE WHEN place = max(1, CAST(ceil(n * 0.95 - 1e-9) AS INTEGER)) THEN queue_s END) AS p95_s,
    max(queue_s) AS max_s
FROM ranked
GROUP BY source, project, domain, task
ORDER BY p95_s DESC, attempts DESC, source, project, domain, task
LIMIT coalesce(:limit, 50);
