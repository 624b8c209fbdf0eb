//! What the shell prints: data on stdout, talk on stderr, in the language of the environment.
//!
//! Invariants: a closed pipe ends the program quietly with 0; nothing but this file writes to stdout or stderr.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use anlan_base::text::{Lang, text};
use clap::error::{ContextKind, ErrorKind};

use crate::own_log::{Shape, record};

/// Exit codes of the shell (clig.dev; `spec/pack.md` for `verify`).
pub mod code {
    pub const FAILED: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const UNREADABLE: u8 = 3;
}

/// An error that says what to do next, with its own exit code.
#[derive(Debug)]
pub struct Told {
    pub message: String,
    pub code: u8,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Told {}

pub struct Say {
    pub lang: Lang,
    /// How talk looks.
    pub shape: Shape,
}

impl Say {
    /// Language from `ANLAN_LANG`, `LC_ALL`, `LC_MESSAGES`, `LANG`; Chinese where none says.
    #[allow(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
    pub fn from_environment() -> Self {
        let preference = ["ANLAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        Self::in_language(preference.map_or(Lang::Zh, |value| Lang::from_preference(&value)))
    }

    pub fn in_language(lang: Lang) -> Self {
        Self { lang, shape: Shape::Text }
    }

    pub fn text(&self, key: &str, args: &[(&str, &str)]) -> String {
        text(self.lang, key, args)
    }

    /// An error for the user, with the exit code that the shell answers.
    pub fn told(&self, code: u8, key: &str, args: &[(&str, &str)]) -> anyhow::Error {
        anyhow::Error::new(Told { message: self.text(key, args), code })
    }

    /// One line of talk on stderr.
    pub fn talk(&self, line: &str) {
        let _ = match self.shape {
            Shape::Text => writeln!(io::stderr(), "{line}"),
            shape => writeln!(io::stderr(), "{}", record(shape, &tracing::Level::INFO, "anlan", vec![("message", line.trim().into())])),
        };
    }

    pub fn talks(&self, key: &str, args: &[(&str, &str)]) {
        self.talk(&self.text(key, args));
    }

    /// Progress that overwrites itself; only on a terminal.
    pub fn progress(&self, line: &str) {
        if io::stderr().is_terminal() {
            let _ = write!(io::stderr(), "\r\x1b[K{line}");
            let _ = io::stderr().flush();
        }
    }

    pub fn out(&self) -> BufWriter<io::Stdout> {
        BufWriter::with_capacity(1 << 16, io::stdout())
    }

    /// Whether answers may have colours: on a terminal, and `NO_COLOR` does not say otherwise.
    #[allow(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
    pub fn is_coloured(&self) -> bool {
        io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// Help goes out as clap made it; a refusal in our own words, with what was meant perhaps, the usage, and where more stands.
    pub fn refused_arguments(&self, refused: &clap::Error) -> ExitCode {
        if !refused.use_stderr() {
            let _ = refused.print();
            return ExitCode::SUCCESS;
        }
        let Some(what) = self.refusal(refused) else {
            let _ = refused.print();
            return ExitCode::from(code::USAGE);
        };
        self.talks("error", &[("what", &what)]);
        for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg] {
            if let Some(meant) = refused.get(kind) {
                self.talks("refused-meant", &[("what", &meant.to_string())]);
            }
        }
        if let Some(usage) = refused.get(ContextKind::Usage).map(ToString::to_string) {
            self.talk(&format!("{}{}", self.text("usage-heading", &[]), usage.trim_start_matches("Usage:").trim_start()));
        }
        self.talks("refused-more", &[]);
        ExitCode::from(code::USAGE)
    }

    /// `None` for what has no words of ours.
    fn refusal(&self, refused: &clap::Error) -> Option<String> {
        let context = |kind| refused.get(kind).map(ToString::to_string).unwrap_or_default();
        let (arg, value) = (context(ContextKind::InvalidArg), context(ContextKind::InvalidValue));
        let (key, what) = match refused.kind() {
            ErrorKind::UnknownArgument => ("refused-argument", arg),
            ErrorKind::InvalidSubcommand => ("refused-command", context(ContextKind::InvalidSubcommand)),
            ErrorKind::MissingRequiredArgument => ("refused-missing", arg),
            ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => ("refused-no-value", arg),
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => ("refused-value", arg),
            ErrorKind::ArgumentConflict => ("refused-conflict", arg),
            _ => return None,
        };
        Some(self.text(key, &[("what", &what), ("value", &value)]))
    }

    pub fn failed(&self, error: &anyhow::Error) -> ExitCode {
        if is_closed_pipe(error) {
            return ExitCode::SUCCESS;
        }
        let told = error.downcast_ref::<Told>();
        let mut said = error.to_string();
        self.talk(&self.text("error", &[("what", &said)]));
        for cause in error.chain().skip(1).map(ToString::to_string) {
            // Some errors already hold their cause's words.
            if !said.contains(&cause) {
                self.talk(&self.text("error-cause", &[("what", &cause)]));
            }
            said = cause;
        }
        ExitCode::from(told.map_or(code::FAILED, |told| told.code))
    }
}

/// Whether the reader of our output went away.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
