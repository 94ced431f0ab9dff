//! Rules and their versions. A version never changes; which one is published does.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Company, Page, PageRequest, StoreError};

/// A rule: a name in a company, with a history of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id (`UUIDv7`).
    pub id: Uuid,
    /// Whose it is.
    pub company_id: Uuid,
    /// Unique within the company.
    pub name: String,
    /// The number of the newest version; versions count from 1.
    pub latest_version: u32,
    /// The version that events run now, if any.
    pub published_version: Option<u32>,
    /// When it was archived, if it is.
    pub archived_at: Option<Timestamp>,
    /// When its first version was saved.
    pub created_at: Timestamp,
    /// When it last changed in any way.
    pub updated_at: Timestamp,
}

/// Where a rule stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleStatus {
    /// No version is published.
    Draft,
    /// A version is published: events run it.
    Published,
    /// Put away: events no longer run it.
    Archived,
}

impl RuleStatus {
    /// The status as it is written in JSON and in databases.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }
}

impl Rule {
    /// Where this rule stands.
    pub fn status(&self) -> RuleStatus {
        match (self.archived_at, self.published_version) {
            (Some(_), _) => RuleStatus::Archived,
            (None, Some(_)) => RuleStatus::Published,
            (None, None) => RuleStatus::Draft,
        }
    }
}

/// One version of a rule, as it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVersion {
    /// The rule.
    pub rule_id: Uuid,
    /// Its number, from 1.
    pub version: u32,
    /// The document, as JSON text.
    pub document: String,
    /// The warnings given when it was saved, as a JSON array of findings.
    pub warnings: String,
    /// When it was saved.
    pub created_at: Timestamp,
}

/// A rule to save: a new version under (company, name), which makes the rule if need be and brings it
/// back if it was archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveRule {
    /// The id for the rule if this is its first version.
    pub new_rule_id: Uuid,
    /// The company to save it for.
    pub company_id: Uuid,
    /// What to do where the company is unknown.
    pub unknown_company: UnknownCompany,
    /// The rule's name.
    pub name: String,
    /// The document, as JSON text.
    pub document: String,
    /// The warnings, as a JSON array of findings.
    pub warnings: String,
    /// Whether events run the new version at once; a draft leaves what is published as it was.
    pub publish: bool,
    /// The version that the writer last read; saving is refused if there is a newer one. Zero: the rule
    /// must not exist yet.
    pub expected_version: Option<u32>,
    /// The moment.
    pub now: Timestamp,
}

/// What to do with a rule for a company that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownCompany {
    /// Refuse it.
    Refuse,
    /// Create the company so, in the same database transaction.
    Create(Box<Company>),
}

/// What saving a rule did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedRule {
    /// The rule as it is now.
    pub rule: Rule,
    /// The version that was made.
    pub version: RuleVersion,
    /// Whether the company was created on the way.
    pub company_created: bool,
}

/// Why a rule was not saved. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveRuleError {
    /// There is no such company, and none was to be created.
    #[error("there is no company {0}")]
    UnknownCompany(Uuid),
    /// Somebody saved a newer version since.
    #[error("the rule is at version {current} by now")]
    Stale {
        /// The newest version; zero when there is no such rule.
        current: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a rule's publication was not changed. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRuleError {
    /// There is no such rule, or no such version of it.
    #[error("there is no such rule or version")]
    NotFound,
    /// The rule is archived: save a new version to bring it back.
    #[error("the rule is archived")]
    Archived,
    /// Somebody saved a newer version since.
    #[error("the rule is at version {current} by now")]
    Stale {
        /// The newest version.
        current: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which rules to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleFilter {
    /// Only this company's.
    pub company_id: Option<Uuid>,
    /// Also archived ones.
    pub with_archived: bool,
}

/// A published version, for those who run it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedRule {
    /// The rule.
    pub rule_id: Uuid,
    /// Its name.
    pub name: String,
    /// The published version.
    pub version: u32,
    /// Its document, as JSON text.
    pub document: String,
}

/// All that one company has published, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The company.
    pub company: Company,
    /// Its published rules, by name.
    pub rules: Vec<PublishedRule>,
    /// Grows with every change of what the company has published or of the company itself.
    pub revision: u64,
}

/// A version that runs are pinned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PinnedRule {
    /// The rule.
    pub rule_id: Uuid,
    /// The version.
    pub version: u32,
}

/// Rules, as stored.
#[async_trait]
pub trait Rules {
    /// Saves a new version under (company, name).
    async fn save_rule(&self, save: SaveRule) -> Result<SavedRule, SaveRuleError>;

    /// Lists rules, each with its newest version, newest rule first.
    async fn list_rules(
        &self,
        filter: RuleFilter,
        page: PageRequest,
    ) -> Result<Page<(Rule, RuleVersion)>, StoreError>;

    /// Reads one rule.
    async fn find_rule(&self, rule_id: Uuid) -> Result<Option<Rule>, StoreError>;

    /// Reads one version of a rule.
    async fn find_rule_version(&self, pinned: PinnedRule) -> Result<Option<RuleVersion>, StoreError>;

    /// Lists a rule's versions, newest first: at most `limit`, and only those below `before`.
    async fn list_rule_versions(
        &self,
        rule_id: Uuid,
        limit: u32,
        before: Option<u32>,
    ) -> Result<Vec<RuleVersion>, StoreError>;

    /// Publishes a version, newer or older than the one before. Publishing what is published changes
    /// nothing. `expected_version` guards as in [`SaveRule`].
    async fn publish_rule(
        &self,
        pinned: PinnedRule,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError>;

    /// Archives a rule: nothing of it is published any more, also when it comes back, until somebody publishes
    /// it. Archiving an archived one changes nothing.
    async fn archive_rule(
        &self,
        rule_id: Uuid,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError>;

    /// All that a company has published; none where the company is unknown.
    async fn published_rules(&self, company_id: Uuid) -> Result<Option<Publication>, StoreError>;
}
