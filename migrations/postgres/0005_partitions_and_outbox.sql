-- Who works on which partition, and events on their way out.

-- The workers that said that they are there, each until its time runs out.
CREATE TABLE workers (
    id         uuid        NOT NULL,
    name       text        NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT workers_id_key PRIMARY KEY (id)
) WITH (fillfactor = 50);

-- A batch holds a KEY SHARE lock on its partition's row until it ends. Renewing a lease changes no key, and so does not
-- wait for batches, nor they for it; taking a partition over locks the row FOR UPDATE, and so never happens in the middle
-- of a batch. That is why the epoch is part of no key.
CREATE TABLE partitions (
    partition  integer     NOT NULL,
    -- Grows by one whenever the partition changes hands; zero until somebody has it.
    epoch      bigint      NOT NULL DEFAULT 0,
    -- Who has it, or had it and whose time ran out; none once it was given up.
    owner      uuid,
    owner_name text,
    expires_at timestamptz,
    CONSTRAINT partitions_partition_key PRIMARY KEY (partition),
    CONSTRAINT partitions_partition_is_16_bits CHECK (partition BETWEEN 0 AND 65535),
    CONSTRAINT partitions_epoch_is_not_negative CHECK (epoch >= 0),
    CONSTRAINT partitions_owner_is_whole CHECK (
        (owner IS NULL) = (expires_at IS NULL) AND (owner IS NULL) = (owner_name IS NULL)
    )
) WITH (fillfactor = 50);

CREATE TABLE outbox (
    company_id     uuid        NOT NULL,
    -- Its place among the company's events, from 1, without gaps.
    number         bigint      NOT NULL,
    id             uuid        NOT NULL,
    run_id         uuid        NOT NULL,
    created_at     timestamptz NOT NULL,
    partition      integer     NOT NULL,
    event_type     text        NOT NULL,
    node_id        text        NOT NULL,
    correlation_id text        NOT NULL,
    traceparent    text,
    data           json        NOT NULL,
    CONSTRAINT outbox_company_id_number_key PRIMARY KEY (company_id, number),
    CONSTRAINT outbox_number_is_positive CHECK (number > 0),
    CONSTRAINT outbox_partition_is_16_bits CHECK (partition BETWEEN 0 AND 65535)
);

-- Finds what a run sent out.
CREATE INDEX outbox_by_run ON outbox (run_id);

-- Up to where a company's events were sent: a row per company, not a mark per event. What is behind `sent`, up to the
-- company's counter `outbox`, waits.
CREATE TABLE outbox_progress (
    company_id uuid        NOT NULL,
    partition  integer     NOT NULL,
    sent       bigint      NOT NULL DEFAULT 0,
    -- When sending was last noted: with little room, who waited longest comes first.
    sent_at    timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT outbox_progress_company_id_key PRIMARY KEY (company_id),
    CONSTRAINT outbox_progress_sent_is_not_negative CHECK (sent >= 0),
    CONSTRAINT outbox_progress_partition_is_16_bits CHECK (partition BETWEEN 0 AND 65535)
) WITH (fillfactor = 70);

CREATE INDEX outbox_progress_by_partition ON outbox_progress (partition);
