-- The double-entry ledger: accounts, transactions, entries, holds; and the gapless counters.
--
-- Every payment writes here, so the tables are narrow and the indexes few. Entries are the most rows by far: they name
-- their transaction and their account by number, not by UUID, which makes a row and its index entries a third smaller.
-- What a foreign key would check of them, row by row, `check_entries` checks for a whole statement at once. Holds have no
-- foreign keys either: they name accounts by code, as `ledger` does, and the code reads those with them.

CREATE TABLE accounts (
    number          bigint  NOT NULL GENERATED ALWAYS AS IDENTITY,
    id              uuid    NOT NULL,
    company_id      uuid    NOT NULL,
    posted_debits   bigint  NOT NULL,
    posted_credits  bigint  NOT NULL,
    pending_debits  bigint  NOT NULL,
    pending_credits bigint  NOT NULL,
    -- The number of the account's last entry: how many it has.
    entries         bigint  NOT NULL,
    overdraft       boolean NOT NULL,
    code            text    NOT NULL COLLATE "C",
    currency        text    NOT NULL COLLATE "C",
    kind            text    NOT NULL COLLATE "C",
    status          text    NOT NULL COLLATE "C",
    CONSTRAINT accounts_number_key PRIMARY KEY (number),
    CONSTRAINT accounts_id_key UNIQUE (id),
    -- The code leads, so that this also finds the accounts of one code in every company.
    CONSTRAINT accounts_code_company_id_currency_key UNIQUE (code, company_id, currency),
    CONSTRAINT accounts_currency_is_code CHECK (octet_length(currency) = 3),
    CONSTRAINT accounts_kind_is_known CHECK (kind IN ('asset', 'liability', 'equity', 'revenue', 'expense')),
    CONSTRAINT accounts_status_is_known CHECK (status IN ('open', 'frozen', 'closed')),
    CONSTRAINT accounts_sums_are_not_negative CHECK (
        posted_debits >= 0 AND posted_credits >= 0 AND pending_debits >= 0 AND pending_credits >= 0
    ),
    CONSTRAINT accounts_entries_is_not_negative CHECK (entries >= 0),
    -- What `ledger` calls available: the balance, less what pending entries would take from it.
    CONSTRAINT accounts_are_not_overdrawn CHECK (
        overdraft
        OR (kind IN ('asset', 'expense') AND posted_debits - posted_credits >= pending_credits)
        OR (kind NOT IN ('asset', 'expense') AND posted_credits - posted_debits >= pending_debits)
    )
) WITH (fillfactor = 70);  -- Room for the next balances on the same page, where no index has to be changed.

-- Lists a company's accounts, newest first.
CREATE INDEX accounts_by_company ON accounts (company_id, id);

CREATE TABLE transactions (
    -- The order in which they were posted.
    number       bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    id           uuid        NOT NULL,
    company_id   uuid        NOT NULL,
    run_id       uuid,
    reverses     uuid,
    created_at   timestamptz NOT NULL,
    reference    text        NOT NULL COLLATE "C",
    node_id      text,
    content_hash bytea       NOT NULL,
    description  text,
    metadata     json        NOT NULL,
    CONSTRAINT transactions_number_key PRIMARY KEY (number),
    CONSTRAINT transactions_id_key UNIQUE (id),
    CONSTRAINT transactions_company_id_reference_key UNIQUE (company_id, reference),
    CONSTRAINT transactions_content_hash_is_sha256 CHECK (octet_length(content_hash) = 32)
);

-- Finds what a run posted.
CREATE INDEX transactions_by_run ON transactions (run_id) WHERE run_id IS NOT NULL;
-- Sums up a stretch of time, and lists a company's entries, newest first.
CREATE INDEX transactions_by_time ON transactions (company_id, created_at, number);

CREATE TABLE entries (
    transaction_number bigint   NOT NULL,
    account_number     bigint   NOT NULL,
    -- Its place among the account's entries, from 1, without gaps.
    number             bigint   NOT NULL,
    -- Minor units, in the account's currency.
    amount             bigint   NOT NULL,
    balance_after      bigint   NOT NULL,
    id                 uuid     NOT NULL,
    -- Its place among the transaction's entries, from 0.
    position           smallint NOT NULL,
    -- A debit if true, else a credit.
    debit              boolean  NOT NULL,
    CONSTRAINT entries_transaction_number_position_key PRIMARY KEY (transaction_number, position),
    -- Finds where a page of entries ended.
    CONSTRAINT entries_id_key UNIQUE (id),
    -- One order per account, without two entries in one place.
    CONSTRAINT entries_account_number_number_key UNIQUE (account_number, number),
    CONSTRAINT entries_number_is_positive CHECK (number > 0),
    CONSTRAINT entries_position_is_not_negative CHECK (position >= 0),
    CONSTRAINT entries_amount_is_positive CHECK (amount > 0)
);

CREATE TRIGGER transactions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('post a new one that reverses the old');

CREATE TRIGGER entries_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('post a transaction that reverses theirs');

CREATE TABLE holds (
    id         uuid   NOT NULL,
    company_id uuid   NOT NULL,
    amount     bigint NOT NULL,
    captured   bigint,
    expires_at timestamptz,
    account    text   NOT NULL COLLATE "C",
    to_account text   NOT NULL COLLATE "C",
    currency   text   NOT NULL COLLATE "C",
    status     text   NOT NULL COLLATE "C",
    CONSTRAINT holds_id_key PRIMARY KEY (id),
    CONSTRAINT holds_amount_is_positive CHECK (amount > 0),
    CONSTRAINT holds_accounts_differ CHECK (account <> to_account),
    CONSTRAINT holds_captured_is_within_amount CHECK (captured BETWEEN 1 AND amount),
    CONSTRAINT holds_captured_goes_with_status CHECK ((captured IS NOT NULL) = (status = 'captured')),
    CONSTRAINT holds_status_is_known CHECK (status IN ('pending', 'captured', 'released', 'expired'))
) WITH (fillfactor = 70);

CREATE TABLE counters (
    company_id uuid   NOT NULL,
    counter    text   NOT NULL COLLATE "C",
    -- The last number that was given out; zero in the batch that makes the row, to be locked.
    last       bigint NOT NULL,
    CONSTRAINT counters_company_id_counter_key PRIMARY KEY (company_id, counter),
    CONSTRAINT counters_last_is_not_negative CHECK (last >= 0)
) WITH (fillfactor = 70);
