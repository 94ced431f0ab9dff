//! `POST /api/v1/accounts`: a new account.

use std::sync::Arc;

use api_types::JsonObject;
use ledger::reference::ACCOUNTS;
use ledger::{AccountCode, AccountKey, AccountKind, Money, chart};
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Serialize;
use service::{FieldError, Problem, RawJson, Strict};
use store::{AccountDetails, MovementIntent};
use uuid::Uuid;

use super::shape::{self, Account};
use crate::amount::{self, Amount};
use crate::answers::Success;
use crate::desk::{Declined, Order, Said, Session};
use crate::endpoint::State;
use crate::idempotency::OptionalIdempotencyKey;
use crate::refusal::Refusal;
use crate::tags::Chapter;
use crate::{Refused, companies, texts};

const ROUTE: &str = "POST /api/v1/accounts";

pub(super) struct CreateAccount(pub(super) State);

/// An account to open.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewAccount {
    /// Whose it is.
    company_id: Uuid,
    /// What it is called: 1 to 128 of `A-Z a-z 0-9 _ - . : @ /`; unique within the company and the currency.
    code: String,
    /// The currency (ISO 4217).
    currency: String,
    /// A liability unless said. The system's own accounts, `exchange` and `funding`, are equity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    kind: Option<api_types::AccountKind>,
    /// Whether what is available may go below zero; not unless said. It may on the system's own accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    overdraft: Option<bool>,
    /// Whose it is, in the company's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    owner: Option<String>,
    /// Whatever the company wants to keep with it.
    #[serde(skip_serializing_if = "texts::is_no_metadata")]
    #[oai(nullable)]
    metadata: Option<JsonObject>,
    /// Posted at once, from the company's account `funding`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    initial_balance: Option<Amount>,
}

#[derive(ApiResponse)]
enum Created {
    /// The account is open.
    #[oai(status = 201)]
    Account(
        RawJson<Account>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
        /// `true` if this is the answer to an earlier request under the same key.
        #[oai(header = "Idempotency-Replayed")]
        Option<bool>,
    ),
}

#[OpenApi(tag = "Chapter::Accounts")]
impl CreateAccount {
    /// Open an account
    ///
    /// A liability without overdraft unless said. Under an `Idempotency-Key` it can be sent again.
    #[oai(path = "/api/v1/accounts", method = "post", operation_id = "create_account")]
    async fn create(
        &self,
        #[oai(name = "Idempotency-Key")] key: OptionalIdempotencyKey,
        /// The account.
        account: Strict<NewAccount>,
    ) -> Result<Created, Refused<404, 409, 422>> {
        let order = read(&account.0)?;
        let company_id = order.key.company_id;
        let named = key.naming(company_id, ROUTE, ROUTE, &account.0)?;
        companies::expect(&self.0, company_id).await?;
        let answered = self.0.desk.answer(Arc::new(order), named).await?;
        let reply = answered.reply()?;
        Ok(Created::Account(reply.body, reply.location, reply.replayed))
    }
}

fn read(new: &NewAccount) -> Result<Opening, Problem> {
    let currency = amount::currency(&new.currency, "/currency")?;
    let code: AccountCode = new
        .code
        .parse()
        .map_err(|error: ledger::AccountCodeError| invalid_code(&error.to_string()))?;
    texts::check_owner(new.owner.as_ref(), "/owner")?;
    let initial = match &new.initial_balance {
        Some(amount) => amount.not_negative(currency, "/initial_balance")?,
        None => Money::new(0, currency),
    };
    if code == AccountCode::funding() && initial.is_positive() {
        return Err(invalid_code("the account `funding` cannot be funded by itself"));
    }
    let (kind, overdraft) = terms(new, &code)?;
    Ok(Opening {
        kind,
        overdraft,
        owner: new.owner.clone(),
        metadata: texts::metadata(new.metadata.as_ref(), "/metadata")?,
        key: AccountKey::new(new.company_id, code, currency),
        initial,
    })
}

/// The kind of an account, and whether it may be overdrawn. What the system itself posts to has its own terms: whoever says
/// others is told which member is wrong.
fn terms(new: &NewAccount, code: &AccountCode) -> Result<(AccountKind, bool), Problem> {
    let (kind, overdraft) = (new.kind.map(views::ledger::stored_kind), new.overdraft);
    let Some((own, may_overdraw)) = chart::own_terms(code.as_str()) else {
        return Ok((kind.unwrap_or(AccountKind::Liability), overdraft.unwrap_or(false)));
    };
    if kind.is_some_and(|kind| kind != own) {
        let reason = format!(
            "The system posts to the account `{code}`: its kind is {}.",
            own.name()
        );
        return Err(invalid("/kind", &reason));
    }
    if overdraft.is_some_and(|overdraft| overdraft != may_overdraw) {
        let reason = format!("The system posts to the account `{code}`: it may be overdrawn.");
        return Err(invalid("/overdraft", &reason));
    }
    Ok((own, may_overdraw))
}

fn invalid_code(reason: &str) -> Problem {
    invalid("/code", reason)
}

fn invalid(pointer: &str, reason: &str) -> Problem {
    let fault = FieldError::new(pointer, "invalid_account", reason);
    Problem::unprocessable("invalid_account", reason).with_errors([fault])
}

/// The order to open an account.
struct Opening {
    key: AccountKey,
    kind: AccountKind,
    overdraft: bool,
    owner: Option<String>,
    metadata: String,
    initial: Money,
}

impl Opening {
    fn fund(&self, session: &mut Session<'_>, account_id: Uuid) -> Result<(), Declined> {
        if self.initial.is_zero() {
            return Ok(());
        }
        let code = self.key.code.clone();
        let draft = ledger::funding(code, self.kind, AccountCode::funding(), self.initial)
            .map_err(|error| Declined::Fault(error.to_string()))?
            .with_description("initial balance");
        let said = Said {
            reference: format!("{ACCOUNTS}{account_id}/initial_balance"),
            metadata: "{}",
        };
        let refuse = |rejection: &_| Refusal::from(rejection).at("/initial_balance");
        session.post(self.key.company_id, &draft, said, refuse).map(drop)
    }

    fn funding_key(&self) -> AccountKey {
        AccountKey::new(self.key.company_id, AccountCode::funding(), self.key.currency)
    }
}

impl Order for Opening {
    fn name(&self, intent: &mut MovementIntent) {
        intent.footprint.accounts.insert(self.key.clone());
        if self.initial.is_positive() {
            intent.footprint.accounts.insert(self.funding_key());
        }
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let account_id = session.new_id();
        let account = ledger::Account::open(account_id, self.key.clone(), self.kind, self.overdraft);
        session.open_account(&account).map_err(|error| match error {
            ledger::BooksError::Rejected(rejection) => Refusal::from(&rejection).at("/code").into(),
            fault => Declined::Fault(fault.to_string()),
        })?;
        self.fund(session, account_id)?;
        let details = AccountDetails {
            owner: self.owner.clone(),
            metadata: self.metadata.clone(),
            ..AccountDetails::unsaid(account_id)
        };
        let shown = shape::account(&account, details.clone());
        let shown = shown.map_err(|problem| Declined::Fault(problem.to_string()))?;
        let success = Success::at(format!("/api/v1/accounts/{account_id}"), &shown);
        let success = success.map_err(Declined::Fault)?;
        if details != AccountDetails::unsaid(account_id) {
            session.say(details);
        }
        Ok(success)
    }
}
