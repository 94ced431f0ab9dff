//! How much goes into a group.

use super::Share;
use crate::Limits;

/// What a group may still take.
pub(super) struct Room {
    messages: usize,
    bytes: usize,
    nodes: usize,
}

impl Room {
    pub(super) fn of(limits: Limits) -> Self {
        Self {
            messages: limits.take.messages,
            bytes: limits.take.bytes,
            nodes: limits.nodes,
        }
    }

    /// The same for so many events at the most.
    pub(super) fn for_few(self, messages: usize) -> Self {
        Self {
            messages: messages.min(self.messages),
            ..self
        }
    }

    /// Whether not one more event fits.
    pub(super) fn is_full(&self) -> bool {
        self.messages == 0
    }

    /// Takes a share in; false, and nothing taken, if it is too large.
    pub(super) fn take(&mut self, share: &Share) -> bool {
        let bytes: usize = share.events.iter().map(|event| event.claim.body.len()).sum();
        let nodes: usize = share.events.iter().map(|event| event.nodes()).sum();
        let left = (
            self.messages.checked_sub(share.events.len()),
            self.bytes.checked_sub(bytes),
            self.nodes.checked_sub(nodes),
        );
        let (Some(messages), Some(bytes), Some(nodes)) = left else {
            return false;
        };
        *self = Self {
            messages,
            bytes,
            nodes,
        };
        true
    }
}

#[cfg(test)]
impl Room {
    pub(super) fn messages(&self) -> usize {
        self.messages
    }
}
