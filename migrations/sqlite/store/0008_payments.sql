-- Payments, as they are now, and everything that happened to each.

CREATE TABLE payments (
    id                     BLOB    NOT NULL,
    company_id             BLOB    NOT NULL,
    payment_type           TEXT    NOT NULL,
    source_account_id      BLOB    NOT NULL,
    destination_account_id BLOB,
    -- Whether it is authorized, and captured, by itself.
    authorizing            TEXT    NOT NULL,
    capturing              TEXT    NOT NULL,
    provider               TEXT,
    description            TEXT,
    metadata               TEXT    NOT NULL,
    -- Minor units, in its currency.
    amount                 INTEGER NOT NULL,
    captured               INTEGER NOT NULL,
    refunded               INTEGER NOT NULL,
    currency               TEXT    NOT NULL,
    state                  TEXT    NOT NULL,
    -- The number of its last event: how many it has.
    events                 INTEGER NOT NULL,
    hold_id                BLOB,
    -- The ledger transaction that captured it.
    transaction_id         BLOB,
    decline_code           TEXT,
    decline_detail         TEXT,
    created_at             INTEGER NOT NULL,
    updated_at             INTEGER NOT NULL,
    CONSTRAINT payments_id_key PRIMARY KEY (id),
    CONSTRAINT payments_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT payments_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT payments_source_account_id_is_uuid CHECK (length(source_account_id) = 16),
    CONSTRAINT payments_destination_account_id_is_uuid CHECK (length(destination_account_id) = 16),
    CONSTRAINT payments_hold_id_is_uuid CHECK (length(hold_id) = 16),
    CONSTRAINT payments_transaction_id_is_uuid CHECK (length(transaction_id) = 16),
    CONSTRAINT payments_accounts_differ CHECK (source_account_id <> destination_account_id),
    CONSTRAINT payments_amount_is_positive CHECK (amount > 0),
    CONSTRAINT payments_captured_is_within_amount CHECK (captured BETWEEN 0 AND amount),
    CONSTRAINT payments_refunded_is_within_captured CHECK (refunded BETWEEN 0 AND captured),
    CONSTRAINT payments_events_is_positive CHECK (events > 0),
    CONSTRAINT payments_currency_is_code CHECK (length(currency) = 3),
    CONSTRAINT payments_payment_type_is_known CHECK (payment_type IN ('internal', 'external')),
    CONSTRAINT payments_authorizing_is_known CHECK (authorizing IN ('automatic', 'manual')),
    CONSTRAINT payments_capturing_is_known CHECK (capturing IN ('automatic', 'manual')),
    CONSTRAINT payments_state_is_known CHECK (state IN (
        'pending', 'processing', 'authorized', 'declined', 'captured', 'failed', 'cancelled', 'partially_refunded', 'refunded'
    )),
    CONSTRAINT payments_decline_goes_with_state CHECK (
        (decline_code IS NOT NULL) = (state = 'declined') AND (decline_detail IS NOT NULL) = (state = 'declined')
    )
) STRICT, WITHOUT ROWID;

-- These list payments, newest first.
CREATE INDEX payments_by_company ON payments (company_id, id);
CREATE INDEX payments_by_source ON payments (source_account_id, id);
CREATE INDEX payments_by_destination ON payments (destination_account_id, id);
CREATE INDEX payments_by_state ON payments (company_id, state, id);
CREATE INDEX payments_by_provider ON payments (provider, id) WHERE provider IS NOT NULL;

-- Finds whose a hold is.
CREATE UNIQUE INDEX payments_hold_id_key ON payments (hold_id) WHERE hold_id IS NOT NULL;

CREATE TABLE payment_events (
    payment_id     BLOB    NOT NULL,
    -- Its place among the payment's events, from 1, without gaps.
    number         INTEGER NOT NULL,
    id             BLOB    NOT NULL,
    company_id     BLOB    NOT NULL,
    state          TEXT    NOT NULL,
    -- What was captured or refunded by it, in minor units of the payment's currency.
    amount         INTEGER,
    -- The ledger transaction that it posted.
    transaction_id BLOB,
    reason         TEXT,
    created_at     INTEGER NOT NULL,
    -- The request that asked for it, under the key that its caller chose, which is good for ever.
    route          TEXT,
    key            TEXT,
    fingerprint    BLOB,
    CONSTRAINT payment_events_payment_id_number_key PRIMARY KEY (payment_id, number),
    CONSTRAINT payment_events_payment_id_is_uuid CHECK (length(payment_id) = 16),
    CONSTRAINT payment_events_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT payment_events_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT payment_events_transaction_id_is_uuid CHECK (length(transaction_id) = 16),
    CONSTRAINT payment_events_number_is_positive CHECK (number > 0),
    CONSTRAINT payment_events_amount_is_positive CHECK (amount > 0),
    CONSTRAINT payment_events_request_is_whole CHECK (
        (route IS NULL) = (key IS NULL) AND (key IS NULL) = (fingerprint IS NULL)
    ),
    CONSTRAINT payment_events_fingerprint_is_sha256 CHECK (length(fingerprint) = 32)
) STRICT, WITHOUT ROWID;

-- Finds where a page of events ended.
CREATE UNIQUE INDEX payment_events_id_key ON payment_events (id);
CREATE UNIQUE INDEX payment_events_company_id_route_key_key ON payment_events (company_id, route, key)
    WHERE key IS NOT NULL;

CREATE TRIGGER payment_events_are_never_updated BEFORE UPDATE ON payment_events
BEGIN
    SELECT RAISE(ABORT, 'payment events are never updated: let something else happen to the payment');
END;

CREATE TRIGGER payment_events_are_never_deleted BEFORE DELETE ON payment_events
BEGIN
    SELECT RAISE(ABORT, 'payment events are never deleted: let something else happen to the payment');
END;
