//! `POST /api/v1/accounts/{account_id}/freeze`, `/unfreeze` and `/close`: whether anything may be posted to an account.
//!
//! Each may be repeated: an account that is so already stays as it is, and keeps its version. With `If-Match`, only at the
//! version that was read.

use std::sync::Arc;

use ledger::{AccountKey, Books, BooksError};
use poem_openapi::{OpenApi, param::Path};
use service::{IfMatch, Problem};
use store::MovementIntent;
use uuid::Uuid;

use super::terms::{self, Changed};
use crate::Refused;
use crate::answers::Success;
use crate::desk::{Declined, Order, Session};
use crate::endpoint::State;
use crate::optional::{Nothing, Optional};
use crate::refusal::Refusal;
use crate::tags::Chapter;

pub(super) struct ChangeStatus(pub(super) State);

#[OpenApi(tag = "Chapter::Accounts")]
impl ChangeStatus {
    /// Freeze an account
    ///
    /// It refuses what would take from it; what is brought to it is taken. The system's own accounts, `exchange` and
    /// `funding`, are never frozen.
    #[oai(
        path = "/api/v1/accounts/:account_id/freeze",
        method = "post",
        operation_id = "freeze_account"
    )]
    async fn freeze(
        &self,
        account_id: Path<Uuid>,
        /// The version that this is based on.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        /// There is nothing to say.
        _nothing: Optional<Nothing>,
    ) -> Result<Changed, Refused<404, 412, 422>> {
        Ok(self.change(account_id.0, if_match, Books::freeze).await?)
    }

    /// Open a frozen account again
    #[oai(
        path = "/api/v1/accounts/:account_id/unfreeze",
        method = "post",
        operation_id = "unfreeze_account"
    )]
    async fn unfreeze(
        &self,
        account_id: Path<Uuid>,
        /// The version that this is based on.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        /// There is nothing to say.
        _nothing: Optional<Nothing>,
    ) -> Result<Changed, Refused<404, 412, 422>> {
        Ok(self.change(account_id.0, if_match, Books::unfreeze).await?)
    }

    /// Close an account
    ///
    /// For good, and only at zero with nothing pending: it refuses everything from then on. The system's own accounts,
    /// `exchange` and `funding`, are never closed.
    #[oai(
        path = "/api/v1/accounts/:account_id/close",
        method = "post",
        operation_id = "close_account"
    )]
    async fn close(
        &self,
        account_id: Path<Uuid>,
        /// The version that this is based on.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        /// There is nothing to say.
        _nothing: Optional<Nothing>,
    ) -> Result<Changed, Refused<404, 412, 422>> {
        Ok(self.change(account_id.0, if_match, Books::close).await?)
    }
}

impl ChangeStatus {
    async fn change(&self, account_id: Uuid, if_match: IfMatch, change: Change) -> Result<Changed, Problem> {
        let order = Changing {
            account_id,
            if_match,
            change,
        };
        let answered = self.0.desk.answer(Arc::new(order), None).await?;
        Ok(Changed::from(answered.reply()?))
    }
}

type Change = fn(&mut Books, &AccountKey) -> Result<(), BooksError>;

/// The order to change what may be posted.
struct Changing {
    account_id: Uuid,
    if_match: IfMatch,
    change: Change,
}

impl Order for Changing {
    fn name(&self, intent: &mut MovementIntent) {
        intent.details.insert(self.account_id);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let id = self.account_id;
        let not_found = || Refusal::of("account_not_found", format!("There is no account {id}."));
        let before = session.account(id).cloned().ok_or_else(not_found)?;
        let mut details = session.details(id);
        terms::expect_version(&self.if_match, details.version)?;
        (self.change)(&mut session.books, before.key()).map_err(|error| match error {
            BooksError::Rejected(rejection) => Refusal::from(&rejection).into(),
            fault => Declined::Fault(fault.to_string()),
        })?;
        let after = session.account(id).cloned().ok_or_else(not_found)?;
        if before.status() != after.status() {
            details.version = details.version.saturating_add(1);
            session.say(details.clone());
        }
        terms::shown(&after, details)
    }
}
