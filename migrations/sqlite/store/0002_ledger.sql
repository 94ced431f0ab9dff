-- The double-entry ledger: accounts, transactions, entries, holds; and the gapless counters.
--
-- Every payment writes here. Rows are inserted in the order of their keys, so that pages fill up one after another.
-- Entries are the most rows by far: they name their transaction and their account by number, not by UUID, which makes
-- a row and its index entries a third of the size. Foreign keys are left to the code, which resolves these numbers.

CREATE TABLE accounts (
    number          INTEGER PRIMARY KEY,
    id              BLOB    NOT NULL,
    company_id      BLOB    NOT NULL,
    code            TEXT    NOT NULL,
    currency        TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    overdraft       INTEGER NOT NULL,
    posted_debits   INTEGER NOT NULL,
    posted_credits  INTEGER NOT NULL,
    pending_debits  INTEGER NOT NULL,
    pending_credits INTEGER NOT NULL,
    -- The number of the account's last entry: how many it has.
    entries         INTEGER NOT NULL,
    -- Grows with every update: an update of anything but what was read hits no row.
    version         INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT accounts_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT accounts_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT accounts_currency_is_code CHECK (length(currency) = 3),
    CONSTRAINT accounts_kind_is_known CHECK (kind IN ('asset', 'liability', 'equity', 'revenue', 'expense')),
    CONSTRAINT accounts_status_is_known CHECK (status IN ('open', 'frozen', 'closed')),
    CONSTRAINT accounts_overdraft_is_boolean CHECK (overdraft IN (0, 1)),
    CONSTRAINT accounts_sums_are_not_negative CHECK (
        posted_debits >= 0 AND posted_credits >= 0 AND pending_debits >= 0 AND pending_credits >= 0
    ),
    CONSTRAINT accounts_entries_is_not_negative CHECK (entries >= 0)
) STRICT;

CREATE UNIQUE INDEX accounts_id_key ON accounts (id);
-- The code leads, so that this also finds the accounts of one code in every company.
CREATE UNIQUE INDEX accounts_code_company_id_currency_key ON accounts (code, company_id, currency);
-- Lists a company's accounts, newest first.
CREATE INDEX accounts_by_company ON accounts (company_id, id);

CREATE TABLE transactions (
    -- The order in which they were posted.
    number       INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL,
    company_id   BLOB    NOT NULL,
    reference    TEXT    NOT NULL,
    run_id       BLOB,
    node_id      TEXT,
    reverses     BLOB,
    created_at   INTEGER NOT NULL,
    content_hash BLOB    NOT NULL,
    description  TEXT,
    metadata     TEXT    NOT NULL,
    CONSTRAINT transactions_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT transactions_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT transactions_content_hash_is_sha256 CHECK (length(content_hash) = 32)
) STRICT;

CREATE UNIQUE INDEX transactions_id_key ON transactions (id);
CREATE UNIQUE INDEX transactions_company_id_reference_key ON transactions (company_id, reference);
-- Finds what a run posted.
CREATE INDEX transactions_by_run ON transactions (run_id) WHERE run_id IS NOT NULL;
-- Sums up a stretch of time, and lists a company's entries, newest first.
CREATE INDEX transactions_by_time ON transactions (company_id, created_at);

CREATE TABLE entries (
    transaction_number INTEGER NOT NULL,
    position           INTEGER NOT NULL,
    id                 BLOB    NOT NULL,
    account_number     INTEGER NOT NULL,
    -- Its place among the account's entries, from 1, without gaps.
    number             INTEGER NOT NULL,
    direction          TEXT    NOT NULL,
    amount             INTEGER NOT NULL,
    balance_after      INTEGER NOT NULL,
    CONSTRAINT entries_transaction_number_position_key PRIMARY KEY (transaction_number, position),
    CONSTRAINT entries_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT entries_number_is_positive CHECK (number > 0),
    CONSTRAINT entries_direction_is_known CHECK (direction IN ('debit', 'credit')),
    CONSTRAINT entries_amount_is_positive CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

-- Finds where a page of entries ended.
CREATE UNIQUE INDEX entries_id_key ON entries (id);
-- One order per account, without two entries in one place.
CREATE UNIQUE INDEX entries_account_number_number_key ON entries (account_number, number);

CREATE TRIGGER transactions_are_never_updated BEFORE UPDATE ON transactions
BEGIN
    SELECT RAISE(ABORT, 'transactions are never updated: post a new one that reverses the old');
END;

CREATE TRIGGER transactions_are_never_deleted BEFORE DELETE ON transactions
BEGIN
    SELECT RAISE(ABORT, 'transactions are never deleted: post a new one that reverses the old');
END;

CREATE TRIGGER entries_are_never_updated BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'entries are never updated: post a transaction that reverses theirs');
END;

CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'entries are never deleted: post a transaction that reverses theirs');
END;

CREATE TABLE holds (
    id           BLOB    NOT NULL,
    company_id   BLOB    NOT NULL,
    account      TEXT    NOT NULL,
    to_account   TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    amount       INTEGER NOT NULL,
    captured     INTEGER,
    status       TEXT    NOT NULL,
    -- Milliseconds since 1970-01-01 UTC.
    expires_at   INTEGER,
    CONSTRAINT holds_id_key PRIMARY KEY (id),
    CONSTRAINT holds_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT holds_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT holds_amount_is_positive CHECK (amount > 0),
    CONSTRAINT holds_accounts_differ CHECK (account <> to_account),
    CONSTRAINT holds_captured_is_within_amount CHECK (captured BETWEEN 1 AND amount),
    CONSTRAINT holds_captured_goes_with_status CHECK ((captured IS NOT NULL) = (status = 'captured')),
    CONSTRAINT holds_status_is_known CHECK (status IN ('pending', 'captured', 'released', 'expired'))
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
    company_id BLOB    NOT NULL,
    counter    TEXT    NOT NULL,
    -- The last number that was given out.
    last       INTEGER NOT NULL,
    CONSTRAINT counters_company_id_counter_key PRIMARY KEY (company_id, counter),
    CONSTRAINT counters_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT counters_last_is_positive CHECK (last > 0)
) STRICT, WITHOUT ROWID;
