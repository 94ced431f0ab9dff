-- Payments, as they are now, and everything that happened to each.

CREATE TABLE payments (
    id                     uuid        NOT NULL,
    company_id             uuid        NOT NULL,
    source_account_id      uuid        NOT NULL,
    destination_account_id uuid,
    hold_id                uuid,
    -- The ledger transaction that captured it.
    transaction_id         uuid,
    -- Minor units, in its currency.
    amount                 bigint      NOT NULL,
    captured               bigint      NOT NULL,
    refunded               bigint      NOT NULL,
    -- The number of its last event: how many it has.
    events                 bigint      NOT NULL,
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    payment_type           text        NOT NULL COLLATE "C",
    state                  text        NOT NULL COLLATE "C",
    currency               text        NOT NULL COLLATE "C",
    -- Whether it is authorized, and captured, by itself.
    authorizing            text        NOT NULL COLLATE "C",
    capturing              text        NOT NULL COLLATE "C",
    provider               text        COLLATE "C",
    decline_code           text,
    decline_detail         text,
    description            text,
    metadata               json        NOT NULL,
    CONSTRAINT payments_id_key PRIMARY KEY (id),
    CONSTRAINT payments_accounts_differ CHECK (source_account_id <> destination_account_id),
    CONSTRAINT payments_amount_is_positive CHECK (amount > 0),
    CONSTRAINT payments_captured_is_within_amount CHECK (captured BETWEEN 0 AND amount),
    CONSTRAINT payments_refunded_is_within_captured CHECK (refunded BETWEEN 0 AND captured),
    CONSTRAINT payments_events_is_positive CHECK (events > 0),
    CONSTRAINT payments_currency_is_code CHECK (octet_length(currency) = 3),
    CONSTRAINT payments_payment_type_is_known CHECK (payment_type IN ('internal', 'external')),
    CONSTRAINT payments_authorizing_is_known CHECK (authorizing IN ('automatic', 'manual')),
    CONSTRAINT payments_capturing_is_known CHECK (capturing IN ('automatic', 'manual')),
    CONSTRAINT payments_state_is_known CHECK (state IN (
        'pending', 'processing', 'authorized', 'declined', 'captured', 'failed', 'cancelled', 'partially_refunded', 'refunded'
    )),
    CONSTRAINT payments_decline_goes_with_state CHECK (
        (decline_code IS NOT NULL) = (state = 'declined') AND (decline_detail IS NOT NULL) = (state = 'declined')
    )
) WITH (fillfactor = 70);

-- These list payments, newest first.
CREATE INDEX payments_by_company ON payments (company_id, id);
CREATE INDEX payments_by_source ON payments (source_account_id, id);
CREATE INDEX payments_by_destination ON payments (destination_account_id, id);
CREATE INDEX payments_by_state ON payments (company_id, state, id);
CREATE INDEX payments_by_provider ON payments (provider, id) WHERE provider IS NOT NULL;

-- Finds whose a hold is.
CREATE UNIQUE INDEX payments_hold_id_key ON payments (hold_id) WHERE hold_id IS NOT NULL;

CREATE TABLE payment_events (
    payment_id     uuid        NOT NULL,
    -- Its place among the payment's events, from 1, without gaps.
    number         bigint      NOT NULL,
    id             uuid        NOT NULL,
    company_id     uuid        NOT NULL,
    -- The ledger transaction that it posted.
    transaction_id uuid,
    -- What was captured or refunded by it, in minor units of the payment's currency.
    amount         bigint,
    created_at     timestamptz NOT NULL,
    state          text        NOT NULL COLLATE "C",
    reason         text,
    -- The request that asked for it, under the key that its caller chose, which is good for ever.
    route          text        COLLATE "C",
    key            text        COLLATE "C",
    fingerprint    bytea,
    CONSTRAINT payment_events_payment_id_number_key PRIMARY KEY (payment_id, number),
    -- Finds where a page of events ended.
    CONSTRAINT payment_events_id_key UNIQUE (id),
    CONSTRAINT payment_events_number_is_positive CHECK (number > 0),
    CONSTRAINT payment_events_amount_is_positive CHECK (amount > 0),
    CONSTRAINT payment_events_request_is_whole CHECK (
        (route IS NULL) = (key IS NULL) AND (key IS NULL) = (fingerprint IS NULL)
    ),
    CONSTRAINT payment_events_fingerprint_is_sha256 CHECK (octet_length(fingerprint) = 32)
);

CREATE UNIQUE INDEX payment_events_company_id_route_key_key ON payment_events (company_id, route, key)
    WHERE key IS NOT NULL;

CREATE TRIGGER payment_events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('let something else happen to the payment');
