//! A bus that remembers what was sent over it, can fail, and can take its time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use queue::{EventBus, OutgoingEvent, PublishError};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use super::News;

pub(crate) struct Bus {
    news: News,
    sent: Mutex<Vec<Vec<OutgoingEvent>>>,
    is_down: AtomicBool,
    turned_away: AtomicU32,
    is_open: watch::Sender<bool>,
    at_the_gate: AtomicU32,
}

impl Bus {
    pub(crate) fn new(news: News) -> Self {
        Self {
            news,
            sent: Mutex::default(),
            is_down: AtomicBool::new(false),
            turned_away: AtomicU32::new(0),
            is_open: watch::Sender::new(true),
            at_the_gate: AtomicU32::new(0),
        }
    }

    /// All that was sent, in order, a second time too.
    pub(crate) fn sent(&self) -> Vec<OutgoingEvent> {
        self.sent.lock().unwrap().concat()
    }

    /// How many events were sent at once, in order.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.sent.lock().unwrap().iter().map(Vec::len).collect()
    }

    /// The numbers of a company's events, in the order in which they were sent, a second time too.
    pub(crate) fn numbers(&self, company_id: Uuid) -> Vec<u64> {
        let sent = self.sent();
        let of_company = sent.iter().filter(|event| event.company_id == company_id);
        of_company.map(number).collect()
    }

    /// From here on nothing can be sent, or everything again.
    pub(crate) fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    /// How often something could not be sent.
    pub(crate) fn turned_away(&self) -> u32 {
        self.turned_away.load(Ordering::SeqCst)
    }

    /// From here on what was sent waits for its confirmation.
    pub(crate) fn close_the_gate(&self) {
        self.is_open.send_replace(false);
    }

    /// What was sent is confirmed, now and from here on.
    pub(crate) fn open_the_gate(&self) {
        self.is_open.send_replace(true);
    }

    /// How many callers wait for a confirmation.
    pub(crate) fn at_the_gate(&self) -> u32 {
        self.at_the_gate.load(Ordering::SeqCst)
    }
}

/// The number of an event within its company.
pub(crate) fn number(event: &OutgoingEvent) -> u64 {
    let body: Value = serde_json::from_slice(&event.body).unwrap();
    body["sequence"].as_str().unwrap().parse().unwrap()
}

#[async_trait]
impl EventBus for Bus {
    async fn send(&self, events: Vec<OutgoingEvent>) -> Result<(), PublishError> {
        if self.is_down.load(Ordering::SeqCst) {
            self.turned_away.fetch_add(1, Ordering::SeqCst);
            self.news.tell();
            let reason = "no broker".to_owned();
            return Err(PublishError::Unavailable { reason });
        }
        self.sent.lock().unwrap().push(events);
        self.at_the_gate.fetch_add(1, Ordering::SeqCst);
        self.news.tell();
        let mut gate = self.is_open.subscribe();
        gate.wait_for(|is_open| *is_open).await.unwrap();
        self.at_the_gate.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}
