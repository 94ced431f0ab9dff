//! What companies have published.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::JsonObject;

/// All that a company has published, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Publication {
    /// The company.
    pub company: PublishingCompany,
    /// Its published rules, by name.
    pub rules: Vec<PublishedRule>,
    /// Grows with every change.
    pub revision: u64,
}

/// A company, as its runs see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct PublishingCompany {
    /// Its id.
    pub company_id: Uuid,
    /// Its name.
    pub name: String,
    /// Its plan.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub plan: Option<String>,
    /// Its region.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub region: Option<String>,
    /// The currency of amounts that name none.
    pub currency: String,
}

/// A published version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct PublishedRule {
    /// The rule.
    pub rule_id: Uuid,
    /// Its name.
    pub name: String,
    /// The published version.
    pub version: u32,
    /// Its document, as it was saved.
    pub document: JsonObject,
}

/// That what a company has published is not what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[cfg_attr(feature = "openapi", oai(rename = "Notice"))]
pub struct PublicationNotice {
    /// The company.
    pub company_id: Uuid,
    /// The revision that it is at.
    pub revision: u64,
}
