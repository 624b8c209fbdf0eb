//! Anlan's one binary: arguments, configuration, wiring. Business rules live in the rooms, not here.
//!
//! Invariants: the only place that reads the environment and prints; every command works whether or not a server holds the folder.
#![forbid(unsafe_code)]

mod act;
mod anchor;
mod args;
mod ask;
mod assess;
mod backup;
mod cards;
mod commands;
mod config;
mod database;
mod demo;
mod door;
mod evidence;
mod https;
mod instance;
mod life;
mod mail;
mod notices;
mod outbox;
mod output;
mod own_log;
mod reverify;
mod say;
mod serve;
mod ticker;
mod timesync;
mod tls;
mod wiring;

use std::process::ExitCode;

use say::Say;

fn main() -> ExitCode {
    let say = Say::from_environment();
    let home = config::home();
    let matches = match args::command(say.lang, &home).try_get_matches() {
        Ok(matches) => matches,
        Err(refused) => return say.refused_arguments(&refused),
    };
    let done = match matches.subcommand() {
        Some(("serve", m)) => serve::run(&say, m),
        Some(("log", m)) => commands::log::run(&say, m),
        Some(("pack", m)) => commands::pack::run(&say, m),
        Some(("verify", m)) => commands::verify::run(&say, m),
        Some(("law", m)) => commands::law::run(&say, m),
        Some(("kind", m)) => commands::kind::run(&say, m),
        Some(("key", m)) => commands::key::run(&say, m),
        Some(("token", m)) => commands::token::run(&say, m),
        Some(("source", m)) => commands::source::run(&say, m),
        Some(("duty", m)) => commands::duty::run(&say, m),
        Some(("config", m)) => commands::config::run(&say, m),
        Some(("backup", m)) => commands::backup::run(&say, m),
        Some(("demo", m)) => demo::run(&say, m),
        Some(("doctor", m)) => commands::doctor::run(&say, m),
        _ => return say.refused_arguments(&args::command(say.lang, &home).error(clap::error::ErrorKind::MissingSubcommand, "")),
    };
    match done {
        Ok(code) => code,
        Err(error) => say.failed(&error),
    }
}
