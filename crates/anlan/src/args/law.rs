//! The arguments of `anlan law`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

use super::Build;

impl Build {
    pub(super) fn law(&self) -> Command {
        let show = self
            .cmd("law-show", "show")
            .arg(self.positional("statute", "LAW", "help-law-statute").required(true))
            .arg(self.positional("place", "PLACE", "help-law-place").num_args(0..))
            .arg(self.as_of().conflicts_with("in"))
            .arg(self.in_version())
            .arg(self.one_json())
            .arg(self.law_data("help-law-data-read"));
        let cite = self
            .cmd("law-cite", "cite")
            .arg(self.positional("citation", "CITATION", "help-law-citation").num_args(1..).required(true))
            .arg(self.in_version())
            .arg(self.one_json());
        let diff = self
            .cmd("law-diff", "diff")
            .arg(self.positional("from", "FROM", "help-law-from").required(true))
            .arg(self.positional("to", "TO", "help-law-to").required(true))
            .arg(Arg::new("article").long("article").value_name("N").value_parser(value_parser!(u32)).help(self.t("help-law-article")))
            .arg(self.one_json())
            .arg(self.law_data("help-law-data-read"));
        let search = self
            .cmd("law-search", "search")
            .arg(self.positional("words", "WORDS", "help-law-words").num_args(1..).required(true))
            .arg(self.in_version())
            .arg(self.one_json())
            .arg(self.law_data("help-law-data-read"));
        let files = self.positional("files", "FILE", "help-law-files").value_parser(value_parser!(PathBuf)).num_args(1..).required(true);
        let import = self
            .cmd("law-import", "import")
            .arg(files)
            .arg(self.flag("merge", "help-law-merge"))
            .arg(self.one_json())
            .arg(self.law_data("help-law-data-keep"));
        let letters =
            self.positional("files", "FILE", "help-law-letters").value_parser(value_parser!(PathBuf)).num_args(1..).required(true);
        let check = self
            .cmd("law-check", "check")
            .arg(letters)
            .arg(self.as_of().help(self.t("help-law-check-day")))
            .arg(self.one_json().help(self.t("help-law-check-json")));
        let lint = self
            .cmd("law-lint", "lint")
            .arg(self.positional("dir", "DIR", "help-law-dir").value_parser(value_parser!(PathBuf)).required(true))
            .arg(self.one_json());
        self.group("law", vec![import, show, cite, diff, search, check, lint])
    }

    fn as_of(&self) -> Arg {
        Arg::new("as-of").long("as-of").value_name("YYYY-MM-DD").help(self.t("help-law-as-of"))
    }

    fn in_version(&self) -> Arg {
        Arg::new("in").long("in").value_name("VERSION").help(self.t("help-law-in"))
    }

    fn one_json(&self) -> Arg {
        Arg::new("json").long("json").action(ArgAction::SetTrue).help(self.t("help-law-json"))
    }

    /// No folder where none is named: nothing is stored, and none is looked for.
    fn law_data(&self, key: &str) -> Arg {
        Arg::new("data").long("data").value_name("DIR").value_parser(value_parser!(PathBuf)).overrides_with("data").help(self.t(key))
    }
}
