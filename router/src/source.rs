//! The port to whoever knows which rules are published: the composer.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use queue::CompanySnapshot;
use serde_json::Value;
use uuid::Uuid;

/// Knows which rules are published.
#[async_trait]
pub trait RuleSource: Send + Sync {
    /// The published rules of a company, unless they are those that `known` is the entity tag of.
    ///
    /// May be repeated, and cancelled.
    ///
    /// # Errors
    /// [`SourceError`] if the source cannot be asked, or answers what cannot be read.
    async fn published_rules(&self, company_id: Uuid, known: Option<&str>) -> Result<Fetched, SourceError>;

    /// Connects to the notices of changes. Every change from the moment that this returns is in the stream.
    ///
    /// # Errors
    /// [`SourceError`] if there is no connection. Try again, after a while.
    async fn changes(&self) -> Result<Changes, SourceError>;
}

/// The companies whose published rules change. It ends when a notice may have been missed: then everything that is
/// known must be asked for anew.
pub type Changes = BoxStream<'static, Uuid>;

/// What a source answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    /// What is known still stands.
    Unchanged,
    /// This is published now.
    Changed {
        /// Names this publication when asking again.
        etag: String,
        /// The publication.
        publication: Publication,
    },
    /// There is no such company.
    UnknownCompany,
}

/// What a company has published.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// The company, as it is now.
    pub company: CompanySnapshot,
    /// Its published rules; none if it has published nothing.
    pub rules: Vec<PublishedRule>,
    /// Grows with every change.
    pub revision: u64,
}

/// One published rule.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedRule {
    /// Its id.
    pub rule_id: Uuid,
    /// Its name, unique within the company.
    pub name: String,
    /// The version that is published.
    pub version: u32,
    /// The document of that version.
    pub document: Value,
}

/// Why a source did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It is away. Try again.
    #[error("the published rules cannot be asked for: {0}")]
    Unavailable(String),
    /// Its answer is not one: a fault, or another version of it.
    #[error("the answer about published rules cannot be read: {0}")]
    Unreadable(String),
}
