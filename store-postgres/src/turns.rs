//! Whose events come next when there is not room for all.

use uuid::Uuid;

/// A company whose events wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) company_id: Uuid,
    /// The number of the last event that was sent.
    pub(crate) sent: u64,
    /// The number of the last event there is.
    pub(crate) last: u64,
}

impl Waiting {
    fn events(self) -> u64 {
        self.last.saturating_sub(self.sent)
    }
}

/// Shares out `room` among companies, who waited longest first: evenly, and what some do not need goes to the others.
/// Answers up to which number each of them may send.
pub(crate) fn share_out(waiting: &[Waiting], room: u64) -> Vec<Waiting> {
    let level = level(waiting, room);
    let mut turns = waiting.to_vec();
    let mut left = room;
    for turn in &mut turns {
        let share = turn.events().min(level);
        turn.last = turn.sent.saturating_add(share);
        left = left.saturating_sub(share);
    }
    // Less than one for each is left: one more for those who waited longest.
    for (turn, wanted) in turns.iter_mut().zip(waiting) {
        if left > 0 && turn.last < wanted.last {
            turn.last += 1;
            left -= 1;
        }
    }
    turns.retain(|turn| turn.events() > 0);
    turns
}

/// How much each may have, so that it goes round.
fn level(waiting: &[Waiting], room: u64) -> u64 {
    let mut needs: Vec<u64> = waiting.iter().copied().map(Waiting::events).collect();
    needs.sort_unstable();
    let mut left = room;
    // Who needs less than an even share is served in full, and the rest share what that leaves.
    for (served, need) in needs.iter().copied().enumerate() {
        let companies = needs.len().saturating_sub(served);
        let share = left / u64::try_from(companies).unwrap_or(u64::MAX).max(1);
        if need > share {
            return share;
        }
        left -= need;
    }
    u64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(events: &[u64], room: u64) -> Vec<u64> {
        let waiting: Vec<_> = (1..)
            .zip(events)
            .map(|(id, events)| Waiting {
                company_id: Uuid::from_u128(id),
                sent: 10,
                last: 10 + events,
            })
            .collect();
        share_out(&waiting, room)
            .into_iter()
            .map(Waiting::events)
            .collect()
    }

    #[test]
    fn with_room_for_all_all_are_served() {
        assert_eq!(shares(&[3, 1, 2], 6), [3, 1, 2]);
        assert_eq!(shares(&[3, 1, 2], 600), [3, 1, 2]);
        assert_eq!(shares(&[], 5), Vec::<u64>::new());
    }

    #[test]
    fn what_one_does_not_need_the_others_get() {
        assert_eq!(shares(&[100, 2, 100], 12), [5, 2, 5]);
        assert_eq!(shares(&[2, 2, 1_000], 500), [2, 2, 496]);
    }

    #[test]
    fn with_little_room_who_waited_longest_comes_first() {
        assert_eq!(shares(&[9, 9, 9], 4), [2, 1, 1]);
        assert_eq!(shares(&[9, 9, 9], 2), [1, 1]);
        assert_eq!(shares(&[9, 9, 9], 0), Vec::<u64>::new());
    }

    #[test]
    fn no_more_is_given_than_there_is_room() {
        for companies in 1..8_usize {
            for room in 0..40 {
                let events: Vec<u64> = (1..=companies).map(|place| place as u64 * 3 % 7 + 1).collect();
                let given: u64 = shares(&events, room).iter().sum();
                assert_eq!(given, room.min(events.iter().sum()), "{events:?} in {room}");
            }
        }
    }
}
