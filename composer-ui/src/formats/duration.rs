//! How long something took, as short as it can be said.

/// `38 ms`, `1.4 s`, `3 min 20 s`.
pub(crate) fn took(millis: f64) -> String {
    if millis < 1.0 {
        "< 1 ms".to_owned()
    } else if millis < 1_000.0 {
        format!("{millis:.0} ms")
    } else if millis < 60_000.0 {
        format!("{:.1} s", millis / 1_000.0)
    } else {
        let seconds = millis / 1_000.0;
        format!(
            "{:.0} min {:.0} s",
            (seconds / 60.0).floor(),
            (seconds % 60.0).floor()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_follows_the_length() {
        for (millis, text) in [
            (0.0, "< 1 ms"),
            (38.2, "38 ms"),
            (1_440.0, "1.4 s"),
            (200_900.0, "3 min 20 s"),
        ] {
            assert_eq!(took(millis), text);
        }
    }
}
