//! Anlan's tasks for developers: `cargo xtask run | test | tidy | trace | pictures | bench line | soak`.
//!
//! Invariants: the README's two commands do all the set-up that they need; every stage prints its time; nothing here is part of the product.
#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a developer's program: it prints, and writes under target/"
)]

mod bench;
mod dist;
mod first_day;
mod pictures;
mod run;
mod setup;
mod shell;
mod soak;
mod test;
mod tidy;
mod trace;

use std::process::ExitCode;

const USAGE: &str = "cargo xtask COMMAND

  run [ARG...]     build for release and run `anlan serve` on ./anlan-data
  test [FILTER]    install what the tests need, then fmt, clippy, tidy, deny and all tests
  tidy             check the house: edges, docs, locales, spec ids, the trace
  trace            write docs/traceability.md from the packs and docs/trace.toml
  dist             tarball and .deb under target/dist        [--binary FILE: built already]
  first-day        from the .deb on a clean Debian to a line and printed sheets: steps, seconds
                   [--deb FILE] [--root base.tar] [--no-boot]
  bench line       one syslog stream through everything: lines/s, CPU, bytes, memory
                   [--corpus FILE] [--repeat N]
  bench pages      pages of the console with the demo's data many times over: first byte, whole page  [--scale N]
  pictures         take the pictures of the READMEs from the demo, into docs/pictures
  soak [RUN]       the long runs, resumable: kills, flips, samples, simulator  [--rounds N, --seeds N]";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let done = match command.as_str() {
        "run" => run::run(&rest),
        "test" => test::test(&rest),
        "tidy" => tidy::tidy(),
        "dist" => dist::dist(&rest),
        "first-day" => first_day::first_day(&rest),
        "bench" => bench::bench(&rest),
        "trace" => trace::trace(),
        "pictures" => pictures::pictures(),
        "soak" => soak::soak(&rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
