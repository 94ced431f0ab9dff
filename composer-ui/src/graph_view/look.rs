//! How a node's state looks.

use canvas::run::Appearance;

use crate::{icons::Icon, parts::Tone};

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
