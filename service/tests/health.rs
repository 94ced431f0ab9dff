//! `/healthz` and `/readyz`.

#[cfg(test)]
mod support;

use async_trait::async_trait;
use service::{Check, Down};
use support::{Server, sample::Sample, setup};

enum Probe {
    Up,
    Down,
    Stuck,
    Panics,
}

#[async_trait]
impl Check for Probe {
    fn name(&self) -> &str {
        match self {
            Self::Up => "store",
            Self::Down => "queue",
            Self::Stuck => "rules",
            Self::Panics => "cache",
        }
    }

    #[expect(clippy::panic, reason = "one of the checks is broken on purpose")]
    async fn check(&self) -> Result<(), Down> {
        match self {
            Self::Up => Ok(()),
            Self::Down => Err(Down("no broker at 127.0.0.1:5672".to_owned())),
            Self::Stuck => std::future::pending().await,
            Self::Panics => panic!("a check that is broken"),
        }
    }

    async fn note(&self) -> Option<String> {
        Some("12 of 16".to_owned())
    }
}

#[tokio::test]
async fn a_service_that_depends_on_nothing_is_ready() {
    let server = Server::sample().await;
    assert_eq!(
        server.get("/healthz").await.json().to_string(),
        r#"{"status":"ok"}"#
    );
    let ready = server.get("/readyz").await;
    assert_eq!(
        (ready.status, &*ready.body),
        (200, &br#"{"status":"ready","checks":{}}"#[..])
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_is_ready_when_all_it_depends_on_is_up() {
    let up = Server::of(service::mount(Sample, setup().check(Probe::Up))).await;
    let ready = up.get("/readyz").await;
    assert_eq!(ready.status, 200);
    assert_eq!(ready.json()["checks"]["store"]["status"], "up");

    let checks = setup()
        .check(Probe::Up)
        .check(Probe::Down)
        .check(Probe::Stuck)
        .check(Probe::Panics);
    let down = Server::of(service::mount(Sample, checks)).await;
    let report = down.get("/readyz").await;
    assert_eq!(report.status, 503);
    let report = report.json();
    assert_eq!(report["status"], "not_ready");
    let status = |name: &str| {
        (
            report["checks"][name]["status"].clone(),
            report["checks"][name]["detail"].clone(),
        )
    };
    assert_eq!(status("store"), ("up".into(), "12 of 16".into()));
    assert_eq!(
        status("queue"),
        ("down".into(), "no broker at 127.0.0.1:5672".into())
    );
    assert_eq!(status("rules"), ("down".into(), "no answer within 2 s".into()));
    assert_eq!(status("cache"), ("down".into(), "the check itself failed".into()));
    assert!(report["checks"]["rules"]["latency_ms"].as_u64().unwrap() >= 2_000);
    assert_eq!(down.get("/healthz").await.status, 200);
}
