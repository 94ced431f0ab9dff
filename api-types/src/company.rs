//! Companies.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Time;

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Company {
    /// Its id.
    pub company_id: Uuid,
    /// How people call it.
    pub name: String,
    /// The plan that it pays for.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub plan: Option<String>,
    /// The region that it belongs to.
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub region: Option<String>,
    /// The currency of amounts that name none (ISO 4217).
    pub currency: String,
    /// When it was created.
    pub created_at: Time,
}

/// A company to create.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[cfg_attr(feature = "openapi", oai(deny_unknown_fields, example))]
pub struct NewCompany {
    /// Any UUID; made unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub company_id: Option<Uuid>,
    /// How people call it.
    pub name: String,
    /// The plan that it pays for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub plan: Option<String>,
    /// The region that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub region: Option<String>,
    /// The currency of amounts that name none (ISO 4217).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(nullable))]
    pub currency: Option<String>,
}
