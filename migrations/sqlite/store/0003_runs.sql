-- Claims on events, the events, the runs that they started, what these sent out, and what could not be run.
--
-- Every payment writes here. A claim outlives its event, which can be erased, and its runs, which are kept for a while:
-- so these are separate tables. Claims and runs have numbers, in the order in which they were stored.

CREATE TABLE claims (
    number      INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL,
    company_id  BLOB    NOT NULL,
    event_id    TEXT    NOT NULL,
    body_sha256 BLOB    NOT NULL,
    accepted_at INTEGER NOT NULL,
    -- The runs pinned at acceptance, 36 bytes each: run, rule, version (big endian).
    runs        BLOB    NOT NULL,
    CONSTRAINT claims_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT claims_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT claims_body_sha256_is_sha256 CHECK (length(body_sha256) = 32),
    CONSTRAINT claims_runs_are_whole CHECK (length(runs) % 36 = 0)
) STRICT;

-- What makes an event run once. Events' ids come in no order, so this is the one index that is written all over: it is
-- kept narrow. The event leads, so that it is found without its company too.
CREATE UNIQUE INDEX claims_event_id_company_id_key ON claims (event_id, company_id);

CREATE TABLE events (
    claim_number INTEGER PRIMARY KEY,
    body         BLOB NOT NULL
) STRICT;

CREATE TABLE runs (
    number         INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL,
    claim_number   INTEGER NOT NULL,
    company_id     BLOB    NOT NULL,
    rule_id        BLOB    NOT NULL,
    rule_name      TEXT    NOT NULL,
    rule_version   INTEGER NOT NULL,
    -- Given by run_revision, anew with every change of the run.
    revision       INTEGER NOT NULL,
    status         TEXT    NOT NULL,
    error_code     TEXT,
    error_message  TEXT,
    error_node_id  TEXT,
    correlation_id TEXT    NOT NULL,
    accepted_at    INTEGER NOT NULL,
    started_at     INTEGER NOT NULL,
    finished_at    INTEGER,
    -- Last, because it is long and lists leave it out.
    nodes          TEXT    NOT NULL,
    CONSTRAINT runs_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT runs_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT runs_rule_id_is_uuid CHECK (length(rule_id) = 16),
    CONSTRAINT runs_rule_version_is_positive CHECK (rule_version > 0),
    CONSTRAINT runs_status_is_known CHECK (status IN (
        'running', 'waiting', 'succeeded', 'failed', 'aborted', 'cancelled', 'compensating', 'compensation_failed'
    )),
    CONSTRAINT runs_error_is_whole CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT;

CREATE UNIQUE INDEX runs_id_key ON runs (id);
-- What changed since a cursor, also for one company.
CREATE UNIQUE INDEX runs_revision_company_id_key ON runs (revision, company_id);
-- Lists, newest first: of an event, a rule, a company.
CREATE INDEX runs_by_claim ON runs (claim_number);
CREATE INDEX runs_by_rule ON runs (rule_id);
CREATE INDEX runs_by_company ON runs (company_id);
-- Lists those that stand otherwise than nearly all do. Most runs are in neither.
CREATE INDEX runs_by_status ON runs (status) WHERE status <> 'succeeded';
CREATE INDEX runs_by_company_status ON runs (company_id, status) WHERE status <> 'succeeded';
-- Holds all that the statistics of a stretch of time are made of.
CREATE INDEX runs_by_acceptance ON runs (company_id, accepted_at, status, finished_at);

-- The last revision that was given to a run.
CREATE TABLE run_revision (
    singleton INTEGER PRIMARY KEY CONSTRAINT run_revision_is_one_row CHECK (singleton = 1),
    last      INTEGER NOT NULL CONSTRAINT run_revision_is_not_negative CHECK (last >= 0)
) STRICT;

INSERT INTO run_revision (singleton, last) VALUES (1, 0);

CREATE TABLE outbox (
    sequence       INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL,
    company_id     BLOB    NOT NULL,
    number         INTEGER NOT NULL,
    event_type     TEXT    NOT NULL,
    run_id         BLOB    NOT NULL,
    node_id        TEXT    NOT NULL,
    correlation_id TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    data           TEXT    NOT NULL,
    CONSTRAINT outbox_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT outbox_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT outbox_run_id_is_uuid CHECK (length(run_id) = 16),
    CONSTRAINT outbox_number_is_positive CHECK (number > 0)
) STRICT;

CREATE UNIQUE INDEX outbox_company_id_number_key ON outbox (company_id, number);
-- Finds what a run sent out.
CREATE INDEX outbox_by_run ON outbox (run_id);

CREATE TABLE dead_letters (
    id             BLOB    NOT NULL,
    company_id     BLOB,
    event_id       TEXT,
    partition      INTEGER NOT NULL,
    reason         TEXT    NOT NULL,
    detail         TEXT    NOT NULL,
    message_kind   TEXT    NOT NULL,
    correlation_id TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    status         TEXT    NOT NULL,
    body           BLOB    NOT NULL,
    CONSTRAINT dead_letters_id_key PRIMARY KEY (id),
    CONSTRAINT dead_letters_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT dead_letters_status_is_known CHECK (status IN ('dead', 'requeue_requested', 'requeued'))
) STRICT;

-- Lists a company's, newest first.
CREATE INDEX dead_letters_by_company ON dead_letters (company_id, id);
-- Those that the orchestrator has to put back.
CREATE INDEX dead_letters_to_requeue ON dead_letters (id) WHERE status = 'requeue_requested';
