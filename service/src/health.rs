//! `/healthz`: the process is alive. `/readyz`: and so is what it depends on; if not, what is not.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{FutureExt as _, future::join_all};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi, payload::Json};
use tokio::time::Instant;

/// How long a check may take before what it checks counts as down.
const CHECK_DEADLINE: Duration = Duration::from_secs(2);

/// Something that a service cannot do without. Checks are run at every `GET /readyz`, all at once; they
/// may be cancelled.
#[async_trait]
pub trait Check: Send + Sync {
    /// What is checked: `store`, `queue`, `rules`.
    fn name(&self) -> &str;

    /// Tries it.
    ///
    /// # Errors
    /// [`Down`], with the reason that an operator is shown: no addresses with passwords.
    async fn check(&self) -> Result<(), Down>;

    /// What an operator may want to know of it while it is up. Asked for after a check that went well.
    async fn note(&self) -> Option<String> {
        None
    }
}

/// Why a dependency counts as down, for an operator.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Down(pub String);

/// That the process is alive.
#[derive(Debug, Object)]
struct Health {
    /// Always `ok`: a process that is not cannot answer.
    status: String,
}

/// Whether the service can do its work.
#[derive(Debug, Object)]
struct Readiness {
    /// `ready` if every check is `up`.
    status: ReadyStatus,
    /// Each dependency, by name.
    checks: BTreeMap<String, CheckReport>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum ReadyStatus {
    Ready,
    NotReady,
}

/// One dependency.
#[derive(Debug, Object)]
struct CheckReport {
    /// Whether it can be used.
    status: CheckStatus,
    /// Why not; or, of what is up, what else there is to know.
    #[oai(skip_serializing_if_is_none)]
    detail: Option<String>,
    /// How long it took to find out.
    latency_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum CheckStatus {
    Up,
    Down,
}

#[derive(ApiResponse)]
enum Ready {
    /// Every dependency is up.
    #[oai(status = 200)]
    Yes(Json<Readiness>),
    /// At least one dependency is down.
    #[oai(status = 503)]
    No(Json<Readiness>),
}

/// The two calls.
pub(crate) struct HealthApi {
    pub(crate) checks: Vec<Arc<dyn Check>>,
}

#[OpenApi]
impl HealthApi {
    /// Whether the process is alive.
    #[oai(path = "/healthz", method = "get")]
    #[expect(
        clippy::unused_async,
        reason = "operations are async; this one has nothing to wait for"
    )]
    async fn healthz(&self) -> Json<Health> {
        Json(Health {
            status: "ok".to_owned(),
        })
    }

    /// Whether the service can do its work, and what it waits for.
    #[oai(path = "/readyz", method = "get")]
    async fn readyz(&self) -> Ready {
        let reports = join_all(self.checks.iter().map(|check| report(&**check))).await;
        let is_ready = reports.iter().all(|(_, report)| report.status == CheckStatus::Up);
        let checks = reports.into_iter().collect();
        if is_ready {
            Ready::Yes(Json(Readiness {
                status: ReadyStatus::Ready,
                checks,
            }))
        } else {
            Ready::No(Json(Readiness {
                status: ReadyStatus::NotReady,
                checks,
            }))
        }
    }
}

/// Tries a check, for a bounded time.
///
/// # Errors
/// [`Down`]: what is checked is not there, or does not say so in time.
pub async fn attempt(check: &dyn Check) -> Result<Option<String>, Down> {
    let tried = AssertUnwindSafe(try_and_note(check)).catch_unwind();
    match tokio::time::timeout(CHECK_DEADLINE, tried).await {
        Ok(Ok(found)) => found,
        Ok(Err(_)) => Err(Down("the check itself failed".to_owned())),
        Err(_) => Err(Down(format!("no answer within {} s", CHECK_DEADLINE.as_secs()))),
    }
}

async fn report(check: &dyn Check) -> (String, CheckReport) {
    let started = Instant::now();
    let (status, detail) = match attempt(check).await {
        Ok(note) => (CheckStatus::Up, note),
        Err(Down(reason)) => (CheckStatus::Down, Some(reason)),
    };
    let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    (
        check.name().to_owned(),
        CheckReport {
            status,
            detail,
            latency_ms,
        },
    )
}

async fn try_and_note(check: &dyn Check) -> Result<Option<String>, Down> {
    check.check().await?;
    Ok(check.note().await)
}
