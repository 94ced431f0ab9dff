-- Companies, their rules, and the rules' versions.
--
-- In every file of this schema: identifiers are UUIDs as BLOBs of 16 bytes, times are microseconds since 1970-01-01
-- UTC, money is in minor units beside its currency, JSON is kept as the text that came. Unique constraints are named
-- <table>_<columns>_key, which is also how a violation is reported.

CREATE TABLE companies (
    company_id BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    plan       TEXT,
    region     TEXT,
    currency   TEXT    NOT NULL,
    -- Grows with every change of what the company has published, or of the company itself.
    revision   INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    CONSTRAINT companies_company_id_key PRIMARY KEY (company_id),
    CONSTRAINT companies_company_id_is_uuid CHECK (length(company_id) = 16),
    CONSTRAINT companies_currency_is_code CHECK (length(currency) = 3),
    CONSTRAINT companies_revision_is_positive CHECK (revision > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE rules (
    id                BLOB    NOT NULL,
    company_id        BLOB    NOT NULL CONSTRAINT rules_company_id_fkey REFERENCES companies (company_id),
    name              TEXT    NOT NULL,
    latest_version    INTEGER NOT NULL,
    published_version INTEGER,
    archived_at       INTEGER,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    CONSTRAINT rules_id_key PRIMARY KEY (id),
    CONSTRAINT rules_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT rules_latest_version_is_positive CHECK (latest_version > 0),
    CONSTRAINT rules_published_version_exists CHECK (published_version BETWEEN 1 AND latest_version),
    CONSTRAINT rules_archived_is_unpublished CHECK (archived_at IS NULL OR published_version IS NULL)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX rules_company_id_name_key ON rules (company_id, name);
-- Lists a company's rules, newest first.
CREATE INDEX rules_by_company ON rules (company_id, id);

-- Documents are long, which suits a table with row numbers better.
CREATE TABLE rule_versions (
    rule_id    BLOB    NOT NULL CONSTRAINT rule_versions_rule_id_fkey REFERENCES rules (id),
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    warnings   TEXT    NOT NULL,
    document   TEXT    NOT NULL,
    CONSTRAINT rule_versions_rule_id_version_key PRIMARY KEY (rule_id, version),
    CONSTRAINT rule_versions_version_is_positive CHECK (version > 0)
) STRICT;

CREATE TRIGGER rule_versions_are_never_updated BEFORE UPDATE ON rule_versions
BEGIN
    SELECT RAISE(ABORT, 'rule_versions are never updated: save a new version');
END;
