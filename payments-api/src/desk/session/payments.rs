//! Payments on the books of a group: as they were found, and as orders leave them.

use std::collections::{BTreeSet, HashMap};

use store::{KeptRequest, KnownRequest, MovementWrite, PaymentRecord, StoredPaymentEvent};
use uuid::Uuid;

use super::{PaymentNews, Session};
use crate::desk::{Declined, group::reused};

/// The payments of a group.
#[derive(Default)]
pub(super) struct Payments {
    known: HashMap<Uuid, PaymentRecord>,
    requests: Vec<KnownRequest>,
    made: BTreeSet<Uuid>,
    changed: BTreeSet<Uuid>,
    events: Vec<StoredPaymentEvent>,
}

impl Payments {
    pub(super) fn loaded(payments: Vec<PaymentRecord>, requests: Vec<KnownRequest>) -> Self {
        Self {
            known: payments
                .into_iter()
                .map(|payment| (payment.id, payment))
                .collect(),
            requests,
            ..Self::default()
        }
    }

    /// What is to be written of them.
    pub(super) fn close(mut self, write: &mut MovementWrite) {
        write.made_payments = take(&mut self.known, &self.made);
        write.changed_payments = take(&mut self.known, &self.changed);
        write.payment_events = self.events;
    }
}

fn take(known: &mut HashMap<Uuid, PaymentRecord>, ids: &BTreeSet<Uuid>) -> Vec<PaymentRecord> {
    ids.iter().filter_map(|id| known.remove(id)).collect()
}

impl Session<'_> {
    /// Refuses to carry out what was carried out before, in however distant a past.
    ///
    /// # Errors
    /// [`Declined::Posted`] if it was; 422 if something else was asked for under its key.
    pub(crate) fn first_time(&self, request: &KeptRequest) -> Result<(), Declined> {
        let mut known = self.payments.requests.iter();
        match known.find(|known| known.request.key == request.key) {
            None => Ok(()),
            Some(known) if known.request == *request => Err(Declined::Posted(known.payment_id)),
            Some(_) => Err(reused().into()),
        }
    }

    /// A payment, as it is now.
    pub(crate) fn payment(&self, payment_id: Uuid) -> Option<&PaymentRecord> {
        self.payments.known.get(&payment_id)
    }

    /// Keeps a payment, with what happened to it, and tells of that. It is the last that an order does, since it is not taken back.
    pub(crate) fn keep_payment(
        &mut self,
        payment: PaymentRecord,
        happened: Vec<(StoredPaymentEvent, PaymentNews)>,
    ) {
        let id = payment.id;
        if self.payments.known.insert(id, payment).is_none() {
            self.payments.made.insert(id);
        } else if !self.payments.made.contains(&id) {
            self.payments.changed.insert(id);
        }
        for (event, news) in happened {
            self.payments.events.push(event);
            self.outbox.say(news);
        }
    }
}
