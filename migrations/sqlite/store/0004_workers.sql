-- Who works on which partition of the queue, and how far each company's events were sent.

CREATE TABLE workers (
    id         BLOB    NOT NULL,
    -- How people find it: host and process.
    name       TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT workers_id_key PRIMARY KEY (id),
    CONSTRAINT workers_id_is_uuid CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE partitions (
    partition  INTEGER PRIMARY KEY,
    -- Grows whenever the partition changes hands: who works under an older one commits nothing.
    epoch      INTEGER NOT NULL,
    worker     BLOB,
    expires_at INTEGER,
    CONSTRAINT partitions_partition_is_not_negative CHECK (partition >= 0),
    CONSTRAINT partitions_epoch_is_positive CHECK (epoch > 0),
    CONSTRAINT partitions_worker_is_uuid CHECK (length(worker) = 16),
    CONSTRAINT partitions_lease_is_whole CHECK ((worker IS NULL) = (expires_at IS NULL))
) STRICT;

ALTER TABLE runs ADD COLUMN traceparent TEXT;

-- Events of the time before this migration stand in partition 0.
ALTER TABLE outbox ADD COLUMN partition INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN traceparent TEXT;

-- One row for each company that ever sent an event, so that neither sending nor looking for what was not sent touches
-- the events themselves.
CREATE TABLE outbox_progress (
    company_id BLOB    NOT NULL,
    -- Whose owner sends the company's events.
    partition  INTEGER NOT NULL,
    -- The number of the last event that was written.
    written    INTEGER NOT NULL,
    -- The number of the last event that was sent.
    sent       INTEGER NOT NULL DEFAULT 0,
    -- Its place in the line of those who wait: whoever was served goes behind all others.
    turn       INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT outbox_progress_company_id_key PRIMARY KEY (company_id),
    CONSTRAINT outbox_progress_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT outbox_progress_sent_was_written CHECK (sent BETWEEN 0 AND written)
) STRICT, WITHOUT ROWID;

-- The companies with events to send, in the order of their turns.
CREATE INDEX outbox_progress_unsent ON outbox_progress (partition, turn) WHERE sent < written;

-- Nothing was sent before there was anything that sends: all of it is to be sent, by the owner of partition 0 until
-- the company's next event names the right one.
INSERT INTO outbox_progress (company_id, partition, written)
SELECT company_id, 0, max(number) FROM outbox GROUP BY company_id;
