//! What is marked: Enter opens it, whatever is found meanwhile.

use leptos::prelude::*;

use super::found::Target;

/// The mark, by the URL of what is marked.
#[derive(Clone, Copy)]
pub(super) struct Marked {
    found: Memo<Vec<Target>>,
    url: RwSignal<Option<String>>,
    place: Memo<usize>,
}

impl Marked {
    /// The first of what is found, until something else is marked.
    pub(super) fn among(found: Memo<Vec<Target>>, text: RwSignal<String>) -> Self {
        let url = RwSignal::new(None::<String>);
        let place =
            move |_: Option<&usize>| found.with(|found| url.with(|url| place_of(found, url.as_deref())));
        let marked = Self {
            found,
            url,
            place: Memo::new(place),
        };
        // What was found first stays marked when more comes before it. Until something is typed nothing is looked for: the
        // first of all is marked, whatever it is.
        Effect::new(move |_| {
            found.track();
            url.track();
            if !text.with(String::is_empty) {
                marked.put(marked.place.get());
            }
        });
        marked
    }

    /// Where it stands now.
    pub(super) fn place(self) -> usize {
        self.place.get()
    }

    /// Where it stood when it was last looked at.
    pub(super) fn place_untracked(self) -> usize {
        self.place.get_untracked()
    }

    /// Marks what stands there.
    pub(super) fn put(self, at: usize) {
        let url = self
            .found
            .with_untracked(|found| found.get(at).map(|target| target.url.clone()));
        if self.url.with_untracked(|now| *now != url) {
            self.url.set(url);
        }
    }

    /// Something else is looked for.
    pub(super) fn begin_anew(self) {
        self.url.set(None);
    }
}

/// Where what is marked stands, also when more was found meanwhile; the first, where it is found no more.
pub(super) fn place_of(found: &[Target], marked: Option<&str>) -> usize {
    let place = found
        .iter()
        .position(|target| Some(target.url.as_str()) == marked);
    place.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::search::found::Group;

    fn target(title: &str) -> Target {
        Target {
            group: Group::Rules,
            title: title.to_owned(),
            remark: String::new(),
            id: String::new(),
            url: format!("/app/{title}"),
        }
    }

    #[test]
    fn what_is_marked_stays_so_when_more_is_found() {
        let found = [target("runs")];
        let marked = Some("/app/runs");
        assert_eq!(place_of(&found, marked), 0);
        let found = [target("royalties"), target("runs")];
        assert_eq!(place_of(&found, marked), 1);
        assert_eq!(place_of(&found, Some("/app/gone")), 0);
        assert_eq!(place_of(&found, None), 0);
    }
}
