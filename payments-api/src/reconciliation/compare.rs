//! Settlements against payments: every line against the payment that it names, and then every payment against all lines.
//!
//! Payments are looked for some hundred at a time, each as it is when it is read. What is remembered of a line is which
//! payment it named, so the memory that it takes is bound by how large a file may be.

use std::collections::{BTreeSet, HashMap, hash_map::Entry};

use store::{MoneyStore, PageRequest, PaymentFilter, PaymentRecord, Span, StoreError};
use uuid::Uuid;

use super::report::{Report, SettlementStatus, Writing};
use super::settlement::{Line, Settlement};

/// How many payments are read at once.
const PAGE: u32 = 500;

/// Which payments are compared.
pub(super) struct Scope {
    pub(super) company_id: Uuid,
    pub(super) provider: Option<String>,
    pub(super) span: Span,
}

impl Scope {
    fn has(&self, payment: &PaymentRecord) -> bool {
        payment.company_id == self.company_id
            && (self.provider.is_none() || self.provider == payment.provider)
    }
}

/// Compares all lines of a file with the payments of a scope. A line's payment may have been taken at any time.
pub(super) async fn compare(
    store: &dyn MoneyStore,
    scope: Scope,
    mut lines: Box<dyn Iterator<Item = Line> + Send + '_>,
) -> Result<Report, StoreError> {
    let mut comparison = Comparison {
        store,
        scope,
        named: HashMap::new(),
        report: Writing::new(),
    };
    loop {
        let some: Vec<Line> = lines.by_ref().take(usize::try_from(PAGE).unwrap_or(1)).collect();
        if some.is_empty() {
            break;
        }
        comparison.lines(some).await?;
    }
    comparison.payments().await?;
    Ok(comparison.report.report())
}

struct Comparison<'s> {
    store: &'s dyn MoneyStore,
    scope: Scope,
    /// The lines that named a payment first.
    named: HashMap<Uuid, u64>,
    report: Writing,
}

impl Comparison<'_> {
    /// Compares some lines with the payments that they name.
    async fn lines(&mut self, lines: Vec<Line>) -> Result<(), StoreError> {
        let mut firsts: Vec<(u64, Settlement)> = Vec::with_capacity(lines.len());
        for Line { number, settlement } in lines {
            match settlement {
                Err(detail) => self.report.invalid(number, detail),
                Ok(settlement) => match self.named.entry(settlement.payment_id) {
                    Entry::Occupied(first) => {
                        self.report.duplicate(number, *first.get(), settlement.payment_id);
                    }
                    Entry::Vacant(vacant) => {
                        vacant.insert(number);
                        firsts.push((number, settlement));
                    }
                },
            }
        }
        let ids: BTreeSet<Uuid> = firsts
            .iter()
            .map(|(_, settlement)| settlement.payment_id)
            .collect();
        let found = if ids.is_empty() {
            Vec::new()
        } else {
            self.store.find_payments(ids).await?
        };
        let found = found.into_iter().filter(|payment| self.scope.has(payment));
        let found: HashMap<Uuid, PaymentRecord> = found.map(|payment| (payment.id, payment)).collect();
        for (number, settlement) in firsts {
            match found.get(&settlement.payment_id) {
                Some(payment) => self.report.found(number, &settlement, payment),
                None => self.report.missing_here(number, &settlement),
            }
        }
        Ok(())
    }

    /// Looks for payments that took money, and that no line named.
    async fn payments(&mut self) -> Result<(), StoreError> {
        let mut page = PageRequest {
            limit: PAGE,
            after: None,
        };
        loop {
            let filter = PaymentFilter {
                company_id: Some(self.scope.company_id),
                provider: self.scope.provider.clone(),
                created: self.scope.span,
                ..PaymentFilter::default()
            };
            let found = self.store.list_payments(filter, page).await?;
            for payment in &found.items {
                let status = SettlementStatus::of(payment.life.state());
                let took_money = status.is_some_and(SettlementStatus::took_money);
                if took_money && !self.named.contains_key(&payment.id) {
                    self.report.missing_there(payment);
                }
            }
            if found.next.is_none() {
                return Ok(());
            }
            page.after = found.next;
        }
    }
}
