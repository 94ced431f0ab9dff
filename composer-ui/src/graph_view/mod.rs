//! A rule's graph to look at: what a run made of each node, and the path that it took.
//!
//! It is drawn from `canvas` and changes nothing. Who shows it says which node is chosen and hears of clicks.

mod comparisons;
mod drawing;
mod edges;
mod look;
mod marks;
mod node;
mod view;

pub(crate) use comparisons::Comparisons;
pub(crate) use drawing::Drawing;
pub(crate) use look::{appearance, icon, state_of, tone};
pub(crate) use marks::{PortShape, mark};
pub(crate) use view::GraphView;
