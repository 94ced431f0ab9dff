-- Money moved from outside of a run: what is known of accounts besides their sums, and what requests were answered.

-- Apart from the accounts, whose rows change with every payment. An account without a row is one of which nothing was said.
CREATE TABLE account_details (
    account_id uuid   NOT NULL,
    -- Counts the changes of the account's terms, from 1.
    version    bigint NOT NULL,
    owner      text,
    metadata   json   NOT NULL,
    CONSTRAINT account_details_account_id_key PRIMARY KEY (account_id),
    CONSTRAINT account_details_version_is_positive CHECK (version > 0)
);

-- Finds what a transaction was taken back by.
CREATE INDEX transactions_by_reversed ON transactions (reverses) WHERE reverses IS NOT NULL;

-- What requests were answered, under the keys that their callers chose.
CREATE TABLE answers (
    company_id  uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    route       text        NOT NULL COLLATE "C",
    key         text        NOT NULL COLLATE "C",
    fingerprint bytea       NOT NULL,
    content     text        NOT NULL,
    CONSTRAINT answers_company_id_route_key_key PRIMARY KEY (company_id, route, key),
    CONSTRAINT answers_fingerprint_is_sha256 CHECK (octet_length(fingerprint) = 32)
);

-- Finds those that are to be forgotten.
CREATE INDEX answers_by_time ON answers (created_at);
