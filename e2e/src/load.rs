//! Payments under load, as real clients send them: many at once, some twice, and again until they are accepted.
//!
//! A client that gets no answer, or a 503, sends the same event again, with the same id. So at the end of a load every
//! event was answered 200, whatever happened meanwhile, and every one of them must have run exactly once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::task::JoinSet;

use crate::rules_under_test::Event;
use crate::{Patience, until};

const SENDERS: usize = 32;
/// One event in so many is sent a second time, somewhat later, by whichever sender is free then.
const COPY_EVERY: u64 = 10;
/// How many events later the copy comes: soon enough to meet the first one in flight.
const COPY_BEHIND: u64 = 7;
/// An event must be accepted within this time, whatever is down meanwhile.
const ACCEPTED_WITHIN: Duration = Duration::from_mins(2);
/// Clients wait as long as they are told, but no longer than this: tests are in a hurry.
const LONGEST_PAUSE: Duration = Duration::from_millis(300);
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// How many events a test sends for each fault: `MONEYFLOW_E2E_EVENTS`, else 2,000.
pub fn events_per_fault() -> u64 {
    let wanted = std::env::var("MONEYFLOW_E2E_EVENTS").ok();
    wanted.and_then(|number| number.parse().ok()).unwrap_or(2_000)
}

/// What a client was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 200.
    Accepted,
    /// 503, and when to come again.
    Later(Duration),
    /// Nothing, or half an answer.
    Nothing,
}

/// Sends one event once.
///
/// # Errors
///
/// If the router answers what no good event deserves.
pub async fn pay(client: &reqwest::Client, router: &str, event: Event) -> anyhow::Result<Answer> {
    let request = client.post(format!("{router}/payment"));
    let request = request
        .header("content-type", "application/json")
        .body(event.body());
    let Ok(response) = request.send().await else {
        return Ok(Answer::Nothing);
    };
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok());
    let retry_after = retry_after
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::from_secs);
    let Ok(body) = response.text().await else {
        return Ok(Answer::Nothing);
    };
    match status {
        200 => Ok(Answer::Accepted),
        503 => {
            let retry_after =
                retry_after.with_context(|| format!("a 503 says not when to come again: {body}"))?;
            Ok(Answer::Later(retry_after))
        }
        _ => bail!("event {} was answered {status}: {body}", event.id()),
    }
}

/// All that was sent in a test, load after load, and what became of it.
#[derive(Debug, Default)]
pub struct Load {
    next: AtomicU64,
    accepted: Mutex<BTreeMap<u64, Event>>,
    answers: AtomicU64,
    told_later: AtomicU64,
    unanswered: AtomicU64,
}

impl Load {
    /// Begins to send so many more events to a router.
    ///
    /// # Errors
    ///
    /// If no client can be made.
    pub fn begin(self: &Arc<Self>, router: &str, events: u64) -> anyhow::Result<UnderWay> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(ANSWER_WITHIN)
            .pool_max_idle_per_host(SENDERS)
            .build()?;
        let first = self.next.fetch_add(events, Ordering::Relaxed);
        let plan: Arc<[u64]> = plan(first, events).into();
        let place = Arc::new(AtomicU64::new(0));
        let mut senders = JoinSet::new();
        for _ in 0..SENDERS {
            let (load, plan, place) = (self.clone(), plan.clone(), place.clone());
            let (client, router) = (client.clone(), router.to_owned());
            senders.spawn(async move { load.send(&client, &router, &plan, &place).await });
        }
        Ok(UnderWay {
            load: self.clone(),
            senders,
            answered_before: self.answers.load(Ordering::Relaxed),
        })
    }

    /// The events that were answered 200.
    pub fn accepted(&self) -> Vec<Event> {
        let accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.values().copied().collect()
    }

    /// How many answers were a 503 that said when to come again.
    pub fn told_later(&self) -> u64 {
        self.told_later.load(Ordering::Relaxed)
    }

    /// How many times there was no answer.
    pub fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        router: &str,
        plan: &[u64],
        place: &AtomicU64,
    ) -> anyhow::Result<()> {
        loop {
            let place = usize::try_from(place.fetch_add(1, Ordering::Relaxed))?;
            let Some(number) = plan.get(place) else {
                return Ok(());
            };
            self.send_until_accepted(client, router, Event::new(*number))
                .await?;
        }
    }

    async fn send_until_accepted(
        &self,
        client: &reqwest::Client,
        router: &str,
        event: Event,
    ) -> anyhow::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < ACCEPTED_WITHIN {
            let pause = match pay(client, router, event).await? {
                Answer::Accepted => {
                    self.note(event);
                    return Ok(());
                }
                Answer::Later(pause) => {
                    self.told_later.fetch_add(1, Ordering::Relaxed);
                    pause.min(LONGEST_PAUSE)
                }
                Answer::Nothing => {
                    self.unanswered.fetch_add(1, Ordering::Relaxed);
                    LONGEST_PAUSE / 3
                }
            };
            tokio::time::sleep(pause).await;
        }
        bail!("event {} was not accepted within {ACCEPTED_WITHIN:?}", event.id())
    }

    fn note(&self, event: Event) {
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.insert(event.number, event);
        drop(accepted);
        self.answers.fetch_add(1, Ordering::Relaxed);
    }
}

/// The numbers in the order in which they are sent, copies among them.
fn plan(first: u64, events: u64) -> Vec<u64> {
    let mut plan = Vec::new();
    for nth in 0..events {
        plan.push(first + nth);
        if nth % COPY_EVERY == COPY_BEHIND {
            plan.push(first + nth - COPY_BEHIND);
        }
    }
    plan
}

/// A load that is being sent.
#[derive(Debug)]
pub struct UnderWay {
    load: Arc<Load>,
    senders: JoinSet<anyhow::Result<()>>,
    answered_before: u64,
}

impl UnderWay {
    /// Waits until so many answers 200 were given to this load.
    ///
    /// # Errors
    ///
    /// If they are not given in time.
    pub async fn reached(&self, answers: u64) -> anyhow::Result<()> {
        let wanted = self.answered_before + answers;
        let patience = Patience {
            deadline: ACCEPTED_WITHIN,
            pause: Duration::from_millis(2),
        };
        until(&format!("{answers} answers 200"), patience, async || {
            let given = self.load.answers.load(Ordering::Relaxed);
            Ok((given >= wanted).then_some(()))
        })
        .await
    }

    /// Waits until every event was answered 200.
    ///
    /// # Errors
    ///
    /// If one was not, or was refused.
    pub async fn finished(mut self) -> anyhow::Result<()> {
        while let Some(sender) = self.senders.join_next().await {
            sender.context("a sender panicked")??;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_event_is_sent_and_a_tenth_of_them_twice() {
        let plan = plan(100, 50);
        let numbers: BTreeSet<u64> = plan.iter().copied().collect();
        assert_eq!(numbers, (100..150).collect());
        assert_eq!(plan.len(), 55);
    }
}
