//! Where the pages of a statement begin. A cursor is good for the statement that gave it alone: it holds where that one ends,
//! which would be a false closing of any other.

use jiff::Timestamp;
use service::{Cursor, Problem};
use sha2::{Digest, Sha256};
use store::Span;
use uuid::Uuid;

const DOMAIN: &str = "moneyflow.statement.v1";
/// How much of the hash a cursor holds, in bytes.
const SEAL: usize = 16;

/// Where a page begins, and where the statement ends: there it stays, whatever is posted meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) behind: u64,
    pub(super) last: u64,
}

/// Which statement it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) account_id: Uuid,
    pub(super) span: Span,
}

impl Asked {
    /// The cursor of a place in this statement.
    pub(super) fn cursor(self, place: Place) -> Cursor {
        let numbers = place.behind.to_be_bytes().into_iter();
        let numbers = numbers.chain(place.last.to_be_bytes());
        let position: Vec<u8> = numbers.chain(self.seal(place)).collect();
        Cursor::new(position)
    }

    /// The place that a cursor of this statement holds.
    ///
    /// # Errors
    /// 400 `invalid_cursor`: it is another statement's, or nobody's.
    pub(super) fn place(self, cursor: &Cursor) -> Result<Place, Problem> {
        let place = place_in(cursor.position()).ok_or_else(Cursor::invalid)?;
        if self.cursor(place) == *cursor {
            Ok(place)
        } else {
            Err(Cursor::invalid())
        }
    }

    fn seal(self, place: Place) -> impl Iterator<Item = u8> {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(self.account_id);
        for moment in [self.span.from, self.span.to] {
            hash.update([u8::from(moment.is_some())]);
            hash.update(moment.map_or(0, Timestamp::as_nanosecond).to_be_bytes());
        }
        hash.update(place.behind.to_be_bytes());
        hash.update(place.last.to_be_bytes());
        hash.finalize().into_iter().take(SEAL)
    }
}

fn place_in(position: &[u8]) -> Option<Place> {
    let (behind, rest) = position.split_first_chunk()?;
    let (last, _) = rest.split_first_chunk()?;
    Some(Place {
        behind: u64::from_be_bytes(*behind),
        last: u64::from_be_bytes(*last),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn a_cursor_is_good_for_its_statement_alone() {
        let asked = Asked {
            account_id: Uuid::from_u128(1),
            span: Span {
                from: None,
                to: moment(7),
            },
        };
        let place = Place { behind: 3, last: 9 };
        let cursor = asked.cursor(place);
        assert_eq!(asked.place(&cursor).unwrap(), place);
        let spans = [
            (None, None),
            (moment(7), None),
            (moment(7), moment(7)),
            (None, moment(8)),
        ];
        let spans = spans.map(|(from, to)| Asked {
            span: Span { from, to },
            ..asked
        });
        let account_id = Uuid::from_u128(2);
        for other in spans.into_iter().chain([Asked { account_id, ..asked }]) {
            assert_eq!(other.place(&cursor).unwrap_err().code(), "invalid_cursor");
        }
    }

    #[test]
    fn what_no_statement_gave_is_no_cursor() {
        let asked = Asked {
            account_id: Uuid::from_u128(1),
            span: Span::default(),
        };
        let given = asked.cursor(Place { behind: 3, last: 9 });
        for at in 0..given.position().len() {
            let mut changed = given.position().to_vec();
            changed[at] ^= 1;
            assert!(asked.place(&Cursor::new(changed)).is_err(), "{at}");
            assert!(
                asked.place(&Cursor::new(&given.position()[..at])).is_err(),
                "{at}"
            );
        }
        let longer = [given.position(), &[0]].concat();
        assert!(asked.place(&Cursor::new(longer)).is_err());
    }
}
