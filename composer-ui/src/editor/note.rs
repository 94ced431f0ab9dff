//! A note on the canvas.

use canvas::{geometry::Size, selection::Item};
use leptos::prelude::*;

use super::Editor;

/// The distance of a note's lines.
const LINE: f64 = 18.0;
/// How wide a character of a note is, more or less.
const CHAR: f64 = 6.6;
/// The room around a note's text.
const PADDING: f64 = 12.0;

/// A note. Its text is broken into lines that fit its width; what does not fit its height is cut.
#[component]
pub(super) fn NoteView(id: String) -> impl IntoView {
    let board = expect_context::<Editor>().board;
    let note = board.note(&id)?;
    let item = Item::Note(id.clone());
    let is_selected = Memo::new(move |_| board.selection.with(|selection| selection.contains(&item)));
    let has_grip = Memo::new(move |_| is_selected.get() && !board.is_read_only.get());
    let (place, spoken) = (note.clone(), note.clone());
    Some(view! {
        <g
            class="note-card"
            class:selected=is_selected
            data-note-id=id
            role="note"
            aria-label=move || spoken.with(|note| note.text.clone())
            transform=move || {
                let origin = place.with(|note| note.area.origin);
                format!("translate({} {})", origin.x, origin.y)
            }
        >
            {move || {
                let note = note.get();
                let size = note.area.size;
                let lines = lines_of(&note.text, size.width, size.height);
                let lines = lines.into_iter().zip(1_u8..).map(|(line, number)| {
                    view! { <text x=PADDING y=f64::from(number).mul_add(LINE, PADDING - 4.0)>{line}</text> }
                });
                view! {
                    <rect width=size.width height=size.height rx="4" />
                    {lines.collect_view()}
                    {move || has_grip.get().then(|| view! { <path class="note-grip" d=grip(size) /> })}
                }
            }}
        </g>
    })
}

/// Two strokes across the lower right corner, which a note is resized by.
fn grip(Size { width, height }: Size) -> String {
    let stroke = |inset: f64| {
        let (right, bottom) = (width - 4.0, height - 4.0);
        format!("M{} {bottom}L{right} {}", right - inset, bottom - inset)
    };
    stroke(5.0) + &stroke(10.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a note's lengths are small and positive"
)]
fn lines_of(text: &str, width: f64, height: f64) -> Vec<String> {
    let most_chars = ((width - 2.0 * PADDING) / CHAR).max(4.0) as usize;
    let most_lines = ((height - PADDING) / LINE).max(1.0) as usize;
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > most_chars {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.truncate(most_lines);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_broken_between_words_and_ends_with_its_card() {
        let text = "one two three four five\n\nsix";
        assert_eq!(
            lines_of(text, 100.0, 200.0),
            ["one two", "three four", "five", "", "six"]
        );
        assert_eq!(lines_of(text, 100.0, 50.0), ["one two", "three four"]);
        assert_eq!(lines_of("", 100.0, 50.0), Vec::<String>::new());
    }
}
