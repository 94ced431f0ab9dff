-- Money moved from outside of a run: what is known of accounts besides their sums, and what requests were answered.

-- Apart from the accounts, whose rows change with every payment. An account without a row is one of which nothing was said.
CREATE TABLE account_details (
    account_id BLOB    NOT NULL,
    owner      TEXT,
    metadata   TEXT    NOT NULL,
    -- Counts the changes of the account's terms, from 1.
    version    INTEGER NOT NULL,
    CONSTRAINT account_details_account_id_key PRIMARY KEY (account_id),
    CONSTRAINT account_details_account_id_is_uuid CHECK (length(account_id) = 16),
    CONSTRAINT account_details_version_is_positive CHECK (version > 0)
) STRICT, WITHOUT ROWID;

-- Finds what a transaction was taken back by.
CREATE INDEX transactions_by_reversed ON transactions (reverses) WHERE reverses IS NOT NULL;

-- What requests were answered, under the keys that their callers chose.
CREATE TABLE answers (
    company_id  BLOB    NOT NULL,
    route       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    content     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    CONSTRAINT answers_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT answers_fingerprint_is_sha256 CHECK (length(fingerprint) = 32)
) STRICT;

CREATE UNIQUE INDEX answers_company_id_route_key_key ON answers (company_id, route, key);
-- Finds those that are to be forgotten.
CREATE INDEX answers_by_time ON answers (created_at);
