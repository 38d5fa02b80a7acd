-- Retries by task
--
-- Nodes that needed more than one attempt, and what became of them: flaky ones succeeded in the end. Most retried
-- attempts first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only this task.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :limit (integer) At most so many rows. Default: 50.

WITH node AS (
    SELECT
        source, project, domain, task, execution, node_id,
        count(*) AS attempts,
        sum(attempt > 0) AS retried,
        max(phase = 'SUCCEEDED') AS succeeded,
        sum(CASE WHEN phase = 'FAILED' THEN duration_s END) AS lost_s
    FROM v_task_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:task IS NULL OR task = :task)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    GROUP BY source, project, domain, task, execution, node_id
)
SELECT
    source, project, domain, task,
    count(*) AS nodes,
    sum(retried > 0) AS nodes_retried,
    sum(retried) AS retried_attempts,
    sum(retried > 0 AND succeeded) AS flaky,
    sum(retried > 0 AND NOT succeeded) AS failed_in_the_end,
    coalesce(sum(lost_s), 0.0) AS failed_attempts_s
FROM node
GROUP BY source, project, domain, task
HAVING sum(retried) > 0
ORDER BY retried_attempts DESC, source, project, domain, task
LIMIT coalesce(:limit, 50);
