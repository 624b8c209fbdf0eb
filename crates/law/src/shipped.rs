//! The packs that are compiled into the program: every file under `packs/`, each once.
//!
//! Invariant: the list equals the folder; a test compares them.

/// Path below `packs/`, with `/`, and the file's text.
pub type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../packs/", $path)))),*]
    };
}

/// All files of `packs/`, in the order of their paths.
pub const FILES: &[File] = files![
    "cn/calendars/2024.toml",
    "cn/calendars/2025.toml",
    "cn/calendars/2026.toml",
    "cn/cases/clocks.toml",
    "cn/clocks.toml",
    "cn/statutes/csl/2016.toml",
    "cn/statutes/csl/2025.toml",
    "cn/statutes/csl/concordance.toml",
    "cn/statutes/csl/draft2.toml",
    "cn/statutes/csl/statute.toml",
    "cn/systems.toml",
];
