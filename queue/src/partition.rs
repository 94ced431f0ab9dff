//! Partitions, and which one a key belongs to.

use std::fmt;

use sha2::{Digest, Sha256};

/// How many partitions every queue has. Changing it would move keys between partitions, and with that lose the order
/// of what is under way.
pub const PARTITIONS: u16 = 16;

/// One of the queue's partitions, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(u16);

impl Partition {
    /// The partition of this number, or `None` if there is no such partition.
    pub const fn new(number: u16) -> Option<Self> {
        if number < PARTITIONS {
            Some(Self(number))
        } else {
            None
        }
    }

    /// All of them, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..PARTITIONS).map(Self)
    }

    /// Its number, from 0.
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The partition of a key: the upper four bits of the first byte of its SHA-256.
///
/// This is pinned for ever. Messages of one key must meet in one partition, whichever version of the program, on
/// whichever machine, has published them.
pub fn partition_of(key: &[u8]) -> Partition {
    let digest = Sha256::digest(key);
    let first = digest.first().copied().unwrap_or_default();
    Partition(u16::from(first >> 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digests of the first three are published: <https://www.di-mgt.com.au/sha_testvectors.html>.
    #[test]
    fn the_hash_is_pinned() {
        let vectors: [(&[u8], u16); 6] = [
            (b"", 0xe),
            (b"abc", 0xb),
            (b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 0x2),
            (b"b5aa9687-d61f-467c-973e-f55d446981dc", 0x9),
            (b"00000000-0000-0000-0000-000000000000", 0x1),
            (
                &[
                    0xb5, 0xaa, 0x96, 0x87, 0xd6, 0x1f, 0x46, 0x7c, 0x97, 0x3e, 0xf5, 0x5d, 0x44, 0x69, 0x81,
                    0xdc,
                ],
                0x5,
            ),
        ];
        for (key, partition) in vectors {
            assert_eq!(partition_of(key).number(), partition, "{key:?}");
        }
    }

    #[test]
    fn keys_spread_evenly() {
        let mut counts = [0_u32; PARTITIONS as usize];
        for key in 0..16_000_u32 {
            counts[usize::from(partition_of(&key.to_be_bytes()).number())] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn there_are_sixteen() {
        assert_eq!(Partition::all().count(), 16);
        assert_eq!(Partition::new(15).map(Partition::number), Some(15));
        assert_eq!(Partition::new(16), None);
    }
}
