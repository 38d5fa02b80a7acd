-- What the server withheld
--
-- Each thing that is missing in the archive, and why. Latest execution first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :execution (text) Only this execution.
-- :limit (integer) At most so many rows. Default: 200.

SELECT g.source, g.project, g.domain, g.execution, g.node_id, g.attempt, g.field, g.state, g.detail, g.seen_at
FROM v_capture g
JOIN v_execution e
    ON e.source = g.source AND e.project = g.project AND e.domain = g.domain AND e.name = g.execution
WHERE (:project IS NULL OR g.project = :project) AND (:domain IS NULL OR g.domain = :domain)
    AND (:execution IS NULL OR g.execution = :execution)
ORDER BY e.created_at DESC, g.source, g.project, g.domain, g.execution, g.node_id, g.attempt, g.field
LIMIT coalesce(:limit, 200);
