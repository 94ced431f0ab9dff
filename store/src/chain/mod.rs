//! The chain over the ledger's transactions: each link hashes its transaction and the link before it, so that whoever
//! noted down one link's hash can tell later whether anything behind it was changed, removed or slipped in.
//!
//! Links are made after the fact, a second or so after their transactions were committed, and by nobody who posts: the
//! chain costs the hot path nothing. They stand in the order of the transactions' row numbers, which is the order of
//! posting, nearly. [`verify_chain`](crate::verify_chain) computes all of it again.

mod digest;

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{StoreError, StoredTransaction, Visit};

/// A SHA-256 of the chain. It is written in hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash(pub [u8; 32]);

impl fmt::Display for ChainHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// A place in the chain, and the hash that stands there: written `position:hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainPoint {
    /// How many links the chain has up to there.
    pub position: u64,
    /// The hash of the last of them.
    pub hash: ChainHash,
}

impl ChainPoint {
    /// Where the chain begins, before its first link.
    pub const BEGINNING: Self = Self {
        position: 0,
        hash: ChainHash([0; 32]),
    };

    /// The point behind a transaction of this digest, if that comes next.
    #[must_use]
    pub fn after(self, digest: ChainHash) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.hash.0);
        hash.update(digest.0);
        Self {
            position: self.position.saturating_add(1),
            hash: ChainHash(hash.finalize().into()),
        }
    }
}

impl fmt::Display for ChainPoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.position, self.hash)
    }
}

impl serde::Serialize for ChainPoint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What is no place in a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected POSITION:HASH, a number and 64 hexadecimal digits, as `ledger verify` prints them")]
pub struct InvalidChainPoint;

impl FromStr for ChainPoint {
    type Err = InvalidChainPoint;

    fn from_str(text: &str) -> Result<Self, InvalidChainPoint> {
        let (position, hash) = text.split_once(':').ok_or(InvalidChainPoint)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(hash, &mut bytes).map_err(|_| InvalidChainPoint)?;
        if !position.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidChainPoint);
        }
        Ok(Self {
            position: position.parse().map_err(|_| InvalidChainPoint)?,
            hash: ChainHash(bytes),
        })
    }
}

/// A link, as stored. It never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainLink {
    /// The transaction's row number.
    pub number: u64,
    /// The transaction.
    pub transaction_id: Uuid,
    /// The digest of the transaction.
    pub digest: ChainHash,
    /// Where it stands, and its hash.
    pub point: ChainPoint,
}

/// A transaction with its row number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedTransaction {
    /// Its row's number.
    pub number: u64,
    /// The transaction, with its entries.
    pub transaction: StoredTransaction,
}

impl NumberedTransaction {
    /// The digest of everything of it that never changes.
    pub fn digest(&self) -> ChainHash {
        ChainHash(digest::digest(&self.transaction))
    }
}

/// The links of transactions that come behind a point, in their order.
pub fn link_transactions(behind: ChainPoint, transactions: &[NumberedTransaction]) -> Vec<ChainLink> {
    let mut point = behind;
    let links = transactions.iter().map(|numbered| {
        let digest = numbered.digest();
        point = point.after(digest);
        ChainLink {
            number: numbered.number,
            transaction_id: numbered.transaction.id,
            digest,
            point,
        }
    });
    links.collect()
}

/// Up to where the chain goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The last link.
    pub point: ChainPoint,
    /// The row number up to which every transaction is chained.
    pub up_to: u64,
}

/// A stretch of row numbers, with all that has them: what was chained, and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainStretch {
    /// The links of the stretch, by their transactions' row numbers.
    pub links: Vec<ChainLink>,
    /// The transactions of the stretch, by their row numbers.
    pub transactions: Vec<NumberedTransaction>,
}

impl ChainStretch {
    /// Cuts what was read down to a stretch that is whole, and says up to which number that goes; none if there is no
    /// more. Both were read in the order of their numbers, at most so many of each: where there are as many, more may
    /// follow.
    pub fn cut(
        mut links: Vec<ChainLink>,
        mut transactions: Vec<NumberedTransaction>,
        limit: u32,
    ) -> Option<(Self, u64)> {
        let is_full = |read: usize| u32::try_from(read).is_ok_and(|read| read >= limit);
        let full = |read: usize, last: Option<u64>| last.filter(|_| is_full(read));
        let last_link = links.last().map(|link| link.number);
        let last_transaction = transactions.last().map(|numbered| numbered.number);
        let ends = [
            full(links.len(), last_link),
            full(transactions.len(), last_transaction),
        ];
        let end = ends.into_iter().flatten().min();
        let end = end.or_else(|| last_link.max(last_transaction))?;
        links.retain(|link| link.number <= end);
        transactions.retain(|numbered| numbered.number <= end);
        let stretch = Self { links, transactions };
        Some((stretch, end))
    }
}

/// Somebody who looks at the whole chain and at all transactions, at one moment: first where the chain ends, then
/// stretch by stretch, in the order of row numbers.
pub trait ChainVisitor: Send {
    /// Up to where it goes, by its own account.
    fn head(&mut self, head: ChainHead);
    /// The next stretch.
    fn stretch(&mut self, stretch: &ChainStretch) -> Visit;
}

/// What a round of building the chain came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainRound {
    /// As many were chained as were allowed: there may be more.
    Full,
    /// All that can be chained by now is.
    Done,
}

/// The chain over the ledger's transactions.
#[async_trait]
pub trait LedgerChain: Send + Sync {
    /// Chains transactions that were committed, in the order of their row numbers, at most so many. Several may do so at
    /// once: one of them makes the links. What was just posted is left to a later round, if somebody may still commit a
    /// lower number. It may be cancelled: a round is stored whole or not at all.
    async fn extend_chain(&self, limit: u32) -> Result<ChainRound, StoreError>;

    /// Shows the whole chain to a visitor, as it is at one moment, in bounded memory, and gives the visitor back.
    async fn visit_chain(&self, visitor: Box<dyn ChainVisitor>) -> Result<Box<dyn ChainVisitor>, StoreError>;
}

#[cfg(test)]
mod tests;
