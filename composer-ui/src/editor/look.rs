//! What is drawn of a node and of an edge: plain values, compared before anything is drawn again.

use canvas::{
    document::{Document, Edge, Node, NodeKind},
    geometry::{EdgeRoute, Exits, Orientation, Point, Port, Vector},
    words,
};
use rules::model::{EdgeState, Quantifier};

/// How many characters of a name fit beside its mark.
const NAME_CHARS: usize = 24;
/// And of what it does, below.
const DOES_CHARS: usize = 31;
/// Half of a character of an edge's word.
const HALF_CHAR: f64 = 3.1;
/// The room beside an edge's word.
const WORD_PADDING: f64 = 6.0;
/// What a piece of an edge needs besides its word: a port at one end, an arrow at the other.
const WORD_ROOM: f64 = 22.0;

/// What is drawn of a node, wherever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeLook {
    pub(super) kind: NodeKind,
    pub(super) task: Option<String>,
    /// What people call it, in full.
    pub(super) name: String,
    /// What it does, in full.
    pub(super) does: String,
    /// How many edges end here.
    pub(super) entries: usize,
    pub(super) join: Quantifier,
    pub(super) exits: Exits,
}

/// With which words things are drawn.
pub(super) struct Wording<'w> {
    pub(super) language: words::Language,
    pub(super) title: &'w dyn Fn(&str) -> Option<String>,
}

impl NodeLook {
    /// How a node of the document looks.
    pub(super) fn of(node: &Node, exits: Exits, wording: &Wording<'_>) -> Self {
        let title = node.task_name().and_then(wording.title);
        Self {
            kind: node.kind,
            task: node.task_name().map(str::to_owned),
            name: node.name().to_owned(),
            does: words::describe(node, title.as_deref(), wording.language),
            entries: node.depends_on.len(),
            join: node.join(),
            exits,
        }
    }

    /// The name, as far as it fits.
    pub(super) fn short_name(&self) -> String {
        words::ellipsis(&self.name, NAME_CHARS).into_owned()
    }

    /// What it does, as far as it fits.
    pub(super) fn short_does(&self) -> String {
        words::ellipsis(&self.does, DOES_CHARS).into_owned()
    }
}

/// What is drawn of an edge.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EdgeLook {
    /// SVG path data.
    pub(super) path: String,
    pub(super) from: Point,
    pub(super) to: Point,
    /// Where its word stands; nowhere if there is no room.
    pub(super) label_at: Option<Point>,
    pub(super) word: &'static str,
    pub(super) state: EdgeState,
}

/// How far from the exit an edge is taken to begin elsewhere.
const SOURCE_HANDLE: f64 = 22.0;

impl EdgeLook {
    /// Where the edge is taken to begin elsewhere: beside the exit, which begins new edges.
    pub(super) fn source_handle(&self, orientation: Orientation) -> Point {
        self.from
            + match orientation {
                Orientation::TopDown => Vector::new(0.0, SOURCE_HANDLE),
                Orientation::LeftRight => Vector::new(SOURCE_HANDLE, 0.0),
            }
    }

    /// How an edge looks on its way.
    pub(super) fn of(
        edge: Edge<'_>,
        route: &EdgeRoute,
        document: &Document,
        language: words::Language,
    ) -> Self {
        let kind = document.node(edge.source).map(|node| node.kind);
        let ends = (route.points().first(), route.points().last());
        let word = words::exit(kind.unwrap_or(NodeKind::Task), edge.state, language);
        Self {
            path: route.path_data(),
            from: ends.0.copied().unwrap_or_default(),
            to: ends.1.copied().unwrap_or_default(),
            label_at: place_of_word(route, half_width(word)),
            word,
            state: edge.state,
        }
    }
}

/// Half of the room that an edge's word takes.
pub(super) fn half_width(word: &str) -> f64 {
    let chars = u16::try_from(word.chars().count()).unwrap_or(u16::MAX);
    HALF_CHAR.mul_add(f64::from(chars), WORD_PADDING)
}

/// The middle of the longest piece that has room for a word.
fn place_of_word(route: &EdgeRoute, half: f64) -> Option<Point> {
    let fits = |(from, to): &(Point, Point)| {
        let needed = if (from.y - to.y).abs() < 1.0 {
            2.0 * half
        } else {
            18.0
        };
        from.distance(*to) >= needed + WORD_ROOM
    };
    let pieces = route.segments().filter(fits);
    let longest = pieces.max_by(|one, other| one.0.distance(one.1).total_cmp(&other.0.distance(other.1)));
    longest.map(|(from, to)| from.middle(to))
}

/// A port's name in the document: what tests and styles find it by.
pub(super) fn port_name(port: Port) -> &'static str {
    match port {
        Port::Entry => "entry",
        Port::Exit(state) => state.as_str(),
    }
}
