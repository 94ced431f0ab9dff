-- The chain over the ledger's transactions: links of hashes, made after the fact by whoever has the head locked.

CREATE TABLE ledger_chain (
    -- Its place in the chain, from 1, without gaps.
    position           bigint NOT NULL,
    transaction_number bigint NOT NULL,
    transaction_id     uuid   NOT NULL,
    -- Of all of the transaction that never changes.
    digest             bytea  NOT NULL,
    -- Of the link before it and the digest.
    hash               bytea  NOT NULL,
    CONSTRAINT ledger_chain_position_key PRIMARY KEY (position),
    CONSTRAINT ledger_chain_transaction_number_key UNIQUE (transaction_number),
    CONSTRAINT ledger_chain_position_is_positive CHECK (position > 0),
    CONSTRAINT ledger_chain_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT ledger_chain_hash_is_sha256 CHECK (octet_length(hash) = 32)
);

CREATE TRIGGER ledger_chain_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a chain that is broken stays broken');

CREATE TABLE ledger_chain_head (
    singleton boolean NOT NULL,
    position  bigint  NOT NULL,
    hash      bytea   NOT NULL,
    -- The transactions' row number up to which all are chained.
    up_to     bigint  NOT NULL,
    -- All with row numbers up to `next` can be chained once every database transaction before `next_xid` has ended.
    next      bigint  NOT NULL,
    next_xid  bigint  NOT NULL,
    CONSTRAINT ledger_chain_head_singleton_key PRIMARY KEY (singleton),
    CONSTRAINT ledger_chain_head_is_one_row CHECK (singleton),
    CONSTRAINT ledger_chain_head_hash_is_sha256 CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 50);

INSERT INTO ledger_chain_head (singleton, position, hash, up_to, next, next_xid)
VALUES (true, 0, decode(repeat('00', 32), 'hex'), 0, 0, 0);
