-- Data that was read, and who wrote it
--
-- Each address that an attempt read, with the last attempt that had written it before, in whatever execution; NULL where
-- nobody in the archive has. Addresses are in the form in which stores tell them apart. Latest reads first.
--
-- :project (text) Only reads in this project.
-- :domain (text) Only reads in this domain.
-- :execution (text) Only reads of this execution.
-- :uri (text) Only reads of this address.
-- :since (time) Only reads at or after this time.
-- :until (time) Only reads before this time.
-- :limit (integer) At most so many rows. Default: 100.

WITH seen AS (
    SELECT DISTINCT source, project, domain, execution, node_id, uri, kind, at
    FROM v_lineage
    WHERE direction = 'read' AND attempt IS NOT NULL
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:execution IS NULL OR execution = :execution) AND (:uri IS NULL OR uri = :uri)
        AND at >= coalesce(:since, '') AND at < coalesce(:until, '~')
    ORDER BY at DESC, source, project, domain, execution, node_id, uri, kind
    LIMIT coalesce(:limit, 100)
),
written AS (
    SELECT
        s.*,
        (
            SELECT max(w.at) FROM v_lineage w
            WHERE w.uri = s.uri AND w.direction = 'write' AND w.attempt IS NOT NULL AND w.at <= s.at
        ) AS written_at
    FROM seen s
)
SELECT
    r.source, r.project, r.domain, r.execution, r.node_id, r.uri, r.kind, r.at AS read_at,
    min(w.project || '/' || w.domain || '/' || w.execution) AS writer,
    min(w.node_id) AS writer_node_id, r.written_at AS written_at
FROM written r
LEFT JOIN v_lineage w
    ON w.uri = r.uri AND w.direction = 'write' AND w.attempt IS NOT NULL AND w.at = r.written_at
GROUP BY r.source, r.project, r.domain, r.execution, r.node_id, r.uri, r.kind, r.at
ORDER BY r.at DESC, r.source, r.project, r.domain, r.execution, r.node_id, r.uri, r.kind;
