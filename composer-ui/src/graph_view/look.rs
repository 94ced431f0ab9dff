//! How a node's state looks.

use api_types::NodeState;
use canvas::{document::NodeKind, run::Appearance};

use crate::{icons::Icon, parts::Tone};

/// How a node of a kind looks in a state of the API.
pub(crate) fn appearance(kind: NodeKind, state: NodeState) -> Appearance {
    Appearance::of(kind, state_of(state))
}

/// A state of the API as the canvas knows it.
pub(crate) fn state_of(state: NodeState) -> rules::NodeState {
    match state {
        NodeState::Pending => rules::NodeState::Pending,
        NodeState::Running => rules::NodeState::Running,
        NodeState::Waiting => rules::NodeState::Waiting,
        NodeState::Success => rules::NodeState::Success,
        NodeState::Failure => rules::NodeState::Failure,
        NodeState::Error => rules::NodeState::Error,
        NodeState::Skipped => rules::NodeState::Skipped,
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
