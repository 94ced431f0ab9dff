//! Which stretch of time, in which steps.

use jiff::{SignedDuration, Timestamp};
use service::Problem;
use store::StatisticsQuery;
use uuid::Uuid;

use crate::{Moment, problems::invalid_parameter};

const UNLESS_SAID: SignedDuration = SignedDuration::from_hours(1);
/// How many steps there are unless their length is said.
const STEPS: i64 = 120;
const MAX_STEPS: i64 = 1_000;

/// A stretch of time in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) step_s: u32,
}

impl Range {
    /// Reads the parameters.
    ///
    /// # Errors
    /// 400 for a stretch that ends before it begins, or has too many steps.
    pub(super) fn of(
        from: Option<Moment>,
        to: Option<Moment>,
        step_s: Option<u32>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let to = to.map_or(now, |Moment(to)| to);
        let from = from.map_or_else(
            || to.saturating_sub(UNLESS_SAID).unwrap_or(Timestamp::MIN),
            |Moment(from)| from,
        );
        if from >= to {
            let reason = format!("it must be before `to`, which is {to}.");
            return Err(invalid_parameter("from", &reason));
        }
        let step_s = step_s.map_or_else(|| unless_said(from, to), Ok)?;
        if step_s == 0 {
            return Err(invalid_parameter(
                "step",
                "it is a whole number of seconds, at least 1.",
            ));
        }
        let count = steps(from, to, step_s.into());
        if count > MAX_STEPS {
            let reason =
                format!("there would be {count} steps of {step_s} s, and at most {MAX_STEPS} are shown.");
            return Err(invalid_parameter("step", &reason));
        }
        Ok(Self { from, to, step_s })
    }

    /// What to ask the store.
    pub(super) fn query(self, company_id: Option<Uuid>) -> StatisticsQuery {
        let step = SignedDuration::from_secs(self.step_s.into());
        StatisticsQuery {
            company_id,
            from: self.from,
            to: self.to,
            step,
        }
    }
}

/// The shortest step, in whole seconds, with which there are not too many.
fn unless_said(from: Timestamp, to: Timestamp) -> Result<u32, Problem> {
    u32::try_from(steps(from, to, STEPS))
        .map_err(|_| invalid_parameter("from", "it is too long before `to`."))
}

/// How many stretches of `length_s` seconds it takes, the last perhaps shorter.
fn steps(from: Timestamp, to: Timestamp, length_s: i64) -> i64 {
    let length = to.duration_since(from);
    let whole = length
        .as_secs()
        .saturating_add(i64::from(length.subsec_nanos() > 0));
    whole
        .div_euclid(length_s)
        .saturating_add(i64::from(whole.rem_euclid(length_s) > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment(text.parse().unwrap())
    }

    fn range(from: Option<&str>, to: Option<&str>, step_s: Option<u32>) -> Result<Range, String> {
        let now = at("2026-01-01T12:00:00Z").0;
        let range = Range::of(from.map(at), to.map(at), step_s, now);
        range.map_err(|problem| problem.errors()[0].pointer.clone())
    }

    #[test]
    fn unless_said_it_is_the_last_hour_in_steps_of_thirty_seconds() {
        let Range { from, to, step_s } = range(None, None, None).unwrap();
        assert_eq!(from.to_string(), "2026-01-01T11:00:00Z");
        assert_eq!((to.to_string().as_str(), step_s), ("2026-01-01T12:00:00Z", 30));
    }

    #[test]
    fn steps_are_bounded() {
        let day = Some("2025-12-31T12:00:00Z");
        assert_eq!(range(day, None, None).unwrap().step_s, 720);
        assert_eq!(range(day, None, Some(87)).unwrap().step_s, 87);
        assert_eq!(range(day, None, Some(86)), Err("step".to_owned()));
        assert_eq!(range(day, None, Some(0)), Err("step".to_owned()));
        assert_eq!(
            range(Some("2026-01-01T11:59:59.5Z"), None, None).unwrap().step_s,
            1
        );
        let always = Some("-009999-01-02T01:59:59Z");
        assert_eq!(
            range(always, Some("9999-12-30T22:00:00Z"), None),
            Err("from".to_owned())
        );
    }

    #[test]
    fn a_stretch_begins_before_it_ends() {
        assert_eq!(
            range(Some("2026-01-01T12:00:00Z"), None, None),
            Err("from".to_owned())
        );
        assert_eq!(
            range(None, Some("-009999-01-02T01:59:59Z"), None),
            Err("from".to_owned())
        );
    }
}
