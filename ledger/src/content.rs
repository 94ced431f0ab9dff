//! The canonical form of what a transaction says, and its hash.
//!
//! The form is a sequence of tagged, length-prefixed fields, so that no two contents share one. It is stored
//! beside every transaction: it never changes, or replays would be taken for conflicts.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{EntryDraft, TransactionDraft};

const DOMAIN: &str = "moneyflow.ledger_transaction.v1";

pub(crate) fn hash(draft: &TransactionDraft) -> [u8; 32] {
    let mut form = Form(Sha256::new());
    form.text(DOMAIN);
    form.count(draft.entries().len());
    for entry in draft.entries() {
        form.entry(entry);
    }
    form.option(draft.description(), Form::text);
    form.object(draft.metadata());
    form.option(draft.reverses(), |form, id| form.bytes(id.as_bytes()));
    form.0.finalize().into()
}

struct Form(Sha256);

impl Form {
    fn tag(&mut self, tag: u8) {
        self.0.update([tag]);
    }

    fn count(&mut self, count: usize) {
        // A length fits 64 bits on every machine that there is.
        self.0
            .update(u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn option<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.tag(b'-'),
            Some(value) => {
                self.tag(b'+');
                put(self, value);
            }
        }
    }

    fn entry(&mut self, entry: &EntryDraft) {
        self.text(entry.account.as_str());
        self.text(entry.direction.name());
        self.text(entry.amount.currency().code());
        self.0.update(entry.amount.minor().to_be_bytes());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.tag(b'n'),
            Value::Bool(false) => self.tag(b'f'),
            Value::Bool(true) => self.tag(b't'),
            Value::Number(number) => {
                self.tag(b'#');
                self.text(number.as_str());
            }
            Value::String(text) => {
                self.tag(b's');
                self.text(text);
            }
            Value::Array(values) => {
                self.tag(b'[');
                self.count(values.len());
                for value in values {
                    self.value(value);
                }
            }
            Value::Object(members) => {
                self.tag(b'{');
                self.object(members);
            }
        }
    }

    fn object(&mut self, members: &Map<String, Value>) {
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        self.count(sorted.len());
        for (name, value) in sorted {
            self.text(name);
            self.value(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountKind, Direction, Money};
    use serde_json::json;
    use uuid::Uuid;

    fn entry(account: &str, direction: Direction, minor: i64) -> EntryDraft {
        EntryDraft::new(
            account.parse().unwrap(),
            direction,
            Money::new(minor, "BRL".parse().unwrap()),
        )
    }

    fn draft() -> TransactionDraft {
        let entries = vec![
            entry("a", Direction::Debit, 100),
            entry("b", Direction::Credit, 100),
        ];
        TransactionDraft::new(entries).unwrap()
    }

    fn with_metadata(value: Value) -> TransactionDraft {
        let Value::Object(metadata) = value else {
            panic!("expected an object")
        };
        draft().with_metadata(metadata)
    }

    /// Hashes are stored: the form may not drift.
    #[test]
    fn the_form_is_pinned() {
        let metadata = serde_json::from_str(r#"{"b": [1.50, null, true], "a": {"x": "y"}}"#).unwrap();
        let draft = with_metadata(metadata)
            .with_description("d")
            .reversing(Uuid::from_u128(7));
        let hash = draft.content_hash().map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(
            hash,
            "4c8553a544266a88a2ecb136b74cb851ff97f67bf1f0eff951940b8be8563745"
        );
    }

    #[test]
    fn the_order_of_keys_the_reference_and_opening_terms_do_not_count() {
        let one = with_metadata(json!({"a": 1, "b": {"c": 2, "d": 3}}));
        let other = with_metadata(json!({"b": {"d": 3, "c": 2}, "a": 1})).with_reference("r");
        assert_eq!(one.content_hash(), other.content_hash());
        let terms = vec![
            EntryDraft {
                overdraft: Some(false),
                ..entry("a", Direction::Debit, 100)
            },
            entry("b", Direction::Credit, 100).of_kind(AccountKind::Revenue),
        ];
        assert_eq!(
            TransactionDraft::new(terms).unwrap().content_hash(),
            draft().content_hash()
        );
    }

    #[test]
    fn everything_else_does() {
        let swapped = vec![
            entry("b", Direction::Credit, 100),
            entry("a", Direction::Debit, 100),
        ];
        let reversed = vec![
            entry("a", Direction::Credit, 100),
            entry("b", Direction::Debit, 100),
        ];
        let larger = vec![
            entry("a", Direction::Debit, 101),
            entry("b", Direction::Credit, 101),
        ];
        let renamed = vec![
            entry("a", Direction::Debit, 100),
            entry("c", Direction::Credit, 100),
        ];
        let entries =
            [swapped, reversed, larger, renamed].map(|entries| TransactionDraft::new(entries).unwrap());
        let mut hashes: Vec<_> = entries.iter().map(TransactionDraft::content_hash).collect();
        hashes.push(draft().content_hash());
        hashes.push(draft().with_description("").content_hash());
        hashes.push(draft().reversing(Uuid::nil()).content_hash());
        for metadata in [
            json!({"a": 1}),
            json!({"a": "1"}),
            json!({"a": [1]}),
            json!({"a": null}),
            json!({"b": 1}),
        ] {
            hashes.push(with_metadata(metadata).content_hash());
        }
        let distinct: std::collections::HashSet<_> = hashes.iter().collect();
        assert_eq!(distinct.len(), hashes.len());
    }
}
