//! Choices for a generator, drawn from numbers that proptest makes and shrinks.

use proptest::prelude::*;

/// So many genes. Four at a time, since proptest takes its time over each value.
pub(crate) fn genes(count: usize) -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u64>(), count.div_ceil(4)).prop_map(|fours| {
        let split = |four: u64| [0, 16, 32, 48].map(|shift| u16::try_from(four >> shift & 0xFFFF).unwrap());
        fours.into_iter().flat_map(split).collect()
    })
}

/// A run of numbers that decide; once they are used up, every choice is the first.
pub(crate) struct Genes<'g> {
    left: std::slice::Iter<'g, u16>,
}

impl<'g> Genes<'g> {
    pub(crate) fn new(genes: &'g [u16]) -> Self {
        Self { left: genes.iter() }
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let gene = self.left.next().copied().unwrap_or_default();
        usize::from(gene) % bound.max(1)
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    /// One element.
    pub(crate) fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }

    /// Puts a list into another order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let chosen = last - self.below(last + 1);
            list.swap(chosen, last);
        }
    }
}
