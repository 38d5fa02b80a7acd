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
said AS (
    SELECT
        w.source, w.project, w.domain, w.execution, w.node_id, w.attempt, w.queue_s,
        min(w.queue_s, max(0.0, (julianday(r.at) - julianday(w.created_at)) * 86400)) AS at_s,
        CASE
            WHEN r.reason LIKE '%ImagePull%' OR r.reason LIKE '%pulling image%' OR r.reason LIKE '%pull image%'
                OR r.reason LIKE '%InvalidImageName%' OR r.reason LIKE '%ImageInspect%' THEN 'image'
            WHEN r.reason LIKE '%Unschedulable%' OR r.reason LIKE '%FailedScheduling%' OR r.reason LIKE '%nodes are available%'
                OR r.reason LIKE '%triggered scale-up%' OR r.reason LIKE '%TriggeredScaleUp%' THEN 'scheduling'
            WHEN r.reason LIKE '%quota%' OR r.reason LIKE '%resource pool%' THEN 'quota'
            WHEN r.reason LIKE '%back-off%' OR r.reason LIKE '%backoff%' THEN 'backoff'
            ELSE 'other'
        END AS class,
        r.reason, r.at
    FROM waited w
    CROSS JOIN v_reason r
        ON r.source = w.source AND r.project = w.project AND r.domain = w.domain AND r.execution = w.execution
            AND r.node_id = w.node_id AND r.attempt = w.attempt
    WHERE r.at IS NOT NULL
),
stretch AS (
    SELECT
        source, project, domain, execution, node_id, attempt, class,
        lead(at_s, 1, queue_s) OVER (
            PARTITION BY source, project, domain, execution, node_id, attempt ORDER BY at_s, at, reason
        ) - at_s AS seconds
    FROM said
),
split AS (
    SELECT
        source, project, domain, execution, node_id, attempt,
        sum(iif(class = 'scheduling', seconds, 0.0)) AS scheduling_s,
        sum(iif(class = 'image', seconds, 0.0)) AS image_s,
        sum(iif(class = 'quota', seconds, 0.0)) AS quota_s,
        sum(iif(class = 'backoff', seconds, 0.0)) AS backoff_s
    FROM stretch
    GROUP BY source, project, domain, execution, node_id, attempt
),
ranked AS (
    SELECT
        w.source, w.cluster, CAST(substr(w.created_at, 12, 2) AS INTEGER) AS hour, w.queue_s,
        coalesce(s.scheduling_s, 0.0) AS scheduling_s, coalesce(s.image_s, 0.0) AS image_s,
        coalesce(s.quota_s, 0.0) AS quota_s, coalesce(s.backoff_s, 0.0) AS backoff_s,
        row_number() OVER (
            PARTITION BY w.source, w.cluster, substr(w.created_at, 12, 2)
            ORDER BY w.queue_s, w.project, w.domain, w.execution, w.node_id, w.attempt
        ) AS place,
        count(*) OVER (PARTITION BY w.source, w.cluster, substr(w.created_at, 12, 2)) AS n
    FROM waited w
    LEFT JOIN split s
        ON s.source = w.source AND s.project = w.project AND s.domain = w.domain AND s.execution = w.execution
            AND s.node_id = w.node_id AND s.attempt = w.attempt
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
