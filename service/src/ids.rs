//! Identifiers: new ones as a parameter, since nothing else in the system makes them up; and how they are written.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Where identifiers come from. Each is a `UUIDv7` (RFC 9562), greater than the one before it from
/// the same source, so that rows are inserted in the order of their keys.
pub trait Ids: Send + Sync {
    /// An identifier that was never given out before.
    fn next(&self) -> Uuid;
}

/// Reads an identifier as the OpenAPI documents have it (`format: uuid`): 32 hexadecimal digits, in five groups with hyphens
/// between them. `Uuid` itself takes other forms, too.
pub fn read_id(text: &str) -> Option<Uuid> {
    const CHARS: usize = 36;
    let id = Uuid::try_parse(text).ok()?;
    (text.len() == CHARS).then_some(id)
}

/// Identifiers from the machine's clock and randomness, in order within the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where identifiers are made up"
    )]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// The same identifiers on every run: for tests and simulations.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    given: AtomicU64,
}

impl SeededIds {
    /// 2026-01-01T00:00:00Z: an instant that is easy to recognise in a failing test.
    const FIRST_MS: u64 = 1_767_225_600_000;

    /// Sources with different seeds never give the same identifier.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            given: AtomicU64::new(0),
        }
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let count = self.given.fetch_add(1, Ordering::Relaxed);
        // The version and the variant overwrite the top bits of the first and the third byte.
        let [s0, s1, s2, s3, s4, s5, s6, s7] = self.seed.to_be_bytes();
        let random = [0, s0, 0, s1, s2, s3, s4, s5, s6, s7];
        uuid::Builder::from_unix_timestamp_millis(Self::FIRST_MS.saturating_add(count), &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn assert_in_order(ids: &dyn Ids) {
        let given: Vec<Uuid> = (0..1_000).map(|_| ids.next()).collect();
        assert!(given.is_sorted_by(|a, b| a < b));
        assert!(given.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn an_id_is_written_with_hyphens() {
        let id = SeededIds::new(7).next();
        assert_eq!(read_id(&id.to_string()), Some(id));
        assert_eq!(read_id(&id.to_string().to_uppercase()), Some(id));
        let (urn, simple, braced) = (id.urn().to_string(), id.simple(), id.braced());
        for text in [&urn, &simple.to_string(), &braced.to_string(), "", "alice"] {
            assert_eq!(read_id(text), None, "{text}");
        }
    }

    #[test]
    fn ids_are_in_order() {
        assert_in_order(&SystemIds);
        assert_in_order(&SeededIds::new(7));
    }

    #[test]
    fn a_seed_decides_its_ids_alone() {
        assert_eq!(SeededIds::new(1).next(), SeededIds::new(1).next());
        let seeds = (0..64).map(|bit| 1_u64 << bit).chain([0, u64::MAX, 3 << 62]);
        let firsts: Vec<Uuid> = seeds.map(|seed| SeededIds::new(seed).next()).collect();
        let distinct: HashSet<&Uuid> = firsts.iter().collect();
        assert_eq!(distinct.len(), firsts.len());
    }
}
