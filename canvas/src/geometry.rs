//! Where things are: points and rectangles, a node's ports, the way of an edge. All lengths are in canvas units,
//! which are CSS pixels at 100 %; y grows downwards.

mod arrival;
mod detour;
mod ports;
mod route;
mod shapes;

pub use self::arrival::{Arrival, entry_shape};
pub use self::detour::Obstacles;
pub use self::ports::{Exits, NODE_SIZE, Orientation, PORT_RADIUS, Port, loose_edge};
pub use self::route::{CORNER_RADIUS, EdgeRoute};
pub use self::shapes::{Point, Rect, Size, Vector};
