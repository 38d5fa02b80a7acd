-- Problems that stand
--
-- Requests of harvests that failed for good and were not made good by a later harvest. Latest first.
--
-- :limit (integer) At most so many rows. Default: 50.

SELECT source, project, domain, execution, route, status, message, tries, first_seen_at, last_seen_at
FROM v_problem
WHERE resolved_at IS NULL
ORDER BY last_seen_at DESC, source, project, domain, execution, route
LIMIT coalesce(:limit, 50);
