-- The last harvests
--
-- What each run of the harvester did, latest first, and why it failed if it did. One without an end is running, or was
-- cut off.
--
-- :limit (integer) At most so many rows. Default: 10.

SELECT
    source, harvest_id, started_at, ended_at, outcome, requests, bytes_in, executions_new, executions_updated, problems,
    tool_version, reason
FROM v_harvest
ORDER BY harvest_id DESC, source
LIMIT coalesce(:limit, 10);
