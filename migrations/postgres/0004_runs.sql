-- Claims on events, the events, the runs that they started, and what could not be run.
--
-- Every payment writes here. A claim outlives its event, which can be erased, and its runs, which are kept for a while:
-- so these are separate tables, without foreign keys between them; that a run's event was claimed is checked in the batch
-- that writes the run.

CREATE TABLE claims (
    id          uuid        NOT NULL,
    company_id  uuid        NOT NULL,
    accepted_at timestamptz NOT NULL,
    event_id    text        NOT NULL COLLATE "C",
    body_sha256 bytea       NOT NULL,
    -- The runs pinned at acceptance, 36 bytes each: run, rule, version (big endian). Only what mends a database reads
    -- them, and rows of their own would double what a claim costs.
    runs        bytea       NOT NULL,
    -- What makes an event run once. Events' ids come in no order, so this is the one index that is written all over: it
    -- is the table's only one. The event leads, so that it is found without its company too.
    CONSTRAINT claims_event_id_company_id_key PRIMARY KEY (event_id, company_id),
    CONSTRAINT claims_body_sha256_is_sha256 CHECK (octet_length(body_sha256) = 32),
    CONSTRAINT claims_runs_are_whole CHECK (octet_length(runs) % 36 = 0)
);

-- The events' bodies, byte for byte.
CREATE TABLE events (
    claim_id uuid  NOT NULL,
    body     bytea NOT NULL,
    CONSTRAINT events_claim_id_key PRIMARY KEY (claim_id)
) WITH (toast_tuple_target = 8160);  -- Compressing what fits a page anyway would cost more than writing it.

CREATE TABLE runs (
    -- The order in which they were stored.
    number         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    id             uuid        NOT NULL,
    claim_id       uuid        NOT NULL,
    company_id     uuid        NOT NULL,
    rule_id        uuid        NOT NULL,
    rule_version   bigint      NOT NULL,
    -- Given anew with every change of the run: see run_revision.
    revision       bigint      NOT NULL,
    accepted_at    timestamptz NOT NULL,
    started_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    status         text        NOT NULL COLLATE "C",
    -- The claim's, so that lists need not look there.
    event_id       text        NOT NULL COLLATE "C",
    rule_name      text        NOT NULL,
    error_code     text,
    error_message  text,
    error_node_id  text,
    correlation_id text        NOT NULL,
    traceparent    text,
    -- Last, because it is long and lists leave it out.
    nodes          json        NOT NULL,
    CONSTRAINT runs_number_key PRIMARY KEY (number),
    CONSTRAINT runs_id_key UNIQUE (id),
    CONSTRAINT runs_rule_version_is_positive CHECK (rule_version > 0),
    CONSTRAINT runs_status_is_known CHECK (status IN (
        'running', 'waiting', 'succeeded', 'failed', 'aborted', 'cancelled', 'compensating', 'compensation_failed'
    )),
    CONSTRAINT runs_error_is_whole CHECK ((error_code IS NULL) = (error_message IS NULL))
) WITH (toast_tuple_target = 8160);

-- What changed since a cursor.
CREATE UNIQUE INDEX runs_revision_key ON runs (revision);
-- Lists, newest first: of an event, a rule, a company.
CREATE INDEX runs_by_claim ON runs (claim_id);
CREATE INDEX runs_by_rule ON runs (rule_id, number);
CREATE INDEX runs_by_company ON runs (company_id, number);
-- Lists those that stand otherwise than nearly all do. Most runs are in neither.
CREATE INDEX runs_by_status ON runs (status, number) WHERE status <> 'succeeded';
CREATE INDEX runs_by_company_status ON runs (company_id, status, number) WHERE status <> 'succeeded';
-- Holds all that the statistics of a stretch of time are made of.
CREATE INDEX runs_by_acceptance ON runs (company_id, accepted_at) INCLUDE (status, finished_at);

-- A run's revision is the id of the database transaction that wrote it, times 2^20, plus its place in there: no counter,
-- on which all partitions would wait for one another. Transactions end in another order than they begin in, so who
-- follows the revisions reads only up to the oldest that is still under way (`changes.rs` says how that is known).
--
-- `base` is added to the transaction's id. It is zero until a database is restored into another server, whose ids begin
-- anew: whoever opens it then sets it so that revisions go on growing.
CREATE TABLE run_revision (
    singleton boolean NOT NULL DEFAULT true,
    base      bigint  NOT NULL DEFAULT 0,
    CONSTRAINT run_revision_singleton_key PRIMARY KEY (singleton),
    CONSTRAINT run_revision_is_one_row CHECK (singleton),
    CONSTRAINT run_revision_base_is_not_negative CHECK (base >= 0)
);

INSERT INTO run_revision DEFAULT VALUES;

CREATE TABLE dead_letters (
    id             uuid        NOT NULL,
    company_id     uuid,
    partition      integer     NOT NULL,
    created_at     timestamptz NOT NULL,
    event_id       text,
    reason         text        NOT NULL,
    detail         text        NOT NULL,
    message_kind   text        NOT NULL,
    correlation_id text        NOT NULL,
    status         text        NOT NULL COLLATE "C",
    body           bytea       NOT NULL,
    CONSTRAINT dead_letters_id_key PRIMARY KEY (id),
    CONSTRAINT dead_letters_partition_is_16_bits CHECK (partition BETWEEN 0 AND 65535),
    CONSTRAINT dead_letters_status_is_known CHECK (status IN ('dead', 'requeue_requested', 'requeued'))
);

-- Lists a company's, newest first.
CREATE INDEX dead_letters_by_company ON dead_letters (company_id, id);
-- Those that the orchestrator has to put back.
CREATE INDEX dead_letters_to_requeue ON dead_letters (id) WHERE status = 'requeue_requested';
