//! Pointer, keys and wheel, as WebDriver's actions. What is held down stays down until it is released.

use serde_json::{Value, json};

use super::Browser;

/// A key that is no character, by WebDriver's code point for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "keys are called as it says on them")]
pub enum Key {
    /// A character, as it is typed.
    Char(char),
    Alt,
    Backspace,
    Control,
    Delete,
    Down,
    End,
    Enter,
    Escape,
    F2,
    Home,
    Left,
    PageDown,
    PageUp,
    Right,
    Shift,
    Tab,
    Up,
}

impl Key {
    fn code(self) -> char {
        match self {
            Self::Char(character) => character,
            Self::Alt => '\u{e00a}',
            Self::Backspace => '\u{e003}',
            Self::Control => '\u{e009}',
            Self::Delete => '\u{e017}',
            Self::Down => '\u{e015}',
            Self::End => '\u{e010}',
            Self::Enter => '\u{e007}',
            Self::Escape => '\u{e00c}',
            Self::F2 => '\u{e032}',
            Self::Home => '\u{e011}',
            Self::Left => '\u{e012}',
            Self::PageDown => '\u{e00f}',
            Self::PageUp => '\u{e00e}',
            Self::Right => '\u{e014}',
            Self::Shift => '\u{e008}',
            Self::Tab => '\u{e004}',
            Self::Up => '\u{e013}',
        }
    }
}

/// A point of the window, in CSS pixels.
pub type Place = (f64, f64);

/// What a hand does, one after another. Buttons: 0 is the main one, 1 the middle one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    /// Moves the pointer.
    To(Place),
    /// Presses a button of it.
    Press(u8),
    /// Releases it.
    Release(u8),
    /// Holds a key down.
    Hold(Key),
    /// Lets it go.
    LetGo(Key),
    /// Turns the wheel where the pointer is: down is positive.
    Wheel(Place, i32),
}

impl Browser {
    /// Does all of it, in this order. WebDriver lets its devices act side by side, tick by tick: here one acts at a time.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn act(&self, actions: &[Action]) -> anyhow::Result<()> {
        let pause = json!({ "type": "pause", "duration": 0 });
        let (mut pointer, mut keys, mut wheel) = (Vec::new(), Vec::new(), Vec::new());
        for action in actions {
            let (device, did) = match *action {
                Action::To(at) => (&mut pointer, moved(at)),
                Action::Press(button) => (&mut pointer, json!({ "type": "pointerDown", "button": button })),
                Action::Release(button) => (&mut pointer, json!({ "type": "pointerUp", "button": button })),
                Action::Hold(key) => (&mut keys, json!({ "type": "keyDown", "value": key.code() })),
                Action::LetGo(key) => (&mut keys, json!({ "type": "keyUp", "value": key.code() })),
                Action::Wheel(at, by) => (&mut wheel, scrolled(at, by)),
            };
            device.push(did);
            let longest = pointer.len().max(keys.len()).max(wheel.len());
            for device in [&mut pointer, &mut keys, &mut wheel] {
                device.resize(longest, pause.clone());
            }
        }
        let devices = json!({ "actions": [
            { "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": pointer },
            { "type": "key", "id": "keyboard", "actions": keys },
            { "type": "wheel", "id": "wheel", "actions": wheel },
        ] });
        self.session.post("actions", &devices).await.map(|_| ())
    }

    /// Lets go whatever is held down.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn let_go(&self) -> anyhow::Result<()> {
        self.session.delete("actions").await
    }

    /// A click with the main button.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn click_at(&self, at: Place) -> anyhow::Result<()> {
        self.act(&[Action::To(at), Action::Press(0), Action::Release(0)])
            .await
    }

    /// Two clicks, so fast that they are one gesture.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn double_click_at(&self, at: Place) -> anyhow::Result<()> {
        let click = [Action::Press(0), Action::Release(0)];
        self.act(&[&[Action::To(at)][..], &click, &click].concat()).await
    }

    /// Takes something with the main button and carries it, without letting go: through the middle, as a hand does.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn carry(&self, from: Place, to: Place) -> anyhow::Result<()> {
        let middle = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
        self.act(&[
            Action::To(from),
            Action::Press(0),
            Action::To(middle),
            Action::To(to),
        ])
        .await
    }

    /// Lets the main button go.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn drop_it(&self) -> anyhow::Result<()> {
        self.act(&[Action::Release(0)]).await
    }

    /// Takes something and puts it elsewhere.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn drag(&self, from: Place, to: Place) -> anyhow::Result<()> {
        self.carry(from, to).await?;
        self.drop_it().await
    }

    /// Presses keys together: all go down in this order, and up in the other.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn press(&self, keys: &[Key]) -> anyhow::Result<()> {
        let down = keys.iter().map(|key| Action::Hold(*key));
        let up = keys.iter().rev().map(|key| Action::LetGo(*key));
        self.act(&down.chain(up).collect::<Vec<_>>()).await
    }

    /// Control and a letter.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn control(&self, letter: char) -> anyhow::Result<()> {
        self.press(&[Key::Control, Key::Char(letter)]).await
    }

    /// Types a text into whatever has the focus, key by key.
    ///
    /// # Errors
    ///
    /// If the driver cannot.
    pub async fn type_text(&self, text: &str) -> anyhow::Result<()> {
        let keys = text.chars().map(Key::Char);
        let strokes = keys.flat_map(|key| [Action::Hold(key), Action::LetGo(key)]);
        self.act(&strokes.collect::<Vec<_>>()).await
    }
}

fn moved((x, y): Place) -> Value {
    json!({ "type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport" })
}

#[expect(clippy::cast_possible_truncation, reason = "points of a window")]
fn scrolled((x, y): Place, by: i32) -> Value {
    json!({ "type": "scroll", "duration": 0, "x": x as i32, "y": y as i32, "deltaX": 0, "deltaY": by,
            "origin": "viewport" })
}
