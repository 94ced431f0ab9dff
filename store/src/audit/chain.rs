//! Verifying the chain: every digest and every hash is computed again, from the transactions as they are.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::Difference;
use crate::{
    ChainHead, ChainLink, ChainPoint, ChainStretch, ChainVisitor, LedgerChain, NumberedTransaction,
    StoreError, Visit,
};

/// What a verification of the chain found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChainAudit {
    /// How many transactions are chained.
    pub chained: u64,
    /// How many wait for it.
    pub waiting: u64,
    /// The last link that was found to be good. An auditor notes it down: whoever knows it can tell if anything up to it
    /// was rewritten, also together with the whole chain.
    pub head: ChainPoint,
    /// The first difference, if there is one.
    pub difference: Option<Difference>,
}

/// Verifies the chain, as it is at one moment, and that it passes through an `anchor` that was noted down before.
///
/// # Errors
/// If the store could not be read to its end.
pub async fn verify_chain(
    chain: &dyn LedgerChain,
    anchor: Option<ChainPoint>,
) -> Result<ChainAudit, StoreError> {
    let walk = Arc::new(Mutex::new(Walk::new(anchor)));
    chain
        .visit_chain(Box::new(Auditor { walk: walk.clone() }))
        .await?;
    let mut walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(walk.finish())
}

struct Auditor {
    walk: Arc<Mutex<Walk>>,
}

impl ChainVisitor for Auditor {
    fn head(&mut self, head: ChainHead) {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        walk.head = head;
        let checked = walk.check_anchor();
        let _ = walk.note(checked);
    }

    fn stretch(&mut self, stretch: &ChainStretch) -> Visit {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        let checked = walk.stretch(stretch);
        walk.note(checked)
    }
}

/// How far the chain was followed.
struct Walk {
    anchor: Option<ChainPoint>,
    head: ChainHead,
    /// The last link that is good.
    at: ChainPoint,
    /// The first transaction without a link since then.
    unlinked: Option<Uuid>,
    waiting: u64,
    difference: Option<Difference>,
}

impl Walk {
    fn new(anchor: Option<ChainPoint>) -> Self {
        Self {
            anchor,
            head: ChainHead {
                point: ChainPoint::BEGINNING,
                up_to: 0,
            },
            at: ChainPoint::BEGINNING,
            unlinked: None,
            waiting: 0,
            difference: None,
        }
    }

    fn note(&mut self, checked: Result<(), Difference>) -> Visit {
        match checked {
            Ok(()) => Visit::Next,
            Err(difference) => {
                self.difference.get_or_insert(difference);
                Visit::Stop
            }
        }
    }

    /// Goes through links and transactions side by side, in the order of their row numbers.
    fn stretch(&mut self, stretch: &ChainStretch) -> Result<(), Difference> {
        let mut transactions = stretch.transactions.iter().peekable();
        for link in &stretch.links {
            while let Some(numbered) = transactions.next_if(|numbered| numbered.number < link.number) {
                self.without_link(numbered)?;
            }
            let own = transactions.next_if(|numbered| numbered.number == link.number);
            self.link(link, own)?;
        }
        transactions.try_for_each(|numbered| self.without_link(numbered))
    }

    /// A transaction that is not chained: it waits if it is behind the head. Else what comes next tells whether its link
    /// is missing or it was slipped in.
    fn without_link(&mut self, numbered: &NumberedTransaction) -> Result<(), Difference> {
        if numbered.number > self.head.up_to {
            self.check_end()?;
            self.waiting = self.waiting.saturating_add(1);
        } else if self.unlinked.is_none() {
            self.unlinked = Some(numbered.transaction.id);
        }
        Ok(())
    }

    fn link(&mut self, link: &ChainLink, own: Option<&NumberedTransaction>) -> Result<(), Difference> {
        let expected = self.at.position.saturating_add(1);
        let position = link.point.position;
        self.check_unlinked(position > expected)?;
        let wrong = |problem: &str| Err(at(link.transaction_id, position, problem));
        if position > expected {
            let problem = format!("link {expected} before it is missing, and so is its transaction");
            return wrong(&problem);
        }
        if position < expected {
            let problem = format!("its link stands where link {expected} should");
            return wrong(&problem);
        }
        let Some(own) = own else {
            return wrong("it is chained, but its row is missing");
        };
        let digest = own.digest();
        let point = self.at.after(digest);
        let is_followed = self.at.after(link.digest) == link.point;
        if own.transaction.id != link.transaction_id {
            let problem = format!("its place is taken by transaction {}", own.transaction.id);
            return wrong(&problem);
        }
        if digest != link.digest {
            return wrong(if point == link.point {
                "its link was changed"
            } else if is_followed {
                "it was changed after it was chained"
            } else {
                "it or its link was changed after it was chained"
            });
        }
        if !is_followed {
            return wrong("its link does not follow from the one before: one of the two was rewritten");
        }
        self.at = point;
        self.check_anchor()
    }

    /// Whatever was passed without a link must have none because there is a gap in the chain, or has no place in it.
    fn check_unlinked(&self, is_link_missing: bool) -> Result<(), Difference> {
        let Some(transaction_id) = self.unlinked else {
            return Ok(());
        };
        let position = self.at.position.saturating_add(1);
        Err(if is_link_missing {
            at(transaction_id, position, "its link is missing")
        } else {
            let problem = format!("it was slipped in before link {position}: the chain does not know it");
            Difference::of(format!("transaction {transaction_id}"), problem)
        })
    }

    /// The chain ends where it says that it does.
    fn check_end(&self) -> Result<(), Difference> {
        self.check_unlinked(self.head.point.position > self.at.position)?;
        let (said, found) = (self.head.point, self.at);
        if said == found {
            return Ok(());
        }
        let problem = format!("its head is said to be {said}, and it ends at {found}");
        Err(Difference::of("the chain", problem))
    }

    fn check_anchor(&self) -> Result<(), Difference> {
        match self.anchor {
            Some(anchor) if anchor.position == self.at.position && anchor != self.at => {
                let problem = format!(
                    "it was noted to pass through {anchor}, and passes through {}",
                    self.at
                );
                Err(Difference::of("the chain", problem))
            }
            _ => Ok(()),
        }
    }

    fn check_reach(&self) -> Result<(), Difference> {
        match self.anchor {
            Some(anchor) if anchor.position > self.at.position => {
                let problem = format!("it was noted to pass through {anchor}, and ends at {}", self.at);
                Err(Difference::of("the chain", problem))
            }
            _ => Ok(()),
        }
    }

    fn finish(&mut self) -> ChainAudit {
        if self.difference.is_none() {
            let checked = self.check_end().and_then(|()| self.check_reach());
            let _ = self.note(checked);
        }
        ChainAudit {
            chained: self.at.position,
            waiting: self.waiting,
            head: self.at,
            difference: self.difference.clone(),
        }
    }
}

fn at(transaction_id: Uuid, position: u64, problem: &str) -> Difference {
    Difference::of(
        format!("transaction {transaction_id} (link {position} of the chain)"),
        problem,
    )
}
