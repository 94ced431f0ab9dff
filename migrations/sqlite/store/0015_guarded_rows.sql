-- The rows of money are never deleted, and what never changes in them is never written. Transactions, entries, links of the chain
-- and events of payments have been guarded since they are there; these are the rows that do change.
--
-- A trigger on columns asks what the statement names, which those of the store do not: it costs them nothing.

CREATE TRIGGER accounts_are_never_deleted BEFORE DELETE ON accounts
BEGIN
    SELECT RAISE(ABORT, 'accounts are never deleted: close them');
END;

CREATE TRIGGER accounts_stay_the_same BEFORE UPDATE OF id, company_id, code, currency, kind ON accounts
BEGIN
    SELECT RAISE(ABORT, 'an account never becomes another one: its company, code, currency and kind stay');
END;

CREATE TRIGGER accounts_lose_no_entry BEFORE UPDATE ON accounts
WHEN NEW.number <> OLD.number OR NEW.entries < OLD.entries OR NEW.posted_debits < OLD.posted_debits
    OR NEW.posted_credits < OLD.posted_credits
BEGIN
    SELECT RAISE(ABORT, 'an account never loses an entry, nor what one posted');
END;

CREATE TRIGGER account_details_are_never_deleted BEFORE DELETE ON account_details
BEGIN
    SELECT RAISE(ABORT, 'account_details are never deleted: say something else of the account');
END;

CREATE TRIGGER account_details_stay_with_their_account BEFORE UPDATE OF account_id ON account_details
BEGIN
    SELECT RAISE(ABORT, 'what was said of an account is never said of another one');
END;

CREATE TRIGGER holds_are_never_deleted BEFORE DELETE ON holds
BEGIN
    SELECT RAISE(ABORT, 'holds are never deleted: capture or release them');
END;

CREATE TRIGGER holds_stay_the_same
BEFORE UPDATE OF id, company_id, account, to_account, currency, amount, expires_at, payment_id ON holds
BEGIN
    SELECT RAISE(ABORT, 'a hold never becomes another one: its amount, accounts and payment stay');
END;

CREATE TRIGGER holds_are_settled_once BEFORE UPDATE OF captured, status ON holds WHEN OLD.status <> 'pending'
BEGIN
    SELECT RAISE(ABORT, 'a hold is settled once');
END;

CREATE TRIGGER payments_are_never_deleted BEFORE DELETE ON payments
BEGIN
    SELECT RAISE(ABORT, 'payments are never deleted: cancel or refund them');
END;

CREATE TRIGGER payments_stay_the_same
BEFORE UPDATE OF id, company_id, payment_type, source_account_id, destination_account_id, amount, currency, created_at,
    exchange_currency, exchange_rate, exchange_rounding ON payments
BEGIN
    SELECT RAISE(ABORT, 'a payment never becomes another one: its accounts, amount and exchange stay');
END;

CREATE TRIGGER payments_go_on BEFORE UPDATE ON payments
WHEN NEW.captured < OLD.captured OR NEW.refunded < OLD.refunded OR NEW.events < OLD.events
BEGIN
    SELECT RAISE(ABORT, 'a payment goes on: what was captured or refunded, or happened otherwise, stays');
END;

CREATE TRIGGER ledger_chain_head_is_never_deleted BEFORE DELETE ON ledger_chain_head
BEGIN
    SELECT RAISE(ABORT, 'ledger_chain_head is never deleted: a chain that is broken stays broken');
END;

-- Events of a payment are numbered from 1, without gaps.
CREATE TRIGGER payment_events_have_no_gaps BEFORE INSERT ON payment_events
WHEN NEW.number > 1 AND NOT EXISTS (
    SELECT 1 FROM payment_events e WHERE e.payment_id = NEW.payment_id AND e.number = NEW.number - 1
)
BEGIN
    SELECT RAISE(ABORT, 'the events of a payment have a gap: they are numbered from 1');
END;
