//! The editor as it is seen: nodes, ports and edges by their places on the screen, and what a hand does with them.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use e2e::browser::{Action, Browser, Key, Place, Role};
use e2e::{Patience, until};
use serde::Deserialize;

use crate::stage::Stage;

pub(crate) const SOON: Patience = Patience::of(Duration::from_secs(20));

/// Reads the drawing, with all places in pixels of the window.
const DRAWING: &str = "
const at = (element) => { const m = element.getScreenCTM(); return [m.e, m.f]; };
const box = (element) => { const r = element.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
const middle = (path) => {
    const p = path.getPointAtLength(path.getTotalLength() / 2);
    const m = path.getScreenCTM();
    return [m.a * p.x + m.c * p.y + m.e, m.b * p.x + m.d * p.y + m.f];
};
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const world = document.querySelector('.world').getScreenCTM();
return {
    area: box(document.querySelector('.stage')),
    scale: world.a,
    origin: [world.e, world.f],
    nodes: all('g.node').map((node) => ({
        id: node.dataset.nodeId,
        label: node.getAttribute('aria-label'),
        classes: node.getAttribute('class').split(' '),
        area: box(node.querySelector('.node-body')),
        ports: Object.fromEntries(all('[data-port]', node).map((port) => [port.dataset.port, at(port)])),
        entry: node.querySelector('[data-port=entry]').getAttribute('class').split(' '),
        badge: node.querySelector('.node-badge')?.getAttribute('class') ?? null,
    })),
    edges: all('g.edge[data-edge]').map((edge) => ({
        id: edge.dataset.edge,
        classes: edge.getAttribute('class').split(' '),
        word: edge.querySelector('.edge-word text')?.textContent ?? '',
        middle: middle(edge.querySelector('.edge-line')),
        ends: Object.fromEntries(all('[data-end]', edge).map((end) => {
            const [left, top, right, bottom] = box(end);
            return [end.dataset.end, [(left + right) / 2, (top + bottom) / 2]];
        })),
    })),
    notes: all('.note-card').map(box),
    guides: all('.guide').length,
    is_loose: document.querySelector('.edge.loose') !== null,
};";

/// All that is drawn.
#[derive(Debug, Clone, Deserialize, PartialEq)]
pub(crate) struct Drawing {
    /// The drawing area: left, top, right, bottom.
    pub(crate) area: [f64; 4],
    pub(crate) scale: f64,
    /// Where the canvas's own origin is.
    pub(crate) origin: Place,
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) notes: Vec<[f64; 4]>,
    /// How many lines show what is aligned.
    pub(crate) guides: usize,
    /// An edge is being drawn.
    pub(crate) is_loose: bool,
}

/// A node, as it is drawn.
#[derive(Debug, Clone, Deserialize, PartialEq)]
pub(crate) struct Node {
    pub(crate) id: String,
    /// What is read out: its name, and what it does.
    pub(crate) label: String,
    pub(crate) classes: Vec<String>,
    pub(crate) area: [f64; 4],
    pub(crate) ports: HashMap<String, Place>,
    /// How its entry is drawn.
    entry: Vec<String>,
    pub(crate) badge: Option<String>,
}

impl Node {
    /// Its middle.
    pub(crate) fn middle(&self) -> Place {
        let [left, top, right, bottom] = self.area;
        (f64::midpoint(left, right), f64::midpoint(top, bottom))
    }

    /// One of its ports: `entry`, `success`, `failure`.
    pub(crate) fn port(&self, port: &str) -> anyhow::Result<Place> {
        let place = self.ports.get(port).copied();
        place.with_context(|| format!("{} has no port {port}", self.id))
    }

    /// Whether it is drawn so.
    pub(crate) fn is(&self, class: &str) -> bool {
        self.classes.iter().any(|own| own == class)
    }
}

/// An edge, as it is drawn.
#[derive(Debug, Clone, Deserialize, PartialEq)]
pub(crate) struct Edge {
    /// `source>target`.
    pub(crate) id: String,
    pub(crate) classes: Vec<String>,
    pub(crate) word: String,
    pub(crate) middle: Place,
    /// Its ends, while it is selected: `source` and `target`.
    pub(crate) ends: HashMap<String, Place>,
}

impl Drawing {
    /// A node by its id.
    pub(crate) fn node(&self, id: &str) -> anyhow::Result<&Node> {
        let node = self.nodes.iter().find(|node| node.id == id);
        node.with_context(|| format!("there is no node {id} among {:?}", self.ids()))
    }

    /// An edge by its nodes, as in `a>b`.
    pub(crate) fn edge(&self, id: &str) -> anyhow::Result<&Edge> {
        let edge = self.edges.iter().find(|edge| edge.id == id);
        edge.with_context(|| format!("there is no edge {id} among {:?}", self.connections()))
    }

    /// The nodes, in the order of their ids.
    pub(crate) fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.nodes.iter().map(|node| node.id.as_str()).collect();
        ids.sort_unstable();
        ids
    }

    /// What is connected, as in `a>b success`, in order.
    pub(crate) fn connections(&self) -> Vec<String> {
        let state = |edge: &Edge| {
            let mut classes = edge.classes.iter();
            classes.find_map(|class| class.strip_prefix("state-").map(str::to_owned))
        };
        let edges = self.edges.iter();
        let mut all: Vec<String> = edges
            .map(|edge| format!("{} {}", edge.id, state(edge).unwrap_or_default()))
            .collect();
        all.sort_unstable();
        all
    }

    /// What a node waits for, as its entry shows it: `all` or `any` of its edges, if there are several.
    pub(crate) fn joins(&self, id: &str) -> Option<&str> {
        let entry = &self.node(id).ok()?.entry;
        entry.iter().find_map(|class| class.strip_prefix("join-"))
    }

    /// Whether all nodes are seen.
    pub(crate) fn shows_all(&self) -> bool {
        let [left, top, right, bottom] = self.area;
        let is_seen = |node: &Node| {
            let [x, y, x_end, y_end] = node.area;
            x >= left && y >= top && x_end <= right && y_end <= bottom
        };
        self.nodes.iter().all(is_seen)
    }

    /// The selected nodes, in order.
    pub(crate) fn selected(&self) -> Vec<&str> {
        let selected = self.nodes.iter().filter(|node| node.is("selected"));
        let mut ids: Vec<&str> = selected.map(|node| node.id.as_str()).collect();
        ids.sort_unstable();
        ids
    }

    /// A point so far from the middle of a node, in the canvas's own units.
    pub(crate) fn beside(&self, node: &str, (right, down): Place) -> anyhow::Result<Place> {
        let (x, y) = self.node(node)?.middle();
        Ok((right.mul_add(self.scale, x), down.mul_add(self.scale, y)))
    }

    /// A point of the drawing area, as shares of its width and height.
    pub(crate) fn share(&self, (across, down): Place) -> Place {
        let [left, top, right, bottom] = self.area;
        (
            (right - left).mul_add(across, left),
            (bottom - top).mul_add(down, top),
        )
    }
}

/// The editor in the browser.
pub(crate) struct Editor<'s> {
    pub(crate) stage: &'s Stage,
    pub(crate) browser: &'s Browser,
}

impl<'s> Editor<'s> {
    /// Opens the editor at an address, and waits until it can be used.
    pub(crate) async fn open(stage: &'s Stage, path: &str) -> anyhow::Result<Self> {
        stage.open(path).await?;
        Self::shown(stage).await
    }

    /// The editor that is, or will be, on the screen.
    pub(crate) async fn shown(stage: &'s Stage) -> anyhow::Result<Self> {
        let editor = Self {
            stage,
            browser: &stage.browser,
        };
        until("the canvas", SOON, async || editor.drawing().await.map(Some)).await?;
        Ok(editor)
    }

    /// What is drawn now.
    pub(crate) async fn drawing(&self) -> anyhow::Result<Drawing> {
        self.browser.read(DRAWING).await
    }

    /// Waits until the drawing is as wanted.
    pub(crate) async fn until_drawn(
        &self,
        what: &str,
        is_so: impl Fn(&Drawing) -> bool,
    ) -> anyhow::Result<Drawing> {
        until(what, SOON, async || {
            let drawing = self.drawing().await?;
            if is_so(&drawing) {
                return Ok(Some(drawing));
            }
            bail!(
                "drawn are {:?} with {:?}; selected are {:?}",
                drawing.ids(),
                drawing.connections(),
                drawing.selected()
            )
        })
        .await
    }

    /// Waits until these nodes are there, and no others.
    pub(crate) async fn has_nodes(&self, ids: &[&str]) -> anyhow::Result<Drawing> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        self.until_drawn(&format!("the nodes {ids:?}"), |drawing| drawing.ids() == ids)
            .await
    }

    /// Waits until these edges are there, as in `a>b success`, and no others.
    pub(crate) async fn has_edges(&self, edges: &[&str]) -> anyhow::Result<Drawing> {
        let mut edges = edges.to_vec();
        edges.sort_unstable();
        self.until_drawn(&format!("the edges {edges:?}"), |drawing| {
            drawing.connections() == edges
        })
        .await
    }

    /// Waits until these nodes are selected, and no others.
    pub(crate) async fn has_selected(&self, ids: &[&str]) -> anyhow::Result<Drawing> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        self.until_drawn(&format!("{ids:?} to be selected"), |drawing| {
            drawing.selected() == ids
        })
        .await
    }

    /// Drags a node from the palette to a point of the window.
    pub(crate) async fn drag_in(&self, title: &str, to: Place) -> anyhow::Result<()> {
        let entry = self.browser.see(Role::Button, title).await?;
        let from = self.browser.place_of(&entry).await?;
        self.browser.drag(from, to).await
    }

    /// Drags an edge from an exit of a node to a point of the window, without letting go.
    pub(crate) async fn pull(&self, node: &str, port: &str, to: Place) -> anyhow::Result<()> {
        let from = self.drawing().await?.node(node)?.port(port)?;
        self.browser.carry(from, to).await
    }

    /// Drags an edge from an exit of a node onto another node.
    pub(crate) async fn connect(&self, node: &str, port: &str, target: &str) -> anyhow::Result<()> {
        let to = self.drawing().await?.node(target)?.middle();
        self.pull(node, port, to).await?;
        self.browser.drop_it().await
    }

    /// Drags an edge onto the empty canvas and chooses what begins there.
    pub(crate) async fn grow(&self, node: &str, port: &str, to: Place, title: &str) -> anyhow::Result<()> {
        self.pull(node, port, to).await?;
        self.browser.drop_it().await?;
        self.pick(title).await
    }

    /// Clicks on a choice of the picker.
    pub(crate) async fn pick(&self, title: &str) -> anyhow::Result<()> {
        let picker = self.browser.see(Role::Dialog, "Add a node").await?;
        let choice = self
            .browser
            .see_within(Some(&picker), Role::Option, title)
            .await?;
        self.browser.click_on(&choice).await
    }

    /// Clicks on a node.
    pub(crate) async fn select(&self, id: &str) -> anyhow::Result<()> {
        let at = self.drawing().await?.node(id)?.middle();
        self.browser.click_at(at).await?;
        self.has_selected(&[id]).await.map(|_| ())
    }

    /// Clicks on a node with Ctrl held: it is selected, too, or not any more.
    pub(crate) async fn select_also(&self, id: &str) -> anyhow::Result<()> {
        let at = self.drawing().await?.node(id)?.middle();
        self.browser
            .act(&[
                Action::Hold(Key::Control),
                Action::To(at),
                Action::Press(0),
                Action::Release(0),
                Action::LetGo(Key::Control),
            ])
            .await
    }

    /// Removes a node, by the key.
    pub(crate) async fn remove(&self, id: &str) -> anyhow::Result<()> {
        self.select(id).await?;
        self.browser.press(&[Key::Delete]).await
    }

    /// Shows all of the graph, by the key.
    pub(crate) async fn show_all(&self) -> anyhow::Result<Drawing> {
        self.browser.type_text("0").await?;
        self.until_drawn("all of it", Drawing::shows_all).await
    }

    /// Clicks on a point of the drawing area where nothing is.
    pub(crate) async fn click_nothing(&self) -> anyhow::Result<()> {
        let drawing = self.drawing().await?;
        self.browser.click_at(drawing.share((0.02, 0.9))).await?;
        self.has_selected(&[]).await.map(|_| ())
    }

    /// Adds an expectation to the selected condition, or the rule. An operator may take no value.
    pub(crate) async fn expect(&self, field: &str, operator: &str, value: &str) -> anyhow::Result<()> {
        self.browser.click(Role::Button, "Add an expectation").await?;
        let line = self.last_expectation().await?;
        let place = self
            .browser
            .see_within(Some(&line), Role::Combobox, "Field")
            .await?;
        self.browser.click_on(&place).await?;
        self.browser.type_text(field).await?;
        // Closes what the browser offers to complete.
        self.browser.press(&[Key::Tab]).await?;
        self.browser.choose_last("Operator", operator).await?;
        if value.is_empty() {
            return Ok(());
        }
        let line = self.last_expectation().await?;
        let place = self
            .browser
            .see_within(Some(&line), Role::Textbox, "Value…")
            .await?;
        self.browser.click_on(&place).await?;
        self.browser.type_text(value).await?;
        self.browser.press(&[Key::Tab]).await
    }

    async fn last_expectation(&self) -> anyhow::Result<e2e::browser::Seen> {
        until("an expectation", SOON, async || {
            let groups = self.browser.all(Role::Group).await?;
            Ok(groups.into_iter().rfind(|group| group.name.is_empty()))
        })
        .await
    }

    /// Where the middle of what a selector finds is, once it is there and in sight.
    pub(crate) async fn at(&self, selector: &str) -> anyhow::Result<Place> {
        let middle = "const one = document.querySelector(arguments[0]);
            one?.scrollIntoView({ block: 'nearest' });
            const area = one?.getBoundingClientRect();
            return area ? [area.left + area.width / 2, area.top + area.height / 2] : null";
        until(selector, SOON, async || {
            self.browser
                .read_with::<Option<Place>>(middle, &[selector.into()])
                .await
        })
        .await
    }

    /// Saves by the button, and waits for the word.
    pub(crate) async fn save(&self) -> anyhow::Result<()> {
        self.browser.click(Role::Button, "Save draft").await?;
        self.is_saved().await
    }

    /// Waits until nothing is unsaved.
    pub(crate) async fn is_saved(&self) -> anyhow::Result<()> {
        until("nothing to be unsaved", SOON, async || {
            let text = self.browser.text().await?;
            ensure!(!text.contains("Unsaved changes"), "the page says: {text}");
            Ok(Some(()))
        })
        .await
    }

    /// Publishes by the button, and waits for the word.
    pub(crate) async fn publish(&self, name: &str, version: u32) -> anyhow::Result<()> {
        self.browser.click(Role::Button, "Publish").await?;
        let said = format!("“{name}” runs at version {version} from the next event on.");
        until(&said, SOON, async || {
            Ok(self.browser.text().await?.contains(&said).then_some(()))
        })
        .await
    }

    /// Chooses a line of the menu behind the three dots.
    pub(crate) async fn menu(&self, line: &str) -> anyhow::Result<()> {
        self.browser.click(Role::Button, "More").await?;
        self.browser.click(Role::MenuItem, line).await
    }

    /// Waits until a button cannot be used.
    pub(crate) async fn is_off(&self, button: &str) -> anyhow::Result<()> {
        until(&format!("“{button}” to be off"), SOON, async || {
            let button = self.browser.see(Role::Button, button).await?;
            Ok(button.is_disabled.then_some(()))
        })
        .await
    }

    /// The node's own word of the drawing area: what it does, once it is that.
    pub(crate) async fn reads(&self, id: &str, label: &str) -> anyhow::Result<()> {
        let what = format!("{id} to read “{label}”");
        self.until_drawn(&what, |drawing| {
            drawing.node(id).is_ok_and(|node| node.label == label)
        })
        .await
        .map(|_| ())
    }

    /// Moves the pointer along a line, with the main button held.
    pub(crate) async fn trace(&self, from: Place, to: Place) -> anyhow::Result<()> {
        let step = |part: f64| {
            Action::To((
                (to.0 - from.0).mul_add(part, from.0),
                (to.1 - from.1).mul_add(part, from.1),
            ))
        };
        self.browser
            .act(&[
                Action::To(from),
                Action::Press(0),
                step(0.3),
                step(0.7),
                step(1.0),
            ])
            .await
    }
}
