-- Lists payments by when they were taken, newest first. They were listed by id, and a stretch of time was looked for among all.

DROP INDEX payments_by_company;
DROP INDEX payments_by_source;
DROP INDEX payments_by_destination;
DROP INDEX payments_by_state;
DROP INDEX payments_by_provider;

CREATE INDEX payments_by_company ON payments (company_id, created_at, id);
CREATE INDEX payments_by_source ON payments (source_account_id, created_at, id);
CREATE INDEX payments_by_destination ON payments (destination_account_id, created_at, id);
CREATE INDEX payments_by_state ON payments (company_id, state, created_at, id);
CREATE INDEX payments_by_provider ON payments (provider, created_at, id) WHERE provider IS NOT NULL;
