-- Batches of transfers that were carried out: their keys are good for ever, and so is what was asked for under them.
CREATE TABLE transfer_batches (
    id          uuid  NOT NULL,
    company_id  uuid  NOT NULL,
    route       text  NOT NULL COLLATE "C",
    key         text  NOT NULL COLLATE "C",
    fingerprint bytea NOT NULL,
    CONSTRAINT transfer_batches_company_id_route_key_key PRIMARY KEY (company_id, route, key),
    CONSTRAINT transfer_batches_fingerprint_is_sha256 CHECK (octet_length(fingerprint) = 32)
);

CREATE TRIGGER transfer_batches_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer_batches
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('send another batch');
