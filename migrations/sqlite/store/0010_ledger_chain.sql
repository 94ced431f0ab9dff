-- The chain over the ledger's transactions: links of hashes, made after the fact.

CREATE TABLE ledger_chain (
    -- Its place in the chain, from 1, without gaps.
    position           INTEGER PRIMARY KEY,
    transaction_number INTEGER NOT NULL,
    transaction_id     BLOB    NOT NULL,
    -- Of all of the transaction that never changes.
    digest             BLOB    NOT NULL,
    -- Of the link before it and the digest.
    hash               BLOB    NOT NULL,
    CONSTRAINT ledger_chain_position_is_positive CHECK (position > 0),
    CONSTRAINT ledger_chain_transaction_id_is_uuid CHECK (length(transaction_id) = 16),
    CONSTRAINT ledger_chain_digest_is_sha256 CHECK (length(digest) = 32),
    CONSTRAINT ledger_chain_hash_is_sha256 CHECK (length(hash) = 32)
) STRICT;

CREATE UNIQUE INDEX ledger_chain_transaction_number_key ON ledger_chain (transaction_number);

CREATE TRIGGER ledger_chain_is_never_updated BEFORE UPDATE ON ledger_chain
BEGIN
    SELECT RAISE(ABORT, 'ledger_chain is never updated: a chain that is broken stays broken');
END;

CREATE TRIGGER ledger_chain_is_never_deleted BEFORE DELETE ON ledger_chain
BEGIN
    SELECT RAISE(ABORT, 'ledger_chain is never deleted: a chain that is broken stays broken');
END;

CREATE TABLE ledger_chain_head (
    singleton INTEGER PRIMARY KEY CONSTRAINT ledger_chain_head_is_one_row CHECK (singleton = 1),
    position  INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    -- The transactions' row number up to which all are chained.
    up_to     INTEGER NOT NULL,
    CONSTRAINT ledger_chain_head_hash_is_sha256 CHECK (length(hash) = 32)
) STRICT;

INSERT INTO ledger_chain_head (singleton, position, hash, up_to) VALUES (1, 0, zeroblob(32), 0);
