-- The rows of money are never deleted, and what never changes in them is never written. Transactions, entries, links of the chain
-- and events of payments have been guarded since they are there; these are the rows that do change.
--
-- A trigger on columns asks what the statement names, which those of the store do not: it costs them nothing. A condition on rows
-- is asked in place for each row that changes, and calls no function unless it holds.

-- For what is refused. Takes why.
CREATE FUNCTION refuse_because() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END
$$;

CREATE TRIGGER accounts_are_kept BEFORE DELETE OR TRUNCATE ON accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('close them');

CREATE TRIGGER accounts_stay_the_same BEFORE UPDATE OF number, id, company_id, code, currency, kind ON accounts
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_because('an account never becomes another one: its company, code, currency and kind stay');

CREATE TRIGGER accounts_lose_no_entry AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.entries < OLD.entries OR NEW.posted_debits < OLD.posted_debits OR NEW.posted_credits < OLD.posted_credits)
    EXECUTE FUNCTION refuse_because('an account never loses an entry, nor what one posted');

CREATE TRIGGER account_details_are_kept BEFORE DELETE OR TRUNCATE ON account_details
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('say something else of the account');

CREATE TRIGGER account_details_stay_with_their_account BEFORE UPDATE OF account_id ON account_details
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_because('what was said of an account is never said of another one');

CREATE TRIGGER holds_are_kept BEFORE DELETE OR TRUNCATE ON holds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('capture or release them');

CREATE TRIGGER holds_stay_the_same BEFORE UPDATE OF id, company_id, amount, expires_at, account, to_account, currency,
        payment_id ON holds
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_because('a hold never becomes another one: its amount, accounts and payment stay');

CREATE TRIGGER holds_are_settled_once AFTER UPDATE OF captured, status ON holds FOR EACH ROW
    WHEN (OLD.status <> 'pending')
    EXECUTE FUNCTION refuse_because('a hold is settled once');

CREATE TRIGGER payments_are_kept BEFORE DELETE OR TRUNCATE ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('cancel or refund them');

CREATE TRIGGER payments_stay_the_same BEFORE UPDATE OF id, company_id, source_account_id, destination_account_id, amount,
        created_at, payment_type, currency, exchange_currency, exchange_rate, exchange_rounding ON payments
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_because('a payment never becomes another one: its accounts, amount and exchange stay');

CREATE TRIGGER payments_go_on AFTER UPDATE ON payments FOR EACH ROW
    WHEN (NEW.captured < OLD.captured OR NEW.refunded < OLD.refunded OR NEW.events < OLD.events)
    EXECUTE FUNCTION refuse_because('a payment goes on: what was captured or refunded, or happened otherwise, stays');

CREATE TRIGGER ledger_chain_head_is_kept BEFORE DELETE OR TRUNCATE ON ledger_chain_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a chain that is broken stays broken');

-- Events of a payment are numbered from 1, without gaps. The one before each is looked up by its key, whatever the planner thinks
-- of the table's size: a subquery for one value is never planned as a join.
CREATE FUNCTION check_payment_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken uuid;
BEGIN
    SELECT payment_id INTO broken
        FROM happened h
        WHERE number > 1 AND (
            SELECT number FROM payment_events e WHERE e.payment_id = h.payment_id AND e.number = h.number - 1
        ) IS NULL
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the events of payment % have a gap: they are numbered from 1', broken
            USING ERRCODE = 'check_violation', TABLE = 'payment_events', CONSTRAINT = 'payment_events_have_no_gaps';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER payment_events_have_no_gaps AFTER INSERT ON payment_events
    REFERENCING NEW TABLE AS happened FOR EACH STATEMENT EXECUTE FUNCTION check_payment_events();
