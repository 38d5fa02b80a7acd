-- Queue time by cluster and hour
--
-- How long attempts waited from their creation to their start, by cluster and hour of the day (UTC) in which they were created,
-- and what the engine said meanwhile. A reason that it gave lasts until the next one or the start: scheduling_s no node had room,
-- image_s images were pulled or could not be, quota_s a quota was used up, backoff_s the engine itself waited before it tried
-- again; other_s is the rest, told or not. They sum to queue_s, to the millisecond. Attempts that nobody saw start count nothing, but for those that
-- are known never to have had a container, which waited all their time. p95_s is the nearest rank. Most waited first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :cluster (text) Only this cluster.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 50.

WITH waited AS MATERIALIZED (
    SELECT
        row_number() OVER (ORDER BY t.source, t.project, t.domain, t.execution, t.node_id, t.attempt) AS id,
        t.source, t.project, t.domain, t.execution, t.node_id, t.attempt, coalesce(e.cluster, '') AS cluster, t.created_at,
        max(0.0, coalesce(t.queue_s, t.wall_s)) AS queue_s
    FROM v_task_execution t
    JOIN v_execution e
        ON e.source = t.source AND e.project = t.project AND e.domain = t.domain AND e.name = t.execution
    WHERE t.phase IN ('SUCCEEDED', 'FAILED', 'ABORTED')
        AND (:project IS NULL OR t.project = :project) AND (:domain IS NULL OR t.domain = :domain)
        AND (:cluster IS NULL OR e.cluster = :cluster)
        AND (:children IS NOT 0 OR e.is_child IS NOT 1)
        AND t.ended_at >= coalesce(:since, '') AND t.ended_at < coalesce(:until, '~')
        AND (t.queue_s IS NOT NULL OR t.had_container IS 0 AND t.phase <> 'SUCCEEDED')
),
-- All reasons of an execution at once: looked up for each attempt they would be read as often as it has attempts.
told AS MATERIALIZED (
    SELECT r.source, r.project, r.domain, r.execution, r.node_id, r.attempt, r.at, r.reason
    FROM (SELECT DISTINCT source, project, domain, execution FROM waited WHERE queue_s > 0) x
    CROSS JOIN v_reason r
        ON r.source = x.source AND r.project = x.project AND r.domain = x.domain AND r.execution = x.execution
    WHERE r.at IS NOT NULL
),
-- There are few different ones.
class AS MATERIALIZED (
    SELECT
        reason,
        CASE
            WHEN reason LIKE '%ImagePull%' OR reason LIKE '%pulling image%' OR reason LIKE '%pull image%'
                OR reason LIKE '%InvalidImageName%' OR reason LIKE '%ImageInspect%' THEN 'image'
            WHEN reason LIKE '%Unschedulable%' OR reason LIKE '%FailedScheduling%' OR reason LIKE '%nodes are available%'
                OR reason LIKE '%triggered scale-up%' OR reason LIKE '%TriggeredScaleUp%' THEN 'scheduling'
            WHEN reason LIKE '%quota%' OR reason LIKE '%resource pool%' THEN 'quota'
            WHEN reason LIKE '%back-off%' OR reason LIKE '%backoff%' THEN 'backoff'
        END AS class
    FROM (SELECT DISTINCT reason FROM told)
),
-- What nobody gave such a reason for is all 'other'.
named AS MATERIALIZED (
    SELECT DISTINCT t.source, t.project, t.domain, t.execution, t.node_id, t.attempt
    FROM told t JOIN class c ON c.reason = t.reason
    WHERE c.class IS NOT NULL
),
said AS MATERIALIZED (
    SELECT
        w.source, w.id, w.queue_s, c.class,
        min(w.queue_s, max(0.0, (julianday(t.at) - julianday(w.created_at)) * 86400)) AS at_s,
        t.reason, t.at
    FROM named n
    JOIN waited w
        ON w.execution = n.execution AND w.node_id = n.node_id AND w.attempt = n.attempt AND w.source = n.source
            AND w.project = n.project AND w.domain = n.domain
    JOIN told t
        ON t.execution = n.execution AND t.node_id = n.node_id AND t.attempt = n.attempt AND t.source = n.source
            AND t.project = n.project AND t.domain = n.domain
    LEFT JOIN class c ON c.reason = t.reason
),
stretch AS (
    SELECT source, id, class, lead(at_s, 1, queue_s) OVER (PARTITION BY source, id ORDER BY at_s, at, reason) - at_s AS seconds
    FROM said
),
split AS MATERIALIZED (
    SELECT
        source, id,
        sum(iif(class = 'scheduling', seconds, 0.0)) AS scheduling_s,
        sum(iif(class = 'image', seconds, 0.0)) AS image_s,
        sum(iif(class = 'quota', seconds, 0.0)) AS quota_s,
        sum(iif(class = 'backoff', seconds, 0.0)) AS backoff_s
    FROM stretch
    GROUP BY source, id
),
ranked AS (
    SELECT
        w.source, w.cluster, CAST(substr(w.created_at, 12, 2) AS INTEGER) AS hour, w.queue_s,
        coalesce(s.scheduling_s, 0.0) AS scheduling_s, coalesce(s.image_s, 0.0) AS image_s,
        coalesce(s.quota_s, 0.0) AS quota_s, coalesce(s.backoff_s, 0.0) AS backoff_s,
        row_number() OVER (
            PARTITION BY w.source, w.cluster, substr(w.created_at, 12, 2) ORDER BY w.queue_s, w.id
        ) AS place,
        count(*) OVER (PARTITION BY w.source, w.cluster, substr(w.created_at, 12, 2)) AS n
    FROM waited w
    LEFT JOIN split s ON s.id = w.id
)
SELECT
    source, cluster, hour,
    count(*) AS attempts,
    sum(queue_s) AS queue_s,
    avg(queue_s) AS mean_s,
    max(CASE WHEN place = max(1, CAST(ceil(n * 0.95 - 1e-9) AS INTEGER)) THEN queue_s END) AS p95_s,
    round(sum(scheduling_s), 3) AS scheduling_s,
    round(sum(image_s), 3) AS image_s,
    round(sum(quota_s), 3) AS quota_s,
    round(sum(backoff_s), 3) AS backoff_s,
    max(0.0, round(sum(queue_s - scheduling_s - image_s - quota_s - backoff_s), 3)) AS other_s
FROM ranked
GROUP BY source, cluster, hour
ORDER BY sum(queue_s) DESC, source, cluster, hour
LIMIT coalesce(:limit, 50);
