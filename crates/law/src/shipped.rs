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
    "campus/duties.toml",
    "campus/pack.toml",
    "campus/terms.toml",
    "cn/accounts.toml",
    "cn/actors.toml",
    "cn/audit-fields.toml",
    "cn/calendars/2024.toml",
    "cn/calendars/2025.toml",
    "cn/calendars/2026.toml",
    "cn/cases/clocks.toml",
    "cn/cases/grades.toml",
    "cn/cases/penalties.toml",
    "cn/cases/terms.toml",
    "cn/clocks.toml",
    "cn/confidentiality.toml",
    "cn/content-categories.toml",
    "cn/duties.toml",
    "cn/grades.toml",
    "cn/inspection.toml",
    "cn/instruments.toml",
    "cn/kinds/admission.toml",
    "cn/kinds/anchor.toml",
    "cn/kinds/appointment.toml",
    "cn/kinds/attestation.toml",
    "cn/kinds/authority-request.toml",
    "cn/kinds/campaign.toml",
    "cn/kinds/change.toml",
    "cn/kinds/complaint.toml",
    "cn/kinds/content-case.toml",
    "cn/kinds/device.toml",
    "cn/kinds/document.toml",
    "cn/kinds/duty-report.toml",
    "cn/kinds/filing.toml",
    "cn/kinds/finding.toml",
    "cn/kinds/graded-system.toml",
    "cn/kinds/hazard.toml",
    "cn/kinds/letter.toml",
    "cn/kinds/log-list.toml",
    "cn/kinds/log-source.toml",
    "cn/kinds/meeting.toml",
    "cn/kinds/patrol.toml",
    "cn/kinds/personal-request.toml",
    "cn/kinds/publication.toml",
    "cn/kinds/rectification.toml",
    "cn/kinds/restore-test.toml",
    "cn/kinds/rule.toml",
    "cn/kinds/supplier.toml",
    "cn/kinds/task-answer.toml",
    "cn/kinds/task.toml",
    "cn/kinds/visit.toml",
    "cn/pack.toml",
    "cn/penalties.toml",
    "cn/statutes/csl/2016.toml",
    "cn/statutes/csl/2025.toml",
    "cn/statutes/csl/concordance.toml",
    "cn/statutes/csl/draft2.toml",
    "cn/statutes/csl/statute.toml",
    "cn/systems.toml",
    "cn/terms.toml",
    "enterprise/duties.toml",
    "enterprise/pack.toml",
    "enterprise/terms.toml",
    "government/duties.toml",
    "government/pack.toml",
    "government/terms.toml",
    "grid/duties.toml",
    "grid/pack.toml",
    "grid/terms.toml",
];
