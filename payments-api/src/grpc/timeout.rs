//! How long a caller waits: the header `grpc-timeout`.

use std::time::Duration;

use tonic::Status;
use tonic::codegen::http::HeaderMap;

const HEADER: &str = "grpc-timeout";
const MAX_DIGITS: usize = 8;

/// How long the caller of a request with these headers waits, if it says so.
///
/// # Errors
/// `INVALID_ARGUMENT`: it cannot be read.
pub(super) fn of(headers: &HeaderMap) -> Result<Option<Duration>, Status> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let read = value.to_str().ok().and_then(read);
    let unreadable = "The `grpc-timeout` is 1 to 8 digits and one of the units H, M, S, m, u, n.";
    read.map(Some).ok_or_else(|| Status::invalid_argument(unreadable))
}

fn read(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let fits = (1..=MAX_DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count: u64 = digits.parse().ok().filter(|_| fits)?;
    Some(match unit {
        "H" => Duration::from_secs(count.saturating_mul(3_600)),
        "M" => Duration::from_secs(count.saturating_mul(60)),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

/// The caller's time is over. What was handed in is carried out all the same.
pub(super) fn over() -> Status {
    Status::deadline_exceeded(
        "The deadline has passed. What was begun is carried out; sent again under its idempotency key, it is answered by what \
         became of it.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_read() {
        let units = ["2H", "2M", "2S", "2m", "2u", "2n"].map(|text| read(text).unwrap().as_nanos());
        assert_eq!(
            units,
            [
                7_200_000_000_000,
                120_000_000_000,
                2_000_000_000,
                2_000_000,
                2_000,
                2
            ]
        );
        assert_eq!(read("99999999H").unwrap().as_secs(), 359_999_996_400);
    }

    #[test]
    fn what_is_no_timeout_is_refused() {
        for text in [
            "",
            "S",
            "1",
            "1s",
            "-1S",
            "+1S",
            "1.5S",
            "123456789S",
            "1ß",
            " 1S",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
