//! The words shown to people: Fluent files under `locales/`, one set per language, compiled in.
//!
//! Invariants: every key stands in both languages with the same placeholders (tidy checks it); a missing key shows itself as `‹key›`, never a panic.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// The languages of the console and the shell. Chinese first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The first language of an `Accept-Language` or `LANG` value that Anlan speaks; Chinese where none is.
    #[must_use]
    pub fn from_preference(value: &str) -> Self {
        for part in value.split([',', ';', ':']) {
            let part = part.trim().to_ascii_lowercase();
            if part.starts_with("zh") {
                return Self::Zh;
            }
            if part.starts_with("en") {
                return Self::En;
            }
        }
        Self::Zh
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }
}

static ZH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    load(
        "zh-CN",
        &[
            include_str!("../../../locales/zh/shell.ftl"),
            include_str!("../../../locales/zh/verify.ftl"),
            include_str!("../../../locales/zh/console.ftl"),
            include_str!("../../../locales/zh/law.ftl"),
            include_str!("../../../locales/zh/library.ftl"),
            include_str!("../../../locales/zh/duties.ftl"),
            include_str!("../../../locales/zh/sheets.ftl"),
            include_str!("../../../locales/zh/kind.ftl"),
            include_str!("../../../locales/zh/records.ftl"),
            include_str!("../../../locales/zh/people.ftl"),
            include_str!("../../../locales/zh/ledger.ftl"),
            include_str!("../../../locales/zh/api.ftl"),
            include_str!("../../../locales/zh/inspection.ftl"),
            include_str!("../../../locales/zh/coverage.ftl"),
            include_str!("../../../locales/zh/measured.ftl"),
            include_str!("../../../locales/zh/demo.ftl"),
            include_str!("../../../locales/zh/evidence.ftl"),
            include_str!("../../../locales/zh/store.ftl"),
            include_str!("../../../locales/zh/overview.ftl"),
            include_str!("../../../locales/zh/verdict.ftl"),
            include_str!("../../../locales/zh/install.ftl"),
            include_str!("../../../locales/zh/paper.ftl"),
        ],
    )
});
static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    load(
        "en",
        &[
            include_str!("../../../locales/en/shell.ftl"),
            include_str!("../../../locales/en/verify.ftl"),
            include_str!("../../../locales/en/console.ftl"),
            include_str!("../../../locales/en/law.ftl"),
            include_str!("../../../locales/en/library.ftl"),
            include_str!("../../../locales/en/duties.ftl"),
            include_str!("../../../locales/en/sheets.ftl"),
            include_str!("../../../locales/en/kind.ftl"),
            include_str!("../../../locales/en/records.ftl"),
            include_str!("../../../locales/en/people.ftl"),
            include_str!("../../../locales/en/ledger.ftl"),
            include_str!("../../../locales/en/api.ftl"),
            include_str!("../../../locales/en/inspection.ftl"),
            include_str!("../../../locales/en/coverage.ftl"),
            include_str!("../../../locales/en/measured.ftl"),
            include_str!("../../../locales/en/demo.ftl"),
            include_str!("../../../locales/en/evidence.ftl"),
            include_str!("../../../locales/en/store.ftl"),
            include_str!("../../../locales/en/overview.ftl"),
            include_str!("../../../locales/en/verdict.ftl"),
            include_str!("../../../locales/en/install.ftl"),
            include_str!("../../../locales/en/paper.ftl"),
        ],
    )
});

#[allow(clippy::expect_used, reason = "the files are compiled in and read by a test")]
fn load(tag: &str, sources: &[&str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().expect("a language tag")]);
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The text of `key`, its placeholders filled. Numbers are given as text: Anlan writes digits plainly.
#[must_use]
pub fn text(lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
    let bundle = lang.bundle();
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return format!("‹{key}›");
    };
    let mut filled = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        filled.set(*name, FluentValue::from(*value));
    }
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&filled), &mut errors).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_load_and_a_missing_key_shows_itself() {
        for lang in [Lang::Zh, Lang::En] {
            assert_ne!(text(lang, "product", &[]), "‹product›");
            assert_eq!(text(lang, "no-such-key", &[]), "‹no-such-key›");
        }
    }

    #[test]
    fn languages_are_chosen_by_preference() {
        for (value, lang) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("en-GB,zh;q=0.5", Lang::En),
            ("fr", Lang::Zh),
            ("", Lang::Zh),
            ("en_US.UTF-8", Lang::En),
        ] {
            assert_eq!(Lang::from_preference(value), lang, "{value}");
        }
    }
}
