//! The shell's arguments, with help that leads with examples. Spellings here are fixed: scripts depend on them.

mod kind;
mod law;

use std::net::SocketAddr;
use std::path::PathBuf;

use anlan_assure::Form;
use anlan_base::text::{Lang, text};
use clap::{Arg, ArgAction, Command, value_parser};

use crate::demo::{LEAST_DAYS, MOST_DAYS};

/// Where `--help` and `--version` stand among the options.
const LAST: usize = 900;

/// What a help page shows, in this order: what for, usage, examples, then the arguments.
const PAGE: &str = "{about}\n\n{HEADING}{usage}\n\n{before-help}{all-args}{after-help}";

/// The whole command line, its help in one language. `home` is the data folder where none is named.
pub fn command(lang: Lang, home: &str) -> Command {
    let build = Build::new(lang, home);
    let whole =
        build
            .page("anlan", "help-about", "help-examples")
            .bin_name("anlan")
            .version(env!("CARGO_PKG_VERSION"))
            .disable_help_flag(true)
            .disable_version_flag(true)
            .arg(
                Arg::new("version")
                    .short('V')
                    .long("version")
                    .action(ArgAction::Version)
                    .help(build.t("help-version"))
                    .display_order(LAST)
                    .help_heading(build.options),
            )
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand(build.serve())
            .subcommand(build.log())
            .subcommand(build.pack())
            .subcommand(build.verify())
            .subcommand(build.law())
            .subcommand(build.kind())
            .subcommand(build.group("key", vec![build.cmd("key-show", "show").arg(build.data())]))
            .subcommand(build.group(
                "token",
                vec![build.cmd("token-add", "add").arg(build.data()).arg(build.required("name", "NAME", "help-token-name"))],
            ))
            .subcommand(build.group("source", vec![build.cmd("source-list", "list").arg(build.data()).arg(build.json())]))
            .subcommand(build.duty())
            .subcommand(build.config())
            .subcommand(build.backup())
            .subcommand(build.demo())
            .subcommand(build.doctor());
    build.with_help(whole)
}

/// The headings live as long as the program: clap borrows them so.
struct Build {
    lang: Lang,
    home: &'static str,
    commands: &'static str,
    arguments: &'static str,
    options: &'static str,
}

impl Build {
    fn new(lang: Lang, home: &str) -> Self {
        let heading = |key| text(lang, key, &[]).leak() as &'static str;
        Self {
            lang,
            home: home.to_owned().leak(),
            commands: heading("help-heading-commands"),
            arguments: heading("help-heading-arguments"),
            options: heading("help-heading-options"),
        }
    }

    fn t(&self, key: &str) -> String {
        text(self.lang, key, &[])
    }

    /// A command with its help page, and headings that the arguments added later stand under.
    fn page(&self, name: &'static str, about: &str, examples: &str) -> Command {
        Command::new(name)
            .about(self.t(about))
            .before_help(self.t(examples))
            .help_template(PAGE.replace("{HEADING}", &self.t("usage-heading")))
            .subcommand_help_heading(self.commands)
            .next_help_heading(self.options)
    }

    fn cmd(&self, key: &str, name: &'static str) -> Command {
        self.page(name, &format!("help-{key}"), &format!("examples-{key}"))
    }

    fn group(&self, name: &'static str, verbs: Vec<Command>) -> Command {
        self.cmd(name, name).subcommand_required(true).arg_required_else_help(true).subcommands(verbs)
    }

    /// `--help` for every command. The `help` commands are made by clap when the tree is built; their words are put in afterwards.
    fn with_help(&self, whole: Command) -> Command {
        let mut whole = self.with_help_flag(whole);
        whole.build();
        let about = self.t("help-help-command");
        whole.mut_subcommands(|command| match command.get_name() {
            "help" => command.about(about.clone()),
            _ => command.mut_subcommands(|verb| if verb.get_name() == "help" { verb.about(about.clone()) } else { verb }),
        })
    }

    fn with_help_flag(&self, command: Command) -> Command {
        let flag = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(self.t("help-help")).display_order(LAST);
        command.mut_subcommands(|verb| self.with_help_flag(verb)).arg(flag.help_heading(self.options))
    }

    /// Given twice, the last one counts: a script may put its own after a default.
    fn data(&self) -> Arg {
        Arg::new("data")
            .long("data")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .default_value(self.home)
            .hide_default_value(true)
            .overrides_with("data")
            .help(self.t("help-data"))
    }

    /// An argument by its place, under its own heading.
    fn positional(&self, name: &'static str, value: &'static str, key: &str) -> Arg {
        Arg::new(name).value_name(value).help(self.t(key)).help_heading(self.arguments)
    }

    fn json(&self) -> Arg {
        self.flag("json", "help-json")
    }

    fn flag(&self, name: &'static str, key: &str) -> Arg {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(self.t(key))
    }

    fn required(&self, name: &'static str, value: &'static str, key: &str) -> Arg {
        Arg::new(name).long(name).value_name(value).required(true).help(self.t(key))
    }

    fn address(&self, name: &'static str) -> Arg {
        Arg::new(name).long(name).value_name("ADDR:PORT").value_parser(value_parser!(SocketAddr)).help(self.t(&format!("help-{name}")))
    }

    fn file_out(&self) -> Arg {
        Arg::new("output")
            .short('o')
            .long("output")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .required(true)
            .help(self.t("help-output"))
    }

    fn times(&self) -> [Arg; 2] {
        ["since", "until"].map(|name| Arg::new(name).long(name).value_name("T").help(self.t(&format!("help-{name}"))))
    }

    fn serve(&self) -> Command {
        self.cmd("serve", "serve")
            .arg(self.data())
            .args(["syslog", "syslog-tls", "relp", "console"].map(|name| self.address(name)))
            .arg(self.database())
            .arg(self.config_file())
    }

    fn config_file(&self) -> Arg {
        Arg::new("config").long("config").value_name("FILE").value_parser(value_parser!(PathBuf)).help(self.t("help-config-file"))
    }

    fn config(&self) -> Command {
        let check = self.cmd("config-check", "check").arg(self.config_file());
        let show = self.cmd("config-show", "show").arg(self.config_file()).arg(self.json()).arg(self.flag("origin", "help-config-origin"));
        self.group("config", vec![check, show])
    }

    fn doctor(&self) -> Command {
        let show = Arg::new("show").long("show").value_name("NAME").conflicts_with("json").help(self.t("help-show"));
        self.cmd("doctor", "doctor").arg(self.data()).arg(self.json()).arg(show)
    }

    fn database(&self) -> Arg {
        Arg::new("database").long("database").value_name("URL").help(self.t("help-database"))
    }

    fn duty(&self) -> Command {
        self.group("duty", vec![self.cmd("duty-status", "status").arg(self.data()).arg(self.json())])
    }

    fn backup(&self) -> Command {
        let file = || self.positional("file", "FILE", "help-backup-file").value_parser(value_parser!(PathBuf)).required(true);
        let key = || Arg::new("key").long("key").value_name("VKEY").help(self.t("help-vkey"));
        let make = self.cmd("backup-make", "make").arg(self.data()).arg(self.file_out());
        let check = self.cmd("backup-check", "check").arg(file()).arg(key());
        let dir = self.data().required(true).help(self.t("help-backup-dir"));
        let restore = self.cmd("backup-restore", "restore").arg(file()).arg(dir).arg(self.database()).arg(key());
        self.group("backup", vec![make, check, restore])
    }

    fn demo(&self) -> Command {
        let number = |name: &'static str| Arg::new(name).long(name).value_name("N").value_parser(value_parser!(u64));
        let dir = Arg::new("data").long("data").value_name("DIR").value_parser(value_parser!(PathBuf));
        let days = number("days").value_parser(value_parser!(u32).range(i64::from(LEAST_DAYS)..=i64::from(MOST_DAYS)));
        self.cmd("demo", "demo")
            .arg(dir.help(self.t("help-demo-data")))
            .arg(self.address("console"))
            .arg(self.flag("keep", "help-demo-keep"))
            .arg(self.flag("make-only", "help-demo-make-only"))
            .arg(number("seed").default_value("1").hide_default_value(true).help(self.t("help-demo-seed")))
            .arg(number("scale").default_value("1").hide_default_value(true).help(self.t("help-demo-scale")))
            .arg(days.help(self.t("help-demo-days")))
    }

    fn log(&self) -> Command {
        let query = || self.positional("query", "QUERY", "help-query");
        let search = self
            .cmd("log-search", "search")
            .arg(query().required(true))
            .arg(self.data())
            .args(self.times())
            .arg(self.flag("count", "help-count"))
            .arg(self.json())
            .arg(Arg::new("limit").long("limit").value_name("N").value_parser(value_parser!(u64)).help(self.t("help-limit")));
        let tail = self.cmd("log-tail", "tail").arg(query().default_value("*").hide_default_value(true)).arg(self.data()).arg(self.json());
        let prove = self
            .cmd("log-prove", "prove")
            .arg(self.positional("seq", "SEQ", "help-seq").value_parser(value_parser!(u64)).required(true))
            .arg(self.data())
            .arg(self.file_out());
        self.group("log", vec![search, tail, prove])
    }

    fn pack(&self) -> Command {
        let text = |name: &'static str, value: &'static str, key: &str| Arg::new(name).long(name).value_name(value).help(self.t(key));
        let choice = |name: &'static str, codes: &'static [&'static str], first: &'static str, key: &str| {
            text(name, "NAME", key).value_parser(codes.to_vec()).default_value(first)
        };
        let forms: Vec<&str> = Form::ALL.iter().map(|form| form.code()).chain(["none"]).collect();
        let build = self
            .cmd("pack-build", "build")
            .arg(self.data())
            .args(self.times().map(|t| t.required(true)))
            .arg(self.file_out())
            .arg(text("source", "KEY", "help-pack-source").action(ArgAction::Append))
            .arg(text("proof", "SEQ", "help-pack-proof").action(ArgAction::Append).value_parser(value_parser!(u64)))
            .arg(text("form", "NAME", "help-pack-form").action(ArgAction::Append).value_parser(forms))
            .arg(choice("label", &["none", "internal", "sensitive"], "internal", "help-pack-label"))
            .arg(self.flag("masked", "help-pack-masked"))
            .arg(text("purpose", "TEXT", "help-pack-purpose"))
            .arg(text("visit", "NUMBER", "help-pack-visit"))
            .arg(choice("lang", &["zh-CN", "en"], "zh-CN", "help-pack-lang"));
        self.group("pack", vec![build])
    }

    fn verify(&self) -> Command {
        self.cmd("verify", "verify")
            .arg(
                self.positional("file", "FILE|DIR", "help-verify-file")
                    .value_parser(value_parser!(PathBuf))
                    .required_unless_present("data"),
            )
            .arg(Arg::new("key").long("key").value_name("VKEY").help(self.t("help-vkey")))
            .arg(Arg::new("against").long("against").value_name("OLDER").value_parser(value_parser!(PathBuf)).help(self.t("help-against")))
            .arg(self.json())
            .arg(
                Arg::new("data")
                    .long("data")
                    .value_name("DIR")
                    .value_parser(value_parser!(PathBuf))
                    .conflicts_with("file")
                    .help(self.t("help-verify-data")),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            command(lang, "./anlan-data").debug_assert();
        }
    }
}
