-- Metric spans by operation
--
-- How much time Flyte's own operations take, and the runs of executions, nodes and attempts: seconds, as
-- recomputed from the archive for every execution that began in the window. Most time first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :since (time) Only spans that began at or after this time.
-- :until (time) Only spans that began before this time.

SELECT
    source, project, domain, entity, operation,
    count(*) AS spans,
    sum(duration_s) AS total_s,
    avg(duration_s) AS mean_s,
    max(duration_s) AS max_s
FROM v_span
WHERE origin = 'archive'
    AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
    AND (:since IS NULL OR start_at >= :since) AND (:until IS NULL OR start_at < :until)
GROUP BY source, project, domain, entity, operation
ORDER BY total_s DESC, source, project, domain, entity, operation;
