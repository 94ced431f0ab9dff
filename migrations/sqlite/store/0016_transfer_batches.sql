-- Batches of transfers that were carried out: their keys are good for ever, and so is what was asked for under them.
CREATE TABLE transfer_batches (
    id          BLOB NOT NULL,
    company_id  BLOB NOT NULL,
    route       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    CONSTRAINT transfer_batches_company_id_route_key_key PRIMARY KEY (company_id, route, key),
    CONSTRAINT transfer_batches_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT transfer_batches_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT transfer_batches_fingerprint_is_sha256 CHECK (length(fingerprint) = 32)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER transfer_batches_are_never_updated BEFORE UPDATE ON transfer_batches
BEGIN
    SELECT RAISE(ABORT, 'transfer batches are never updated: send another batch');
END;

CREATE TRIGGER transfer_batches_are_never_deleted BEFORE DELETE ON transfer_batches
BEGIN
    SELECT RAISE(ABORT, 'transfer batches are never deleted: send another batch');
END;
