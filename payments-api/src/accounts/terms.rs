//! `PATCH /api/v1/accounts/{account_id}`: what is said of an account.

use std::sync::Arc;

use api_types::JsonObject;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Object, OpenApi, param::Path};
use service::{EntityTag, IfMatch, RawJson, Strict};
use store::{AccountDetails, MovementIntent};
use uuid::Uuid;

use super::shape::{self, Account};
use crate::answers::{Reply, Success};
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
    /// Whose it is, in the company's words; null if it is nobody's any more.
    #[oai(nullable)]
    owner: MaybeUndefined<String>,
    /// In place of all metadata that it has.
    #[oai(nullable)]
    metadata: Option<JsonObject>,
}

#[derive(ApiResponse)]
pub(super) enum Changed {
    /// The account as it is now.
    #[oai(status = 200)]
    Account(
        RawJson<Account>,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<Reply<Account>> for Changed {
    fn from(reply: Reply<Account>) -> Self {
        Self::Account(reply.body, reply.etag)
    }
}

#[OpenApi(tag = "Chapter::Accounts")]
impl ChangeAccount {
    /// Change what is said of an account
    ///
    /// With `If-Match`, only if the account is still at the version that was read. What changes nothing leaves the version.
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
        texts::check_owner(owner.value(), "/owner")?;
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
        Ok(Changed::from(answered.reply()?))
    }
}

/// The order to say something of an account.
struct Saying {
    account_id: Uuid,
    if_match: IfMatch,
    owner: MaybeUndefined<String>,
    metadata: Option<String>,
}

impl Saying {
    /// What is said of the account by then.
    fn applied(&self, mut details: AccountDetails) -> AccountDetails {
        match &self.owner {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => details.owner = None,
            MaybeUndefined::Value(owner) => details.owner = Some(owner.clone()),
        }
        if let Some(metadata) = &self.metadata {
            details.metadata.clone_from(metadata);
        }
        details
    }
}

impl Order for Saying {
    fn name(&self, intent: &mut MovementIntent) {
        intent.details.insert(self.account_id);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let id = self.account_id;
        let not_found = || Refusal::of("account_not_found", format!("There is no account {id}."));
        let account = session.account(id).cloned().ok_or_else(not_found)?;
        let before = session.details(id);
        expect_version(&self.if_match, before.version)?;
        let mut details = self.applied(before.clone());
        if details == before {
            return shown(&account, details);
        }
        details.version = details.version.saturating_add(1);
        let success = shown(&account, details.clone())?;
        session.say(details);
        Ok(success)
    }
}

/// An account as it is now, with its version.
///
/// # Errors
/// It cannot be shown, which would be our fault.
pub(super) fn shown(account: &ledger::Account, details: AccountDetails) -> Result<Success, Declined> {
    let tag = EntityTag::version(details.version);
    let shown = shape::account(account, details);
    let shown = shown.map_err(|problem| Declined::Fault(problem.to_string()))?;
    Success::tagged(&tag, &shown).map_err(Declined::Fault)
}

/// That a change is based on the version that an account is at.
///
/// # Errors
/// 412 `stale_version`.
pub(super) fn expect_version(if_match: &IfMatch, version: u64) -> Result<(), Refusal> {
    if if_match.allows_version(Some(version)) {
        return Ok(());
    }
    let detail = format!(
        "The account is at version {version} by now, which is not what `If-Match` says. Nothing was changed: read it and \
         decide again."
    );
    Err(Refusal::of("stale_version", detail).at("If-Match"))
}
