-- Companies, their rules, and the rules' versions.
--
-- In every file of this schema:
-- * Money is in minor units beside its currency.
-- * JSON is `json`, not `jsonb`: it is checked, and kept as the text that came. `jsonb` would reorder members, drop
--   duplicates and rewrite numbers (1e400), and nothing here asks the database what stands inside.
-- * Text that is a key has collation "C": it is compared byte by byte, which is quick, and the same on every system.
-- * Constraints have names. Unique ones are <table>_<columns>_key.

-- For tables whose rows are never changed. Takes what to do instead.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never %: %', TG_TABLE_NAME,
        CASE TG_OP WHEN 'UPDATE' THEN 'updated' WHEN 'DELETE' THEN 'deleted' ELSE 'truncated' END, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END
$$;

CREATE TABLE companies (
    company_id uuid        NOT NULL,
    name       text        NOT NULL,
    plan       text,
    region     text,
    currency   text        NOT NULL,
    -- Grows with every change of what the company has published, or of the company itself.
    revision   bigint      NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT companies_company_id_key PRIMARY KEY (company_id),
    CONSTRAINT companies_currency_is_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT companies_revision_is_positive CHECK (revision > 0)
);

CREATE TABLE rules (
    id                uuid        NOT NULL,
    company_id        uuid        NOT NULL,
    name              text        NOT NULL COLLATE "C",
    latest_version    bigint      NOT NULL,
    published_version bigint,
    archived_at       timestamptz,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT rules_id_key PRIMARY KEY (id),
    CONSTRAINT rules_company_id_name_key UNIQUE (company_id, name),
    CONSTRAINT rules_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies (company_id),
    CONSTRAINT rules_latest_version_is_positive CHECK (latest_version > 0),
    CONSTRAINT rules_published_version_exists CHECK (published_version BETWEEN 1 AND latest_version),
    CONSTRAINT rules_archived_is_unpublished CHECK (archived_at IS NULL OR published_version IS NULL)
);

-- Lists a company's rules, newest first.
CREATE INDEX rules_by_company ON rules (company_id, id);

CREATE TABLE rule_versions (
    rule_id    uuid        NOT NULL,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    warnings   json        NOT NULL,
    document   json        NOT NULL,
    CONSTRAINT rule_versions_rule_id_version_key PRIMARY KEY (rule_id, version),
    CONSTRAINT rule_versions_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES rules (id),
    CONSTRAINT rule_versions_version_is_positive CHECK (version > 0)
);

CREATE TRIGGER rule_versions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('save a new version');
