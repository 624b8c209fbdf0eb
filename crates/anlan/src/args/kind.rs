//! The arguments of `anlan kind`.

use std::path::PathBuf;

use clap::{Arg, Command, value_parser};

use super::Build;

impl Build {
    pub(super) fn kind(&self) -> Command {
        let file = |count| {
            let file = self.positional("files", "FILE", "help-kind-files").value_parser(value_parser!(PathBuf));
            file.num_args(count).required(true)
        };
        let lint = self.cmd("kind-lint", "lint").arg(file(1..=usize::MAX)).arg(self.kind_data()).arg(self.kind_json());
        let list = self.cmd("kind-list", "list").arg(self.kind_data()).arg(self.kind_json());
        let show = self
            .cmd("kind-show", "show")
            .arg(self.positional("id", "ID", "help-kind-id").required(true))
            .arg(self.kind_data())
            .arg(self.kind_json());
        let add = self.cmd("kind-add", "add").arg(file(1..=usize::MAX)).arg(self.data()).arg(self.kind_json());
        self.group("kind", vec![add, lint, list, show])
    }

    fn kind_json(&self) -> Arg {
        self.flag("json", "help-kind-json")
    }

    /// No folder where none is named: what ships alone.
    fn kind_data(&self) -> Arg {
        let data = Arg::new("data").long("data").value_name("DIR").value_parser(value_parser!(PathBuf)).overrides_with("data");
        data.help(self.t("help-kind-data"))
    }
}
