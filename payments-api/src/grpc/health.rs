//! `grpc.health.v1.Health`: what `/readyz` says, for those who ask and for those who watch.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _, stream};
use service::Check;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// How often is looked while somebody watches.
const PACE: Duration = Duration::from_secs(1);

/// Whether the services can do their work. All of them depend on the same.
pub(super) struct Readiness {
    check: Arc<dyn Check>,
    found: watch::Sender<ServingStatus>,
    stop: CancellationToken,
}

impl Readiness {
    pub(super) fn new(check: Arc<dyn Check>, stop: CancellationToken) -> Self {
        let (found, _) = watch::channel(ServingStatus::NotServing);
        Self { check, found, stop }
    }

    /// Looks whether what the services depend on is there, and tells those who watch if that has changed.
    async fn look(&self) -> ServingStatus {
        let is_up = service::health::attempt(&*self.check).await.is_ok();
        self.found.send_if_modified(|found| {
            // Under the lock: once the end was told, nothing else is.
            let now = if is_up && !self.stop.is_cancelled() {
                ServingStatus::Serving
            } else {
                ServingStatus::NotServing
            };
            std::mem::replace(found, now) != now
        });
        *self.found.borrow()
    }

    /// Looks again and again while somebody watches, until the server stops.
    pub(super) async fn keep_looking(&self) {
        let looking = async {
            let mut pace = tokio::time::interval(PACE);
            loop {
                pace.tick().await;
                if self.found.receiver_count() > 0 {
                    self.look().await;
                }
            }
        };
        self.stop.run_until_cancelled(looking).await;
        self.found.send_replace(ServingStatus::NotServing);
    }

    /// What is found, first now and then whenever it changes, until the server stops.
    async fn watch(&self) -> impl Stream<Item = ServingStatus> + Send + use<> {
        let mut changes = self.found.subscribe();
        self.look().await;
        changes.mark_changed();
        let stop = self.stop.clone();
        stream::unfold(Some((changes, stop)), |watching| async {
            let (mut changes, stop) = watching?;
            changes.changed().await.ok()?;
            let found = *changes.borrow_and_update();
            let goes_on = !stop.is_cancelled();
            Some((found, goes_on.then_some((changes, stop))))
        })
    }
}

/// The service. It knows the services by name, and by the empty name all of them together.
pub(super) struct HealthService {
    pub(super) readiness: Arc<Readiness>,
    pub(super) names: HashSet<&'static str>,
}

impl HealthService {
    fn knows(&self, name: &str) -> bool {
        name.is_empty() || self.names.contains(name)
    }
}

#[tonic::async_trait]
impl Health for HealthService {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if !self.knows(&request.get_ref().service) {
            return Err(Status::not_found("There is no such service here."));
        }
        Ok(Response::new(response(self.readiness.look().await)))
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let found = if self.knows(&request.get_ref().service) {
            self.readiness.watch().await.left_stream()
        } else {
            // No service comes to be later; the caller waits for that until the server stops.
            let stop = self.readiness.stop.clone().cancelled_owned();
            stream::iter([ServingStatus::ServiceUnknown])
                .chain(stream::once(stop).filter_map(|()| std::future::ready(None)))
                .right_stream()
        };
        Ok(Response::new(found.map(|status| Ok(response(status))).boxed()))
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}
