-- Open executions
--
-- Executions that had not ended when they were last read, oldest first, with what they wait for, and the
-- execution that launched them.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :children (integer) 1 lists executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 100.

SELECT
    e.source, e.project, e.domain, e.name AS execution, e.workflow, e.phase, e.principal, e.created_at, e.started_at,
    (
        SELECT group_concat(node, ', ') FROM (
            SELECT coalesce(n.node_name, n.spec_node_id, n.node_id) || ' (' || n.phase || ')' AS node
            FROM v_node_execution n
            WHERE n.source = e.source AND n.project = e.project AND n.domain = e.domain AND n.execution = e.name
                AND n.phase NOT IN ('SUCCEEDED', 'FAILED', 'SKIPPED', 'TIMED_OUT', 'ABORTED', 'RECOVERED', 'UNDEFINED')
                AND n.kind <> 'unknown'
            ORDER BY n.created_at, n.node_id
        )
    ) AS open_nodes,
    e.parent_execution
FROM v_execution e
WHERE e.phase NOT IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
    AND (:project IS NULL OR e.project = :project) AND (:domain IS NULL OR e.domain = :domain)
    AND (:workflow IS NULL OR e.workflow = :workflow)
    AND (:children IS NOT 0 OR e.is_child IS NOT 1)
-- Led by their order, all executions would be looked at to find the few that are open.
ORDER BY +e.created_at, e.source, e.project, e.domain, e.name
LIMIT coalesce(:limit, 100);
