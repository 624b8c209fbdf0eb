//! The frame of a page: language, texts, who is signed in, the rail and its foot. Every template holds one [`Page`].

use anlan_base::text::{Lang, text};
use askama::Template;
use askama::filters::Safe;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::assets;
use crate::console::House;
use crate::failure::Failure;
use crate::session::{Signed, Visitor};

/// The places of the rail. Pages that are not built yet are absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Entrance,
    Overview,
    Todo,
    Calendar,
    Records,
    Hazards,
    Complaints,
    Personal,
    People,
    Units,
    Account,
    Logs,
    Sources,
    Inspection,
    Compliance,
    Library,
    Settings,
}

pub(crate) struct Page {
    pub(crate) lang: Lang,
    pub(crate) title: String,
    pub(crate) section: Section,
    /// Empty before signing in.
    pub(crate) user: String,
    /// The hidden field of every form on the page.
    pub(crate) token: String,
    /// Path and query of this page, to come back to after a change of language.
    pub(crate) here: String,
    pub(crate) checkpoint: String,
    /// How much is to be done; empty: nothing, or nobody is signed in.
    pub(crate) todo: String,
    /// Whether the rail leads to the logs, and to the settings.
    pub(crate) to_logs: bool,
    pub(crate) to_settings: bool,
    pub(crate) to_inspection: bool,
}

impl Page {
    pub(crate) fn signed(house: &House, who: &Signed, section: Section, title_key: &str) -> Self {
        Self {
            lang: who.lang,
            title: text(who.lang, title_key, &[]),
            section,
            user: who.session.user.name.clone(),
            token: who.session.csrf.clone(),
            here: who.here.clone(),
            checkpoint: grouped(house.console.prover.checkpoint_size()),
            todo: who.todo.clone(),
            to_logs: anlan_ledger::LOG_READERS.iter().any(|role| who.rights.has(*role)),
            to_settings: crate::routes::has_at_root(house, who, anlan_law::kind::Role::System),
            to_inspection: crate::inspection::INSPECTED.iter().any(|role| who.rights.has(*role)),
        }
    }

    /// A page of a register: it stands in the rail where its kind does, under a title of its own.
    pub(crate) fn records(house: &House, who: &Signed, place: anlan_law::kind::Section, title: &str) -> Self {
        use anlan_law::kind::Section as Place;
        let section = match place {
            Place::Hazards => Section::Hazards,
            Place::Complaints => Section::Complaints,
            Place::Personal => Section::Personal,
            _ => Section::Records,
        };
        Self { title: title.to_owned(), ..Self::signed(house, who, section, "records-title") }
    }

    pub(crate) fn entrance(who: &Visitor, token: &str, title_key: &str) -> Self {
        Self {
            lang: who.lang,
            title: text(who.lang, title_key, &[]),
            section: Section::Entrance,
            user: String::new(),
            token: token.to_owned(),
            here: who.here.clone(),
            checkpoint: String::new(),
            todo: String::new(),
            to_logs: false,
            to_settings: false,
            to_inspection: false,
        }
    }

    /// The text of a key.
    pub(crate) fn t(&self, key: &str) -> String {
        text(self.lang, key, &[])
    }

    pub(crate) fn t1(&self, key: &str, name: &str, value: &str) -> String {
        text(self.lang, key, &[(name, value)])
    }

    pub(crate) fn t2(&self, key: &str, first: &str, first_value: &str, second: &str, second_value: &str) -> String {
        text(self.lang, key, &[(first, first_value), (second, second_value)])
    }

    pub(crate) fn css(&self) -> &'static str {
        match self.section {
            Section::Overview | Section::Compliance => assets::duty_css_address(),
            Section::Library => assets::law_css_address(),
            Section::Sources | Section::Inspection => assets::sources_css_address(),
            _ => assets::css_address(),
        }
    }

    pub(crate) fn js(&self) -> &'static str {
        assets::js_address()
    }

    /// The other language, as its tag and in its own words.
    pub(crate) fn other_lang(&self) -> (&'static str, &'static str) {
        match self.lang {
            Lang::Zh => (Lang::En.tag(), "English"),
            Lang::En => (Lang::Zh.tag(), "中文"),
        }
    }

    /// The attribute that words of the law carry on a page in another language.
    pub(crate) fn lang_of_law(&self) -> Safe<&'static str> {
        Safe(if self.lang == Lang::Zh { "" } else { " lang=zh-CN" })
    }

    /// Whether the pages of compliance are built; until then the rail does not name them.
    pub(crate) fn has_compliance(&self) -> bool {
        crate::compliance::IS_BUILT
    }

    pub(crate) fn is(&self, section: Section) -> bool {
        self.section == section
    }
}

/// Draws a page.
pub(crate) fn show(status: StatusCode, template: &impl Template) -> Result<Response, Failure> {
    let html = template.render()?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

/// After a form: go and see.
pub(crate) fn see_other(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
}

/// `1234567` as `1 234 567`, the spaces narrow and unbreakable.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// How long ago, in the largest whole unit: 刚刚, 5 分钟前, 3 小时前, 12 天前.
pub(crate) fn ago(lang: Lang, nanos: u64) -> String {
    let minutes = nanos / (60 * anlan_base::Instant::SECOND);
    let (key, n) = match minutes {
        0 => ("ago-now", 0),
        1..60 => ("ago-minutes", minutes),
        60..2880 => ("ago-hours", minutes / 60),
        _ => ("ago-days", minutes / 1440),
    };
    text(lang, key, &[("n", &n.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, shown) in [(0, "0"), (999, "999"), (1000, "1\u{202f}000"), (1_234_567, "1\u{202f}234\u{202f}567")] {
            assert_eq!(grouped(number), shown);
        }
    }
}
