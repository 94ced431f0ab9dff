-- Payments send events out, too: an event is of a run's node or of a payment.
--
-- A column's NOT NULL cannot be dropped: the table is made anew.

CREATE TABLE outbox_of_both (
    sequence       INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL,
    company_id     BLOB    NOT NULL,
    number         INTEGER NOT NULL,
    event_type     TEXT    NOT NULL,
    run_id         BLOB,
    node_id        TEXT,
    payment_id     BLOB,
    partition      INTEGER NOT NULL,
    correlation_id TEXT    NOT NULL,
    traceparent    TEXT,
    created_at     INTEGER NOT NULL,
    data           TEXT    NOT NULL,
    CONSTRAINT outbox_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT outbox_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT outbox_run_id_is_uuid CHECK (length(run_id) = 16),
    CONSTRAINT outbox_payment_id_is_uuid CHECK (length(payment_id) = 16),
    CONSTRAINT outbox_number_is_positive CHECK (number > 0),
    CONSTRAINT outbox_source_is_one CHECK (
        (run_id IS NULL) = (node_id IS NULL) AND (run_id IS NULL) <> (payment_id IS NULL)
    )
) STRICT;

INSERT INTO outbox_of_both (sequence, id, company_id, number, event_type, run_id, node_id, partition, correlation_id,
    traceparent, created_at, data)
SELECT sequence, id, company_id, number, event_type, run_id, node_id, partition, correlation_id,
    traceparent, created_at, data
FROM outbox ORDER BY sequence;

DROP TABLE outbox;
ALTER TABLE outbox_of_both RENAME TO outbox;

CREATE UNIQUE INDEX outbox_company_id_number_key ON outbox (company_id, number);
-- Finds what a run sent out.
CREATE INDEX outbox_by_run ON outbox (run_id) WHERE run_id IS NOT NULL;
