//! What `/readyz` looks at.

use std::sync::Arc;

use async_trait::async_trait;
use queue::Queue;
use service::{Check, Down};

use crate::rules_cache::{Reach, RuleCache};

/// Whether the queue could store an event now.
pub struct QueueHealth(Arc<dyn Queue>);

impl QueueHealth {
    /// Looks at this queue.
    pub fn new(queue: Arc<dyn Queue>) -> Self {
        Self(queue)
    }
}

#[async_trait]
impl Check for QueueHealth {
    fn name(&self) -> &'static str {
        "queue"
    }

    async fn check(&self) -> Result<(), Down> {
        self.0.health().await.map_err(|error| Down(error.to_string()))
    }
}

/// Whether a published rule would be seen.
pub(crate) struct RulesHealth(Arc<RuleCache>);

impl RulesHealth {
    pub(crate) fn new(cache: Arc<RuleCache>) -> Self {
        Self(cache)
    }
}

#[async_trait]
impl Check for RulesHealth {
    fn name(&self) -> &'static str {
        "rules"
    }

    async fn check(&self) -> Result<(), Down> {
        match self.0.reach() {
            Reach::Up => Ok(()),
            Reach::Stale => Err(Down("the composer is away: serving stale rules".to_owned())),
            Reach::Nothing => Err(Down(
                "the composer is away, and no rules are known yet".to_owned(),
            )),
        }
    }
}
