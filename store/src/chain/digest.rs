//! What a ledger transaction's digest is made of: everything of it that never changes, written so that no two
//! transactions are written alike.
//!
//! Every value stands behind its length in bytes, eight bytes big endian, and a value that may be missing behind one more
//! value, which says whether it is there. Numbers are eight bytes big endian, ids sixteen, times microseconds since 1970.
//! The first value names this encoding: another one will have another name. Texts that may hold personal data stand in it
//! as their SHA-256, so that a digest can still be checked by whoever keeps only those.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{StoredEntry, StoredTransaction};

/// Which encoding this is.
const ENCODING: &str = "moneyflow ledger transaction 1";

/// The digest of a ledger transaction with its entries.
pub(super) fn digest(transaction: &StoredTransaction) -> [u8; 32] {
    let mut writer = Writer(Sha256::new());
    writer.bytes(ENCODING.as_bytes());
    writer.id(transaction.id);
    writer.id(transaction.company_id);
    writer.bytes(transaction.reference.as_bytes());
    writer.optional(transaction.run_id, Writer::id);
    writer.optional(transaction.node_id.as_deref(), |writer, node_id| {
        writer.bytes(node_id.as_bytes());
    });
    writer.optional(transaction.reverses, Writer::id);
    writer.time(transaction.created_at);
    writer.optional(transaction.description.as_deref(), Writer::hashed);
    writer.hashed(&transaction.metadata);
    writer.count(transaction.entries.len());
    for entry in &transaction.entries {
        writer.entry(entry);
    }
    writer.0.finalize().into()
}

struct Writer(Sha256);

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update(length.to_be_bytes());
        self.0.update(bytes);
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_be_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    fn signed(&mut self, number: i64) {
        self.bytes(&number.to_be_bytes());
    }

    fn id(&mut self, id: Uuid) {
        self.bytes(id.as_bytes());
    }

    fn time(&mut self, time: Timestamp) {
        self.signed(time.as_microsecond());
    }

    fn hashed(&mut self, text: &str) {
        self.bytes(&Sha256::digest(text));
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.bytes(&[u8::from(value.is_some())]);
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn entry(&mut self, entry: &StoredEntry) {
        self.id(entry.id);
        self.number(entry.position.into());
        self.id(entry.account_id);
        self.number(entry.number);
        self.bytes(entry.direction.name().as_bytes());
        self.signed(entry.amount.minor());
        self.bytes(entry.amount.currency().code().as_bytes());
        self.signed(entry.balance_after.minor());
    }
}

#[cfg(test)]
mod tests {
    use ledger::{Direction, Money};

    use super::*;

    fn entry(position: u32, direction: Direction) -> StoredEntry {
        let amount = Money::new(1_250, "BRL".parse().unwrap());
        StoredEntry {
            id: Uuid::from_u128(u128::from(position) + 10),
            transaction_id: Uuid::from_u128(1),
            position,
            company_id: Uuid::from_u128(2),
            run_id: Some(Uuid::from_u128(3)),
            account_id: Uuid::from_u128(u128::from(position) + 20),
            account: "revenue".parse().unwrap(),
            number: 7,
            direction,
            amount,
            balance_after: Money::new(-5, "BRL".parse().unwrap()),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn transaction() -> StoredTransaction {
        StoredTransaction {
            id: Uuid::from_u128(1),
            company_id: Uuid::from_u128(2),
            reference: "order-42".to_owned(),
            run_id: Some(Uuid::from_u128(3)),
            node_id: Some("invoice".to_owned()),
            description: Some("café".to_owned()),
            metadata: r#"{"order":1.50}"#.to_owned(),
            reverses: None,
            entries: vec![entry(0, Direction::Debit), entry(1, Direction::Credit)],
            created_at: "2026-01-31T09:30:00.5Z".parse().unwrap(),
        }
    }

    /// The encoding is pinned for ever: digests of it are in databases. This one was computed by another program.
    #[test]
    fn the_encoding_is_pinned() {
        assert_eq!(
            hex::encode(digest(&transaction())),
            "6d66c1ced7eb59b34e243cb1cfcca671964d94143bde0e8145258b9daf65461f"
        );
    }

    #[test]
    fn everything_that_never_changes_is_in_it() {
        let changes: [fn(&mut StoredTransaction); 19] = [
            |it| it.id = Uuid::from_u128(9),
            |it| it.company_id = Uuid::from_u128(9),
            |it| it.reference.push('3'),
            |it| it.run_id = None,
            |it| it.node_id = None,
            |it| it.node_id = Some(String::new()),
            |it| it.reverses = Some(Uuid::from_u128(9)),
            |it| it.created_at = Timestamp::UNIX_EPOCH,
            |it| it.description = None,
            |it| it.metadata = r#"{"order":1.5}"#.to_owned(),
            |it| it.entries.truncate(1),
            |it| it.entries.swap(0, 1),
            |it| it.entries[1].id = Uuid::from_u128(9),
            |it| it.entries[1].position = 2,
            |it| it.entries[1].account_id = Uuid::from_u128(9),
            |it| it.entries[1].number = 8,
            |it| it.entries[1].direction = Direction::Debit,
            |it| it.entries[1].amount = Money::new(1_251, "BRL".parse().unwrap()),
            |it| it.entries[1].balance_after = Money::new(-6, "BRL".parse().unwrap()),
        ];
        let mut seen = std::collections::BTreeSet::from([digest(&transaction())]);
        for (number, change) in changes.iter().enumerate() {
            let mut other = transaction();
            change(&mut other);
            assert!(seen.insert(digest(&other)), "change {number} is not seen");
        }
    }
}
