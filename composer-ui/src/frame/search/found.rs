//! What a search finds, and in which order.

use crate::words::Words;

/// How many of a group are shown.
const SHOWN: usize = 6;

/// What is found together stands together, in this order. What has an id comes last: it is asked for anew with what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Rules,
    Tasks,
    Pages,
    Accounts,
    Payments,
    Holds,
    Runs,
}

impl Group {
    const ALL: [Self; 7] = [
        Self::Rules,
        Self::Tasks,
        Self::Pages,
        Self::Accounts,
        Self::Payments,
        Self::Holds,
        Self::Runs,
    ];

    pub(super) fn title(self, words: &Words) -> &'static str {
        match self {
            Self::Rules => words.pages.rules,
            Self::Tasks => words.pages.tasks,
            Self::Pages => words.search.pages,
            Self::Accounts => words.search.accounts,
            Self::Payments => words.pages.payments,
            Self::Holds => words.pages.holds,
            Self::Runs => words.pages.runs,
        }
    }
}

/// Something to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) group: Group,
    pub(super) title: String,
    /// What else is to be said of it.
    pub(super) remark: String,
    /// By which it is found as a whole; empty where it has none.
    pub(super) id: String,
    /// Which tells it from all others.
    pub(super) url: String,
}

/// How well a text fits; the smaller the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Id,
    Beginning,
    Word,
    Part,
}

impl Target {
    /// Whether this is its id.
    pub(super) fn is_of_id(&self, id: &str) -> bool {
        !self.id.is_empty() && self.id.to_lowercase() == id.to_lowercase()
    }

    fn fit(&self, text: &str) -> Option<Fit> {
        if self.is_of_id(text) {
            return Some(Fit::Id);
        }
        let title = self.title.to_lowercase();
        if title.starts_with(text) {
            return Some(Fit::Beginning);
        }
        let is_word = |(at, _): (usize, &str)| {
            let before = title.get(..at).and_then(|before| before.chars().next_back());
            !before.is_some_and(char::is_alphanumeric)
        };
        if title.match_indices(text).any(is_word) {
            return Some(Fit::Word);
        }
        title.contains(text).then_some(Fit::Part)
    }
}

/// What fits the text, group by group, the best of each first.
pub(super) fn matching(known: &[Target], text: &str) -> Vec<Target> {
    let text = text.trim().to_lowercase();
    let of_group = |group| {
        let mut fitting: Vec<(Fit, &Target)> = known
            .iter()
            .filter(|target| target.group == group)
            .filter_map(|target| Some((target.fit(&text)?, target)))
            .collect();
        fitting.sort_by_key(|(fit, _)| *fit);
        fitting.into_iter().take(SHOWN).map(|(_, target)| target.clone())
    };
    Group::ALL.into_iter().flat_map(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(group: Group, title: &str) -> Target {
        Target {
            group,
            title: title.to_owned(),
            remark: String::new(),
            id: format!("id-of-{title}"),
            url: String::new(),
        }
    }

    fn titles(known: &[Target], text: &str) -> Vec<String> {
        let found = matching(known, text).into_iter();
        found.map(|target| target.title).collect()
    }

    #[test]
    fn beginnings_come_before_words_and_words_before_parts() {
        let known =
            ["bigsale", "product-sale", "sales abroad", "Émile"].map(|title| target(Group::Rules, title));
        assert_eq!(
            titles(&known, " SALE "),
            ["sales abroad", "product-sale", "bigsale"]
        );
        assert_eq!(titles(&known, "é"), ["Émile"]);
        assert_eq!(titles(&known, "").len(), 4);
        assert!(titles(&known, "zebra").is_empty());
    }

    #[test]
    fn an_id_is_found_as_a_whole_only() {
        let known = [target(Group::Rules, "a"), target(Group::Rules, "b")];
        assert_eq!(titles(&known, "ID-OF-b"), ["b"]);
        assert!(titles(&known, "id-of").is_empty());
    }

    #[test]
    fn groups_stay_together_and_none_fills_the_list() {
        let mut known: Vec<Target> = (0..20)
            .map(|number| target(Group::Rules, &format!("r{number}")))
            .collect();
        known.insert(3, target(Group::Pages, "runs"));
        known.insert(0, target(Group::Runs, "run 1"));
        let found = matching(&known, "r");
        assert_eq!(found.len(), SHOWN + 2);
        assert!(found.is_sorted_by_key(|target| Group::ALL.iter().position(|group| *group == target.group)));
    }
}
