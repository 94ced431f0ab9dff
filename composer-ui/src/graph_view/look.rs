//! How a node's state looks.

use api_types::NodeState;
use canvas::{document::NodeKind, run::Appearance};

use crate::{icons::Icon, parts::Tone};

/// How a node of a kind looks in a state: a condition that does not hold has failed nothing.
pub(crate) fn appearance(kind: NodeKind, state: NodeState) -> Appearance {
    match (kind, state) {
        (_, NodeState::Pending) => Appearance::Pending,
        (_, NodeState::Running) => Appearance::Running,
        (_, NodeState::Waiting) => Appearance::Waiting,
        (_, NodeState::Success) => Appearance::Success,
        (NodeKind::Condition, NodeState::Failure) => Appearance::No,
        (NodeKind::Task, NodeState::Failure) => Appearance::Failure,
        (_, NodeState::Error) => Appearance::Error,
        (_, NodeState::Skipped) => Appearance::Skipped,
    }
}

/// The colour of a state. A condition that does not hold is the other branch, and no alarm.
pub(crate) fn tone(appearance: Appearance) -> Tone {
    match appearance {
        Appearance::Success => Tone::Success,
        Appearance::No | Appearance::Failure => Tone::Failure,
        Appearance::Error => Tone::Error,
        Appearance::Running => Tone::Running,
        Appearance::Waiting => Tone::Waiting,
        Appearance::Pending | Appearance::Skipped => Tone::Quiet,
    }
}

/// The shape of a state; a node that was not looked at has none.
pub(crate) fn icon(appearance: Appearance) -> Option<Icon> {
    match appearance {
        Appearance::Pending => None,
        Appearance::No => Some(Icon::Minus),
        other => Some(tone(other).icon()),
    }
}
