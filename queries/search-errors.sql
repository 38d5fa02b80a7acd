-- Search errors
--
-- Errors that have all the words, in their code or message, wherever they were said: by an execution, a node or an
-- attempt. Best match first, then the most frequent. For phrases, OR and prefixes ask error_search yourself, in the
-- language of https://sqlite.org/fts5.html, and join v_error on error_id = error_search.rowid.
--
-- :text (text) The words, in any order and case.
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :limit (integer) At most so many rows. Default: 50.

WITH words AS (
    -- Each word in quotes, so that nothing in it is taken for search syntax; several spaces are one.
    SELECT
        '"' || replace(
            replace(replace(replace(
                replace(trim(:text), '"', '""'), ' ', char(1, 2)), char(2, 1), ''), char(1, 2), ' '),
            ' ', '" "'
        ) || '"' AS pattern
),
found AS (
    SELECT rowid AS error_id, rank AS distance
    FROM error_search
    WHERE error_search MATCH coalesce((SELECT pattern FROM words), 'nothing') AND :text IS NOT NULL
    UNION ALL
    SELECT id, 0 FROM error WHERE :text IS NULL
),
place AS (
    SELECT
        e.*, f.distance,
        count(*) OVER said AS places,
        min(e.ended_at) OVER said AS first_seen_at,
        max(e.ended_at) OVER said AS last_seen_at,
        row_number() OVER (
            PARTITION BY e.source, e.error_id
            ORDER BY e.ended_at DESC, e.project, e.domain, e.execution, e.node_id, e.attempt
        ) AS number
    FROM found f
    JOIN v_error e ON e.error_id = f.error_id
    WHERE (:project IS NULL OR e.project = :project) AND (:domain IS NULL OR e.domain = :domain)
        AND (:since IS NULL OR e.ended_at >= :since) AND (:until IS NULL OR e.ended_at < :until)
    WINDOW said AS (PARTITION BY e.source, e.error_id)
)
SELECT
    source, kind, code, message, places, project, domain, execution, node_id, attempt, first_seen_at, last_seen_at
FROM place
WHERE number = 1
ORDER BY distance, places DESC, source, last_seen_at DESC, error_id
LIMIT coalesce(:limit, 50);
