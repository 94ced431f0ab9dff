//! Every text that a person reads, in every language.
//!
//! [`Words`] has one member per text and each language is one value of it, so a text that is missing, or is no longer
//! used, does not compile. What the server says (a rule's name, a problem's detail) is shown as it comes.

mod english;
mod portuguese;
mod portuguese_tasks;

use canvas::run::Appearance;
use leptos::prelude::expect_context;

use api_types::{DeadLetterStatus, RuleStatus, RunStatus, Task};

/// A language of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    English,
    /// Brazilian Portuguese.
    Portuguese,
}

impl Language {
    /// All, in the order in which they are offered.
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::Portuguese];

    /// The language for what a browser says, such as `pt-BR`.
    pub(crate) fn of_browser(tag: &str) -> Self {
        let is_portuguese = tag.get(..2).is_some_and(|tag| tag.eq_ignore_ascii_case("pt"));
        if is_portuguese {
            Self::Portuguese
        } else {
            Self::English
        }
    }

    /// The language with this [`Self::tag`].
    pub(crate) fn by_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Its name in code.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt",
        }
    }

    /// For what the graph says.
    pub(crate) fn of_canvas(self) -> canvas::words::Language {
        match self {
            Self::English => canvas::words::Language::En,
            Self::Portuguese => canvas::words::Language::Pt,
        }
    }

    /// For what the browser writes: numbers, times.
    pub(crate) fn locale(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt-BR",
        }
    }

    /// Its name in itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Portuguese => "Português",
        }
    }

    /// Its texts.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &english::WORDS,
            Self::Portuguese => &portuguese::WORDS,
        }
    }
}

/// The language that a part of the page is written in. When it changes, the page is built anew.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written(pub(crate) Language);

/// The texts in the language of the page.
pub(crate) fn words() -> &'static Words {
    language().words()
}

/// The language of the page.
pub(crate) fn language() -> Language {
    expect_context::<Written>().0
}

/// All texts.
pub(crate) struct Words {
    pub(crate) pages: Pages,
    pub(crate) frame: Frame,
    pub(crate) search: Search,
    pub(crate) common: Common,
    pub(crate) faults: Faults,
    pub(crate) rules: Rules,
    pub(crate) runs: Runs,
    pub(crate) run: Run,
    pub(crate) ledger: Ledger,
    pub(crate) overview: Overview,
    pub(crate) dead_letters: DeadLetters,
    pub(crate) tasks: Tasks,
}

/// The names of the pages.
pub(crate) struct Pages {
    pub(crate) overview: &'static str,
    pub(crate) ledger: &'static str,
    pub(crate) money: &'static str,
    pub(crate) payments: &'static str,
    pub(crate) accounts: &'static str,
    pub(crate) holds: &'static str,
    pub(crate) rules: &'static str,
    pub(crate) runs: &'static str,
    pub(crate) dead_letters: &'static str,
    pub(crate) tasks: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) unknown_hint: &'static str,
    pub(crate) home: &'static str,
}

/// What stands around every page.
pub(crate) struct Frame {
    pub(crate) skip: &'static str,
    pub(crate) rail: &'static str,
    pub(crate) slim_rail: &'static str,
    pub(crate) wide_rail: &'static str,
    pub(crate) company: &'static str,
    pub(crate) language: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) theme_system: &'static str,
    pub(crate) theme_light: &'static str,
    pub(crate) theme_dark: &'static str,
    pub(crate) local: &'static str,
    pub(crate) local_hint: &'static str,
    pub(crate) no_company_title: &'static str,
    pub(crate) no_company: &'static str,
    pub(crate) create_company: &'static str,
    pub(crate) company_name: &'static str,
}

/// The search over everything.
pub(crate) struct Search {
    pub(crate) open: &'static str,
    pub(crate) placeholder: &'static str,
    pub(crate) results: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) accounts: &'static str,
    pub(crate) runs_of_event: fn(&str) -> String,
    pub(crate) nothing: &'static str,
}

/// What many pages say.
pub(crate) struct Common {
    pub(crate) loading: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) close: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) clear_filters: &'static str,
    pub(crate) just_now: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) required: &'static str,
    pub(crate) no_match_title: &'static str,
    pub(crate) no_match: &'static str,
}

/// What went wrong.
pub(crate) struct Faults {
    pub(crate) unreachable: &'static str,
    pub(crate) unreadable: &'static str,
    pub(crate) page_failed: &'static str,
    pub(crate) invalid_rule: fn(usize) -> String,
    /// What the server says is wrong with a request, a run or a message.
    pub(crate) told: fn(&str) -> String,
    /// What the server remarks on a rule; as it is, where this program has no words for it, as for a draft's faults.
    pub(crate) warned: fn(&str) -> String,
}

/// The page of rules.
pub(crate) struct Rules {
    pub(crate) new: &'static str,
    pub(crate) search: &'static str,
    pub(crate) show_archived: &'static str,
    pub(crate) name: &'static str,
    pub(crate) status: &'static str,
    pub(crate) version: &'static str,
    pub(crate) nodes: &'static str,
    pub(crate) last_runs: &'static str,
    pub(crate) no_runs: &'static str,
    pub(crate) updated: &'static str,
    pub(crate) statuses: fn(RuleStatus) -> &'static str,
    pub(crate) published_is: fn(u32) -> String,
    pub(crate) warnings: fn(usize) -> String,
    pub(crate) publish: fn(u32) -> String,
    pub(crate) published: fn(&str, u32) -> String,
    pub(crate) archive: &'static str,
    pub(crate) archive_title: fn(&str) -> String,
    pub(crate) archive_meaning: &'static str,
    pub(crate) archived: fn(&str) -> String,
    pub(crate) saved: fn(&str) -> String,
    pub(crate) empty_title: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) new_title: &'static str,
    pub(crate) new_meaning: &'static str,
    pub(crate) from_file: &'static str,
    pub(crate) from_file_hint: &'static str,
    pub(crate) blank: &'static str,
    pub(crate) blank_hint: &'static str,
    pub(crate) examples: &'static str,
    pub(crate) drop_here: &'static str,
    pub(crate) not_json: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) example_texts: ExampleTexts,
}

/// What each example shows.
pub(crate) struct ExampleTexts {
    pub(crate) marketplace_split: &'static str,
    pub(crate) physical_product: &'static str,
    pub(crate) subscription_royalty: &'static str,
    pub(crate) service: &'static str,
    pub(crate) digital_abroad: &'static str,
    pub(crate) fraud_screen: &'static str,
    pub(crate) refused_payment: &'static str,
    pub(crate) hold_and_capture: &'static str,
}

/// The page of runs.
pub(crate) struct Runs {
    pub(crate) status: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) event: &'static str,
    pub(crate) accepted: &'static str,
    pub(crate) took: &'static str,
    pub(crate) result: &'static str,
    pub(crate) any_status: &'static str,
    pub(crate) any_rule: &'static str,
    pub(crate) any_time: &'static str,
    pub(crate) time: &'static str,
    pub(crate) last_hour: &'static str,
    pub(crate) last_day: &'static str,
    pub(crate) last_week: &'static str,
    pub(crate) find_event: &'static str,
    pub(crate) live: &'static str,
    pub(crate) live_hint: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) offline_hint: &'static str,
    pub(crate) new_above: fn(usize) -> String,
    pub(crate) statuses: fn(RunStatus) -> &'static str,
    pub(crate) at_node: fn(&str) -> String,
    pub(crate) empty_title: &'static str,
    pub(crate) empty: &'static str,
}

/// The page of a run.
pub(crate) struct Run {
    pub(crate) graph: &'static str,
    pub(crate) zoom_in: &'static str,
    pub(crate) zoom_out: &'static str,
    pub(crate) zoom_fit: &'static str,
    pub(crate) node_states: fn(Appearance) -> &'static str,
    pub(crate) no_graph: &'static str,
    pub(crate) finished: &'static str,
    pub(crate) id: &'static str,
    pub(crate) of_event: &'static str,
    pub(crate) try_out: &'static str,
    pub(crate) compared: &'static str,
    pub(crate) was: &'static str,
    pub(crate) input: &'static str,
    pub(crate) output: &'static str,
    pub(crate) attempts: &'static str,
    pub(crate) undone: &'static str,
    pub(crate) not_undone: &'static str,
    pub(crate) undoing: &'static str,
    pub(crate) posted: &'static str,
    pub(crate) nothing_posted: &'static str,
    pub(crate) sent: &'static str,
    pub(crate) nothing_sent: &'static str,
    pub(crate) event: &'static str,
    pub(crate) event_erased: &'static str,
    pub(crate) choose_node: &'static str,
}

/// The pages of the ledger.
pub(crate) struct Ledger {
    pub(crate) balances: &'static str,
    pub(crate) differs: fn(&str) -> String,
    pub(crate) accounts: fn(u64) -> String,
    pub(crate) debits: &'static str,
    pub(crate) credits: &'static str,
    pub(crate) difference: &'static str,
    pub(crate) account: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) kinds: fn(&str) -> &'static str,
    pub(crate) currency: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) available: &'static str,
    pub(crate) debit: &'static str,
    pub(crate) credit: &'static str,
    pub(crate) posted: &'static str,
    pub(crate) transaction: &'static str,
    pub(crate) run: &'static str,
    pub(crate) node: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) reverses: &'static str,
    pub(crate) metadata: &'static str,
    pub(crate) find_account: &'static str,
    pub(crate) empty_title: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) no_entries_title: &'static str,
    pub(crate) no_entries: &'static str,
}

/// The overview.
pub(crate) struct Overview {
    pub(crate) period: &'static str,
    pub(crate) per_minute: &'static str,
    pub(crate) per_minute_hint: &'static str,
    pub(crate) runs: &'static str,
    pub(crate) latency: &'static str,
    pub(crate) latency_hint: &'static str,
    pub(crate) half: &'static str,
    pub(crate) almost_all: &'static str,
    pub(crate) queue: &'static str,
    pub(crate) queue_hint: &'static str,
    pub(crate) queue_unknown: &'static str,
    pub(crate) in_flight: fn(u64) -> String,
    pub(crate) oldest: fn(&str) -> String,
    pub(crate) dead_letters_none: &'static str,
    pub(crate) dead_letters_some: &'static str,
    pub(crate) amounts: &'static str,
    pub(crate) transactions: fn(u64) -> String,
    pub(crate) nothing: &'static str,
}

/// The page of dead letters.
pub(crate) struct DeadLetters {
    pub(crate) meaning: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) event: &'static str,
    pub(crate) unknown_event: &'static str,
    pub(crate) since: &'static str,
    pub(crate) status: &'static str,
    pub(crate) statuses: fn(DeadLetterStatus) -> &'static str,
    pub(crate) requeue: &'static str,
    pub(crate) requeue_title: &'static str,
    pub(crate) requeue_meaning: &'static str,
    pub(crate) requeued: &'static str,
    pub(crate) body: &'static str,
    pub(crate) body_base64: &'static str,
    pub(crate) partition: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) id: &'static str,
    pub(crate) empty_title: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) runs_of_event: &'static str,
}

/// The page of tasks.
pub(crate) struct Tasks {
    /// The title and the meaning of a task of the catalogue, where the catalogue's own are in another language.
    pub(crate) known: fn(&str) -> Option<(&'static str, &'static str)>,
    /// What a task's schema says of a member.
    pub(crate) member: fn(&str) -> String,
    pub(crate) search: &'static str,
    pub(crate) ledgered: &'static str,
    pub(crate) ledgered_hint: &'static str,
    pub(crate) external: &'static str,
    pub(crate) external_hint: &'static str,
    pub(crate) parameters: &'static str,
    pub(crate) no_parameters: &'static str,
    pub(crate) outputs: &'static str,
    pub(crate) no_outputs: &'static str,
    pub(crate) example: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) default_is: fn(&str) -> String,
    pub(crate) choose: &'static str,
    pub(crate) list_of: fn(&str) -> String,
    pub(crate) types: fn(&str) -> &'static str,
    pub(crate) or: &'static str,
}

impl Tasks {
    /// Tasks of the catalogue in this language, as far as it has words for them.
    pub(crate) fn translated(&self, tasks: Vec<Task>) -> Vec<Task> {
        let tasks = tasks.into_iter().map(|task| match (self.known)(&task.name) {
            Some((title, description)) => Task {
                title: title.to_owned(),
                description: description.to_owned(),
                ..task
            },
            None => task,
        });
        tasks.collect()
    }
}

#[cfg(test)]
mod tests {
    use api_types::JsonText;

    use super::*;

    #[test]
    fn tasks_are_called_in_the_language_and_others_as_they_are() {
        let task = |name: &str| Task {
            name: name.to_owned(),
            title: "as it is".to_owned(),
            description: String::new(),
            kind: api_types::TaskKind::Ledgered,
            input_schema: JsonText::new("{}".to_owned()).unwrap(),
            output_schema: JsonText::new("{}".to_owned()).unwrap(),
            example: JsonText::new("{}".to_owned()).unwrap(),
        };
        let tasks = ["payment.tasks.hold", "payment.tasks.of_a_customer"].map(task);
        let titles = |language: Language| {
            let tasks = language.words().tasks.translated(tasks.to_vec());
            tasks.into_iter().map(|task| task.title).collect::<Vec<_>>()
        };
        assert_eq!(titles(Language::Portuguese), ["Reservar", "as it is"]);
        assert_eq!(titles(Language::English), ["as it is", "as it is"]);
    }

    #[test]
    fn the_browsers_language_is_taken_if_it_is_one_of_ours() {
        assert_eq!(Language::of_browser("pt-BR"), Language::Portuguese);
        assert_eq!(Language::of_browser("PT"), Language::Portuguese);
        for other in ["en-GB", "fr", "p", "", "日本語"] {
            assert_eq!(Language::of_browser(other), Language::English, "{other}");
        }
        for language in Language::ALL {
            assert_eq!(Language::by_tag(language.tag()), Some(language));
        }
    }

    #[test]
    fn one_is_not_many() {
        for language in Language::ALL {
            let words = language.words();
            for of_number in [words.rules.warnings, words.runs.new_above] {
                assert_ne!(of_number(1).replace('1', ""), of_number(2).replace('2', ""));
            }
        }
    }
}
