//! Chance, from the seed alone.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;

/// All randomness of one simulation. Draws are made in the order in which things happen, which the seed decides too.
#[derive(Debug)]
pub(crate) struct Dice(Mutex<Rng>);

impl Dice {
    /// The dice of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Rng::with_seed(seed)))
    }

    /// Whether something happens that does so `per_mille` times in a thousand.
    pub(crate) fn happens(&self, per_mille: u32) -> bool {
        // Nothing is drawn for what cannot happen: then calm weather is the same, whatever could have been.
        per_mille > 0 && self.below(1_000) < per_mille
    }

    /// A number below a bound; 0 where the bound is.
    pub(crate) fn below(&self, bound: u32) -> u32 {
        self.roll(|rng| if bound == 0 { 0 } else { rng.u32(..bound) })
    }

    /// A number from one up to another.
    pub(crate) fn between(&self, from: u32, to: u32) -> u32 {
        self.roll(|rng| rng.u32(from..=to.max(from)))
    }

    /// One of these.
    pub(crate) fn pick<T: Copy, const N: usize>(&self, from: [T; N]) -> T {
        const { assert!(N > 0, "there must be something to pick") };
        let place = self.roll(|rng| rng.usize(..N));
        let [first, ..] = from.as_slice() else {
            unreachable!("checked when compiled")
        };
        *from.get(place).unwrap_or(first)
    }

    /// So many milliseconds, up to a bound.
    pub(crate) fn up_to_ms(&self, bound_ms: u32) -> Duration {
        Duration::from_millis(u64::from(self.below(bound_ms.saturating_add(1))))
    }

    fn roll<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        // A generator cannot be left half drawn from, so a poisoned lock is as good as any.
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_its_draws() {
        let draws = |seed| {
            let dice = Dice::new(seed);
            (0..64).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn bounds_hold() {
        let dice = Dice::new(1);
        for _ in 0..1_000 {
            assert!(dice.below(3) < 3);
            assert!((5..=9).contains(&dice.between(5, 9)));
            assert!(["a", "b"].contains(&dice.pick(["a", "b"])));
            assert!(!dice.happens(0) && dice.happens(1_000));
        }
        assert_eq!(dice.below(0), 0);
    }
}
