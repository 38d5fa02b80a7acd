-- Version 6: executions by when they were created, for those who look for one.

-- 'flightlog list' shows the newest first, however many there are.
CREATE INDEX execution_by_creation ON execution (
    strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000000 - (created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (created_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);

PRAGMA user_version = 6;
