-- What makes the ledger balance, whoever writes to it.
--
-- A transaction is posted whole: it and all of its entries in one SQL statement (a WITH that inserts both). These checks
-- look at the end of that statement at all rows that it inserted, once. So they cost a few microseconds per transaction
-- where a deferred constraint trigger, which PostgreSQL knows only per row, costs four times as much; and they allow
-- less: no moment inside a database transaction sees a ledger transaction that does not balance.

-- Every transaction has two entries or more.
CREATE FUNCTION check_transactions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken uuid;
BEGIN
    SELECT p.id INTO broken FROM posted p
        WHERE (SELECT count(*) FROM entries e WHERE e.transaction_number = p.number) < 2
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % has fewer than two entries: post it with its entries, in one statement', broken
            USING ERRCODE = 'check_violation', TABLE = 'transactions', CONSTRAINT = 'transactions_have_entries';
    END IF;
    RETURN NULL;
END
$$;

-- The entries of one statement belong to transactions and accounts that are there, and balance: per transaction and
-- currency, debits equal credits. Since that holds of every statement, it holds of the ledger.
CREATE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
BEGIN
    SELECT p.transaction_number INTO broken
        FROM posted p LEFT JOIN accounts a ON a.number = p.account_number
        GROUP BY p.transaction_number, a.currency
        HAVING a.currency IS NULL OR sum(CASE WHEN p.debit THEN p.amount ELSE -p.amount END) <> 0
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the entries of transaction number % do not balance: debits must equal credits in every currency', broken
            USING ERRCODE = 'check_violation', TABLE = 'entries', CONSTRAINT = 'entries_balance';
    END IF;
    SELECT p.transaction_number INTO broken FROM posted p
        WHERE NOT EXISTS (SELECT FROM transactions t WHERE t.number = p.transaction_number)
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no transaction number % for an entry', broken
            USING ERRCODE = 'foreign_key_violation', TABLE = 'entries', CONSTRAINT = 'entries_transaction_number_fkey';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER transactions_have_entries AFTER INSERT ON transactions
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION check_transactions();

CREATE TRIGGER entries_balance AFTER INSERT ON entries
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION check_entries();
