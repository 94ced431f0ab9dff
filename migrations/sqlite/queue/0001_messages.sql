-- Messages stand in lines: 0 to 15 are the partitions, 16 is for messages whose deliveries reached the limit. `id` is
-- line * 2^48 + number, and numbers count up within a line: so one key gives both the order within a line and a range
-- that is read and deleted without another index.
CREATE TABLE messages (
    id             INTEGER PRIMARY KEY,
    partition      INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 15),
    -- Earlier deliveries. The one since the file was last opened is not counted here but by lines.delivered.
    deliveries     INTEGER NOT NULL CHECK (deliveries >= 0),
    enqueued_at_ms INTEGER NOT NULL,
    message_id     BLOB NOT NULL CHECK (length(message_id) = 16),
    kind           TEXT NOT NULL,
    company_id     BLOB NOT NULL CHECK (length(company_id) = 16),
    correlation_id TEXT NOT NULL,
    traceparent    TEXT,
    content_type   TEXT NOT NULL,
    body           BLOB NOT NULL
) STRICT;

CREATE TABLE lines (
    line      INTEGER PRIMARY KEY CHECK (line BETWEEN 0 AND 16),
    -- Messages up to this number were delivered at least once since the file was last opened.
    delivered INTEGER NOT NULL DEFAULT 0,
    -- The highest number when the file was last opened. Line 16 is counted on here, the others in memory.
    newest    INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO lines (line)
VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16);
