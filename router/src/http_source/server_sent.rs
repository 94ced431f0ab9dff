//! Server-sent events, as the HTML standard defines their lines: what a stream of notices needs of it.

/// How long a line, and the data of an event, may be.
const MAX_BYTES: usize = 64 << 10;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ServerSent {
    pub(super) name: String,
    pub(super) data: String,
}

/// Makes events of bytes, however these are cut. Lines end in LF or CR LF.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    event: ServerSent,
}

impl Decoder {
    /// The events that are complete with these bytes.
    ///
    /// # Errors
    /// What is no such stream; nothing can be read after it.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<ServerSent>, String> {
        let mut complete = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.len() > MAX_BYTES {
                return Err(format!("a line is longer than {MAX_BYTES} bytes"));
            }
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                let line = std::str::from_utf8(&line).map_err(|_| "a line is not UTF-8".to_owned())?;
                complete.extend(self.take(line.trim_end_matches(['\r', '\n']))?);
            }
        }
        Ok(complete)
    }

    /// Takes a line in. An empty one completes the event, unless it has no data: such are comments and keep-alives.
    fn take(&mut self, line: &str) -> Result<Option<ServerSent>, String> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return Ok((!event.data.is_empty()).then_some(event));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            // A comment has no name; ids and reconnection times are not needed here.
            _ => {}
        }
        if self.event.data.len() > MAX_BYTES {
            return Err(format!("an event has more than {MAX_BYTES} bytes"));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = ": hello\n\nevent: published\ndata: {\"a\":1}\nid: 7\n\r\n:\n\ndata:x\r\ndata: y\r\n\r\nevent: lost\n\ndata: cut";

    fn expected() -> Vec<ServerSent> {
        let event = |name: &str, data: &str| ServerSent {
            name: name.to_owned(),
            data: data.to_owned(),
        };
        vec![event("published", "{\"a\":1}"), event("", "x\ny")]
    }

    proptest! {
        #[test]
        fn events_are_the_same_however_the_bytes_are_cut(mut cuts in prop::collection::vec(0..STREAM.len(), 0..8)) {
            cuts.sort_unstable();
            let mut decoder = Decoder::default();
            let (mut events, mut from) = (Vec::new(), 0);
            for to in cuts.into_iter().chain([STREAM.len()]) {
                events.extend(decoder.feed(&STREAM.as_bytes()[from..to]).unwrap());
                from = to;
            }
            prop_assert_eq!(events, expected());
        }
    }

    #[test]
    fn a_stream_is_bounded() {
        assert!(Decoder::default().feed(&vec![b'x'; MAX_BYTES + 1]).is_err());
        let mut decoder = Decoder::default();
        let line = format!("data: {}\n", "x".repeat(MAX_BYTES / 2));
        assert!(decoder.feed(line.as_bytes()).is_ok());
        assert!(decoder.feed(line.repeat(2).as_bytes()).is_err());
        assert!(Decoder::default().feed(b"\xff\n").is_err());
    }
}
