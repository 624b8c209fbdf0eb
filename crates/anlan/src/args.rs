//! The shell's arguments, with help that leads with examples. Spellings here are fixed: scripts depend on them.

use std::net::SocketAddr;
use std::path::PathBuf;

use anlan_base::text::{Lang, text};
use clap::{Arg, ArgAction, Command, value_parser};

/// The whole command line, its help in one language.
pub fn command(lang: Lang) -> Command {
    let build = Build { lang };
    Command::new("anlan")
        .version(env!("CARGO_PKG_VERSION"))
        .about(build.t("help-about"))
        .after_help(build.t("help-examples"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(build.serve())
        .subcommand(build.log())
        .subcommand(build.pack())
        .subcommand(build.verify())
        .subcommand(build.group("key", vec![build.cmd("key-show", "show").arg(build.data())]))
        .subcommand(
            build.group(
                "token",
                vec![build.cmd("token-add", "add").arg(build.data()).arg(build.required("name", "NAME", "help-token-name"))],
            ),
        )
        .subcommand(build.group("source", vec![build.cmd("source-list", "list").arg(build.data()).arg(build.json())]))
        .subcommand(build.cmd("doctor", "doctor").arg(build.data()).arg(build.json()))
}

struct Build {
    lang: Lang,
}

impl Build {
    fn t(&self, key: &str) -> String {
        text(self.lang, key, &[])
    }

    fn cmd(&self, key: &str, name: &'static str) -> Command {
        let examples = self.t(&format!("examples-{key}"));
        Command::new(name).about(self.t(&format!("help-{key}"))).after_help(examples)
    }

    fn group(&self, name: &'static str, verbs: Vec<Command>) -> Command {
        self.cmd(name, name).subcommand_required(true).arg_required_else_help(true).subcommands(verbs)
    }

    fn data(&self) -> Arg {
        Arg::new("data")
            .long("data")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .default_value("./anlan-data")
            .help(self.t("help-data"))
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
        self.cmd("serve", "serve").arg(self.data()).args(["syslog", "syslog-tls", "relp", "console"].map(|name| self.address(name)))
    }

    fn log(&self) -> Command {
        let query = || Arg::new("query").value_name("QUERY").help(self.t("help-query"));
        let search = self
            .cmd("log-search", "search")
            .arg(self.data())
            .arg(query().required(true))
            .args(self.times())
            .arg(self.flag("count", "help-count"))
            .arg(self.json())
            .arg(Arg::new("limit").long("limit").value_name("N").value_parser(value_parser!(u64)).help(self.t("help-limit")));
        let tail = self.cmd("log-tail", "tail").arg(self.data()).arg(query().default_value("*")).arg(self.json());
        let prove = self
            .cmd("log-prove", "prove")
            .arg(self.data())
            .arg(Arg::new("seq").value_name("SEQ").value_parser(value_parser!(u64)).required(true).help(self.t("help-seq")))
            .arg(self.file_out());
        self.group("log", vec![search, tail, prove])
    }

    fn pack(&self) -> Command {
        let build = self.cmd("pack-build", "build").arg(self.data()).args(self.times().map(|t| t.required(true))).arg(self.file_out());
        self.group("pack", vec![build])
    }

    fn verify(&self) -> Command {
        self.cmd("verify", "verify")
            .arg(Arg::new("key").long("key").value_name("VKEY").help(self.t("help-vkey")))
            .arg(Arg::new("against").long("against").value_name("OLDER").value_parser(value_parser!(PathBuf)).help(self.t("help-against")))
            .arg(self.json())
            .arg(
                Arg::new("file")
                    .value_name("FILE|DIR")
                    .value_parser(value_parser!(PathBuf))
                    .required_unless_present("data")
                    .help(self.t("help-verify-file")),
            )
            .arg(
                Arg::new("data")
                    .long("data")
                    .value_name("DIR")
                    .value_parser(value_parser!(PathBuf))
                    .conflicts_with("file")
                    .help(self.t("help-data")),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            command(lang).debug_assert();
        }
    }
}
