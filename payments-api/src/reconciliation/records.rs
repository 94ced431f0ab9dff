//! The records of a CSV (RFC 4180). One whose quotes are not whole spoils the line that it begins on, and no other: a quote
//! that is never closed would otherwise take every line behind it for its own.

use std::borrow::Cow;

/// A cell, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell<'b> {
    pub(super) bytes: Cow<'b, [u8]>,
    /// Whether it goes on in the next line.
    pub(super) has_lines: bool,
}

/// Why the quotes of a record are not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BrokenQuotes {
    #[error("a quote that begins a cell is never closed")]
    Open,
    #[error("behind the closing quote of a cell comes neither a comma nor the line's end")]
    Followed,
}

/// What begins on a line: its cells, or why they cannot be told apart.
pub(super) type Record<'b> = Result<Vec<Cell<'b>>, BrokenQuotes>;

/// Reads records one after another. A record that whoever reads does not believe may be [given up](Self::give_up).
pub(super) struct Records<'b> {
    rest: &'b [u8],
    /// The number of the line that the rest begins on, from 1.
    line: u64,
    /// The rest, and the number of its line, behind the first line of the last record.
    behind_line: (&'b [u8], u64),
}

impl<'b> Records<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        Self {
            rest: bytes,
            line: 1,
            behind_line: (bytes, 1),
        }
    }

    /// Goes on at the second line of the last record, if it has one.
    pub(super) fn give_up(&mut self) {
        (self.rest, self.line) = self.behind_line;
    }

    fn pass(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.line = self.line.saturating_add(lines_in(passed));
        self.rest = rest;
    }
}

impl<'b> Iterator for Records<'b> {
    type Item = (u64, Record<'b>);

    fn next(&mut self) -> Option<Self::Item> {
        let blank = self.rest.iter().take_while(|byte| is_end(**byte)).count();
        self.pass(blank);
        if self.rest.is_empty() {
            return None;
        }
        let (number, text) = (self.line, self.rest);
        self.pass(length_of_line(text));
        self.behind_line = (self.rest, self.line);
        let record = read(text).map(|(cells, behind)| {
            (self.rest, self.line) = (text, number);
            self.pass(text.len().saturating_sub(behind.len()));
            cells
        });
        Some((number, record))
    }
}

/// Reads a record, and what is behind it.
fn read(mut text: &[u8]) -> Result<(Vec<Cell<'_>>, &[u8]), BrokenQuotes> {
    let mut cells = Vec::new();
    loop {
        let (cell, behind) = match text.strip_prefix(b"\"") {
            Some(quoted) => read_quoted(quoted)?,
            None => read_bare(text),
        };
        cells.push(cell);
        match behind.split_first() {
            Some((b',', rest)) => text = rest,
            None => return Ok((cells, behind)),
            Some((end, _)) if is_end(*end) => return Ok((cells, behind)),
            Some(_) => return Err(BrokenQuotes::Followed),
        }
    }
}

fn read_bare(text: &[u8]) -> (Cell<'_>, &[u8]) {
    let is_over = |byte: &u8| *byte == b',' || is_end(*byte);
    let length = text.iter().position(is_over).unwrap_or(text.len());
    let (bytes, behind) = text.split_at(length);
    let cell = Cell {
        bytes: Cow::Borrowed(bytes),
        has_lines: false,
    };
    (cell, behind)
}

/// Reads a cell whose opening quote was passed. In it, two quotes are one.
fn read_quoted(text: &[u8]) -> Result<(Cell<'_>, &[u8]), BrokenQuotes> {
    let mut bytes = Cow::Borrowed(&[][..]);
    let mut rest = text;
    loop {
        let mut parts = rest.splitn(2, |byte| *byte == b'"');
        let (before, behind) = parts.next().zip(parts.next()).ok_or(BrokenQuotes::Open)?;
        if bytes.is_empty() {
            bytes = Cow::Borrowed(before);
        } else {
            bytes.to_mut().extend_from_slice(before);
        }
        let Some(further) = behind.strip_prefix(b"\"") else {
            let has_lines = bytes.iter().any(|byte| is_end(*byte));
            return Ok((Cell { bytes, has_lines }, behind));
        };
        bytes.to_mut().push(b'"');
        rest = further;
    }
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// How long the first line is, with its end.
fn length_of_line(text: &[u8]) -> usize {
    let bare = text.iter().position(|byte| is_end(*byte)).unwrap_or(text.len());
    let end = match text.get(bare..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([_, ..]) => 1,
        _ => 0,
    };
    bare.saturating_add(end)
}

/// How many lines end in a text: at LF, CR LF or CR.
fn lines_in(text: &[u8]) -> u64 {
    let mut before = 0;
    let ends = text.iter().filter(|byte| {
        let is_one = is_end(**byte) && !(**byte == b'\n' && before == b'\r');
        before = **byte;
        is_one
    });
    u64::try_from(ends.count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(u64, Result<Vec<String>, BrokenQuotes>)> {
        let records = Records::of(text.as_bytes());
        let cell = |cell: &Cell<'_>| String::from_utf8_lossy(&cell.bytes).into_owned();
        let records =
            records.map(|(line, record)| (line, record.map(|cells| cells.iter().map(cell).collect())));
        records.collect()
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_quoted_cell_holds_commas_quotes_and_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a,\"b, \"\"c\"\"{end}\",\"\"{end}{end}5\" pipe,{end}\"\"\"\"");
            let expected = [
                (1, Ok(cells(&["a", &format!("b, \"c\"{end}"), ""]))),
                (4, Ok(cells(&["5\" pipe", ""]))),
                (5, Ok(cells(&["\""]))),
            ];
            assert_eq!(all(&text), expected, "{end:?}");
        }
        assert_eq!(all("\r\n\n"), []);
    }

    #[test]
    fn quotes_that_are_not_whole_spoil_one_line() {
        let text = "a,\"5\nb\n\"c\" d,e\n\"f\n\"\ng,\"\r\nh";
        let expected = [
            (1, Err(BrokenQuotes::Followed)),
            (2, Ok(cells(&["b"]))),
            (3, Err(BrokenQuotes::Followed)),
            (4, Ok(cells(&["f\n"]))),
            (6, Err(BrokenQuotes::Open)),
            (7, Ok(cells(&["h"]))),
        ];
        assert_eq!(all(text), expected);
    }

    #[test]
    fn a_record_is_given_up_for_its_lines() {
        let mut records = Records::of(b"a,\"b\nc\"\nd");
        let (line, record) = records.next().unwrap();
        assert!(line == 1 && record.unwrap()[1].has_lines);
        records.give_up();
        let rest: Vec<_> = records.map(|(line, record)| (line, record.is_ok())).collect();
        assert_eq!(rest, [(2, true), (3, true)]);
    }
}
