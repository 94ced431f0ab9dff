//! Random gestures on the editor, from a seed: nothing breaks, and all of it can be undone.
//!
//! `MONEYFLOW_MONKEY_SEED` plays another sequence, `MONEYFLOW_MONKEY_GESTURES` a longer one: 70,000 take about an hour.

use std::collections::VecDeque;
use std::str::FromStr;

use anyhow::{Context as _, ensure};
use e2e::browser::{Action, Key, Place, Role};
use fastrand::Rng;
use serde_json::json;

use crate::editor::Editor;
use crate::order_rule;
use crate::stage::play;

/// Two minutes, more or less.
const GESTURES: usize = 2_400;
/// After so many, all is undone and looked at. A history has a thousand steps.
const ROUND: usize = 300;
/// How many are told of when something breaks.
const REMEMBERED: usize = 25;

/// Where a hand may go without leaving the rule: not to links, not to what saves, publishes, or asks the system for a file.
const MAY_PRESS: &str = "const one = document.elementFromPoint(arguments[0], arguments[1]);
    return one !== null && one.closest('.editor-canvas, .palette, .inspector, .simulator, .problems, dialog') !== null
        && one.closest('a[href]') === null;";
/// Whether what has the focus takes Enter and letters for something that leads elsewhere.
const MAY_TYPE: &str =
    "return document.activeElement.closest('.editor-head, .rail, .top-bar, .drawer-tabs, a[href]') === null";
/// Whether Alt and an arrow are the canvas's. Elsewhere the browser takes them for a step back.
const MAY_WALK: &str = "return document.querySelector('dialog[open]') === null
    && document.activeElement.closest('input, textarea, select, .editor-head, .rail, .top-bar') === null";

#[tokio::test(flavor = "multi_thread")]
async fn random_gestures_break_nothing() -> anyhow::Result<()> {
    let seed = setting("MONEYFLOW_MONKEY_SEED", 1)?;
    let gestures = setting("MONEYFLOW_MONKEY_GESTURES", GESTURES)?;
    println!("MONEYFLOW_MONKEY_SEED={seed} MONEYFLOW_MONKEY_GESTURES={gestures}");
    play("monkey", async |stage| {
        let mut order = order_rule::order("monkey");
        let layout = order.get_mut("layout").context("a rule has a layout")?;
        // What is there to be resized, too.
        layout["$notes"] =
            json!([{ "id": "note-1", "text": "Ask Ana", "x": 320, "y": 320, "width": 208, "height": 96 }]);
        let editor = order_rule::open_as(stage, &order).await?;
        // What is tried out is tried out anew with every change.
        stage.browser.click(Role::Button, "Try it out").await?;
        stage.browser.click(Role::Button, "Run").await?;
        let mut monkey = Monkey {
            start: exported(&editor).await?,
            editor,
            chance: Rng::with_seed(seed),
            done: VecDeque::new(),
        };
        let mut left = gestures;
        while left > 0 {
            let round = left.min(ROUND);
            let played = monkey.round(round).await;
            played.with_context(|| {
                format!(
                    "seed {seed}, {left} gestures left; the last ones: {:#?}",
                    monkey.done
                )
            })?;
            left -= round;
        }
        monkey.it_still_saves().await
    })
    .await
}

fn setting<T: FromStr>(name: &str, usual: T) -> anyhow::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    match std::env::var(name) {
        Ok(set) => set.parse().with_context(|| format!("{name}={set}")),
        Err(_) => Ok(usual),
    }
}

/// The whole document, byte by byte.
async fn exported(editor: &Editor<'_>) -> anyhow::Result<String> {
    editor.menu("Export as JSON").await?;
    Ok(String::from_utf8(
        editor.browser.downloaded("monkey.json").await?,
    )?)
}

struct Monkey<'s> {
    editor: Editor<'s>,
    start: String,
    chance: Rng,
    done: VecDeque<String>,
}

impl Monkey<'_> {
    /// Plays for a while, and takes all of it back.
    async fn round(&mut self, gestures: usize) -> anyhow::Result<()> {
        for _ in 0..gestures {
            self.gesture().await?;
        }
        self.editor.browser.must_be_content().await?;
        self.undo_all().await?;
        let end = exported(&self.editor).await?;
        ensure!(
            end == self.start,
            "undone to the start, it is not what it was:\n{end}\n{}",
            self.start
        );
        self.editor.is_saved().await?;
        self.editor.browser.must_be_content().await
    }

    async fn gesture(&mut self) -> anyhow::Result<()> {
        let actions = match self.chance.u8(..100) {
            0..=24 => self.drag().await?,
            25..=44 => self.clicks().await?,
            45..=51 => vec![Action::Wheel(self.place().await?, self.chance.i32(-400..400))],
            52..=66 => self.command(),
            67..=80 => self.stroke(),
            81..=84 => self.walk(),
            _ => self.typing(),
        };
        self.done.push_back(format!("{actions:?}"));
        if self.done.len() > REMEMBERED {
            self.done.pop_front();
        }
        let browser = self.editor.browser;
        let presses = actions.iter().find_map(|action| match action {
            Action::To(at) => Some(*at),
            _ => None,
        });
        let may = match presses {
            Some((x, y)) => {
                browser
                    .read_with::<bool>(MAY_PRESS, &[x.into(), y.into()])
                    .await?
            }
            None if actions.contains(&Action::Hold(Key::Alt)) => browser.read(MAY_WALK).await?,
            None => browser.read::<bool>(MAY_TYPE).await?,
        };
        if may {
            browser.act(&actions).await?;
            return browser.let_go().await;
        }
        // Somewhere else has the focus: the canvas gets it back.
        browser.press(&[Key::Escape]).await?;
        let corner = self.editor.drawing().await?.share((0.03, 0.03));
        browser.click_at(corner).await
    }

    /// From somewhere to somewhere, the more often from what is there to what is there.
    async fn drag(&mut self) -> anyhow::Result<Vec<Action>> {
        let (from, to) = (self.place().await?, self.place().await?);
        let button = u8::from(self.chance.u8(..10) == 0);
        let mut actions = vec![Action::To(from), Action::Press(button), Action::To(to)];
        if self.chance.u8(..6) == 0 {
            actions.extend([Action::Hold(Key::Escape), Action::LetGo(Key::Escape)]);
        }
        actions.push(Action::Release(button));
        Ok(self.with_modifier(actions))
    }

    async fn clicks(&mut self) -> anyhow::Result<Vec<Action>> {
        let at = self.place().await?;
        let click = [Action::Press(0), Action::Release(0)];
        let count = usize::from(self.chance.u8(1..=2));
        let mut actions = vec![Action::To(at)];
        actions.extend(click.iter().copied().cycle().take(2 * count));
        Ok(self.with_modifier(actions))
    }

    fn with_modifier(&mut self, mut actions: Vec<Action>) -> Vec<Action> {
        let modifier = match self.chance.u8(..12) {
            0 => Key::Shift,
            1 => Key::Control,
            2 => Key::Char(' '),
            _ => return actions,
        };
        actions.insert(0, Action::Hold(modifier));
        actions.push(Action::LetGo(modifier));
        actions
    }

    fn command(&mut self) -> Vec<Action> {
        let letters = ['z', 'z', 'z', 'y', 'a', 'c', 'x', 'v', 'v', 'd', 'f'];
        let letter = Key::Char(self.chance.choice(letters).unwrap_or('z'));
        pressed(&[Key::Control, letter])
    }

    fn stroke(&mut self) -> Vec<Action> {
        let keys = [
            Key::Delete,
            Key::Backspace,
            Key::Tab,
            Key::Escape,
            Key::Escape,
            Key::Enter,
            Key::F2,
            Key::Left,
            Key::Right,
            Key::Up,
            Key::Down,
            Key::PageDown,
            Key::PageUp,
            Key::Char('e'),
            Key::Char('+'),
            Key::Char('-'),
            Key::Char('0'),
            Key::Char('1'),
        ];
        let key = self.chance.choice(keys).unwrap_or(Key::Escape);
        match self.chance.u8(..6) {
            0 => pressed(&[Key::Shift, key]),
            1 if matches!(key, Key::Left | Key::Right | Key::Up | Key::Down) => pressed(&[Key::Shift, key]),
            _ => pressed(&[key]),
        }
    }

    /// Along the edges, or the corner of a note to somewhere else.
    fn walk(&mut self) -> Vec<Action> {
        let ways = [Key::Left, Key::Right, Key::Up, Key::Down];
        let way = self.chance.choice(ways).unwrap_or(Key::Down);
        if self.chance.bool() {
            pressed(&[Key::Shift, Key::Alt, way])
        } else {
            pressed(&[Key::Alt, way])
        }
    }

    fn typing(&mut self) -> Vec<Action> {
        let texts = [
            "a",
            "total",
            "7",
            "0.1",
            "-",
            "$context.event.",
            "é",
            "{\"",
            "roy",
            ",",
        ];
        let text = self.chance.choice(texts).unwrap_or("a");
        text.chars()
            .flat_map(|letter| pressed(&[Key::Char(letter)]))
            .collect()
    }

    /// A point of the editor: a node, a port, an edge, a panel, or nothing in particular.
    async fn place(&mut self) -> anyhow::Result<Place> {
        let drawing = self.editor.drawing().await?;
        let node = self.chance.choice(&drawing.nodes).cloned();
        let place = match (self.chance.u8(..10), node) {
            (0..=2, Some(node)) => Some(node.middle()),
            (3..=4, Some(node)) => self
                .chance
                .choice(node.ports.values().copied().collect::<Vec<_>>()),
            (5, _) => self.chance.choice(&drawing.edges).map(|edge| edge.middle),
            (7, _) => self
                .chance
                .choice(&drawing.notes)
                .map(|[left, top, right, bottom]| {
                    (f64::midpoint(*left, *right), f64::midpoint(*top, *bottom))
                }),
            (6, _) => Some((
                self.chance.f64().mul_add(1220.0, 210.0),
                self.chance.f64().mul_add(780.0, 105.0),
            )),
            _ => None,
        };
        let anywhere = drawing.share((self.chance.f64(), self.chance.f64()));
        let is_inside = |at: &Place| (0.0..1440.0).contains(&at.0) && (0.0..900.0).contains(&at.1);
        Ok(place.filter(is_inside).unwrap_or(anywhere))
    }

    async fn undo_all(&self) -> anyhow::Result<()> {
        let browser = self.editor.browser;
        // Out of whatever is open: a dialog, the picker, a name that is being typed.
        for _ in 0..4 {
            browser.press(&[Key::Escape]).await?;
        }
        let corner = self.editor.drawing().await?.share((0.03, 0.03));
        browser.click_at(corner).await?;
        while !browser.see(Role::Button, "Undo (Ctrl+Z)").await?.is_disabled {
            let undo = pressed(&[Key::Control, Key::Char('z')]);
            browser.act(&undo.repeat(20)).await?;
        }
        Ok(())
    }

    async fn it_still_saves(&self) -> anyhow::Result<()> {
        let browser = self.editor.browser;
        browser.type_text("0").await?;
        self.editor.select("spare").await?;
        browser.press(&[Key::Delete]).await?;
        self.editor.save().await?;
        let stored = self.editor.stage.moneyflow.rule("monkey").await?;
        ensure!(stored.get("version") == Some(&2.into()), "{stored}");
        browser.must_be_content().await
    }
}

fn pressed(keys: &[Key]) -> Vec<Action> {
    let down = keys.iter().map(|key| Action::Hold(*key));
    down.chain(keys.iter().rev().map(|key| Action::LetGo(*key)))
        .collect()
}
