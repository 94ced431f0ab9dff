//! "Did you mean": the known name that is closest to one that is not known.

/// The candidate closest to `unknown`, if one is close enough to be what was meant. Time is proportional to
/// the lengths of those that are about as long as `unknown`, times its own.
pub fn closest<'a>(unknown: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = unknown.chars().count();
    let allowed = (length / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::osa_distance(unknown, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *candidate != unknown)
        .min()
        .map(|(_, candidate)| candidate)
}

/// " Did you mean `x`?" where a candidate is close, else nothing.
pub fn hint<'a>(unknown: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    closest(unknown, candidates)
        .map(|name| format!(" Did you mean `{name}`?"))
        .unwrap_or_default()
}

/// A list in words: `a`, `b` or `c`.
pub(crate) fn one_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(
            closest("conditional-1", ["condition-1", "condition-2"]),
            Some("condition-1")
        );
        assert_eq!(
            closest("depend_on", ["depends_on", "node_id"]),
            Some("depends_on")
        );
        assert_eq!(closest("xyz", ["condition-1"]), None);
        assert_eq!(closest("a", []), None);
    }

    #[test]
    fn lists_in_words() {
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(&["a"]), "`a`");
    }
}
