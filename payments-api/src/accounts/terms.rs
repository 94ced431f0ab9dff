//! `PATCH /api/v1/accounts/{account_id}`: what is said of an account.

use std::sync::Arc;

use api_types::JsonObject;
use poem_openapi::{ApiResponse, Object, OpenApi, param::Path};
use service::{EntityTag, IfMatch, RawJson, Strict};
use store::MovementIntent;
use uuid::Uuid;

use super::shape::{self, Account};
use crate::answers::Success;
use crate::desk::{Declined, Order, Session};
use crate::endpoint::State;
use crate::refusal::Refusal;
use crate::tags::Chapter;
use crate::{Refused, texts};

pub(super) struct ChangeAccount(pub(super) State);

/// What is to be said of an account; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct AccountChange {
    /// Whose it is, in the company's words.
    owner: Option<String>,
    /// In place of all metadata that it has.
    metadata: Option<JsonObject>,
}

#[derive(ApiResponse)]
enum Changed {
    /// The account as it is now.
    #[oai(status = 200)]
    Account(
        RawJson<Account>,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

#[OpenApi(tag = "Chapter::Accounts")]
impl ChangeAccount {
    /// Change what is said of an account
    ///
    /// With `If-Match`, only if the account is still at the version that was read.
    #[oai(
        path = "/api/v1/accounts/:account_id",
        method = "patch",
        operation_id = "change_account"
    )]
    async fn change(
        &self,
        account_id: Path<Uuid>,
        /// The version that the change is based on.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        /// What is to be said.
        change: Strict<AccountChange>,
    ) -> Result<Changed, Refused<404, 412, 422>> {
        let AccountChange { owner, metadata } = change.0;
        texts::check_text(owner.as_ref(), "/owner")?;
        let metadata = match metadata {
            Some(object) => Some(texts::metadata(Some(&object), "/metadata")?),
            None => None,
        };
        let order = Saying {
            account_id: account_id.0,
            if_match,
            owner,
            metadata,
        };
        let answered = self.0.desk.answer(Arc::new(order), None).await?;
        let reply = answered.reply()?;
        Ok(Changed::Account(reply.body, reply.etag))
    }
}

/// The order to say something of an account.
struct Saying {
    account_id: Uuid,
    if_match: IfMatch,
    owner: Option<String>,
    metadata: Option<String>,
}

impl Order for Saying {
    fn name(&self, intent: &mut MovementIntent) {
        intent.details.insert(self.account_id);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let id = self.account_id;
        let not_found = || Refusal::of("account_not_found", format!("There is no account {id}."));
        let account = session.account(id).cloned().ok_or_else(not_found)?;
        let mut details = session.details(id);
        if !self.if_match.allows_version(Some(details.version)) {
            return Err(stale(details.version).into());
        }
        if let Some(owner) = &self.owner {
            details.owner = Some(owner.clone());
        }
        if let Some(metadata) = &self.metadata {
            details.metadata.clone_from(metadata);
        }
        details.version = details.version.saturating_add(1);
        let tag = EntityTag::version(details.version);
        let shown = shape::account(&account, details.clone());
        let shown = shown.map_err(|problem| Declined::Fault(problem.to_string()))?;
        let success = Success::tagged(&tag, &shown).map_err(Declined::Fault)?;
        session.say(details);
        Ok(success)
    }
}

fn stale(version: u64) -> Refusal {
    let detail = format!(
        "The account is at version {version} by now, which is not what `If-Match` says. Nothing was changed: read it and \
         decide again."
    );
    Refusal::of("stale_version", detail).at("If-Match")
}
