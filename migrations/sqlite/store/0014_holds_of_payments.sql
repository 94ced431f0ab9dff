-- A hold that a payment was authorized by says so itself. Such holds are in no list: they were passed over one by one.

ALTER TABLE holds ADD COLUMN payment_id BLOB CONSTRAINT holds_payment_id_is_uuid CHECK (length(payment_id) = 16);

UPDATE holds SET payment_id = (SELECT p.id FROM payments p WHERE p.hold_id = holds.id)
WHERE id IN (SELECT p.hold_id FROM payments p WHERE p.hold_id IS NOT NULL);

-- These list the others, newest first. A hold of a payment is in none of them.
DROP INDEX holds_by_company;
CREATE INDEX holds_by_id ON holds (id) WHERE payment_id IS NULL;
CREATE INDEX holds_by_company ON holds (company_id, id) WHERE payment_id IS NULL;
CREATE INDEX holds_by_status ON holds (company_id, status, id) WHERE payment_id IS NULL;
CREATE INDEX holds_by_account ON holds (company_id, account, currency, id) WHERE payment_id IS NULL;
CREATE INDEX holds_by_to_account ON holds (company_id, to_account, currency, id) WHERE payment_id IS NULL;
