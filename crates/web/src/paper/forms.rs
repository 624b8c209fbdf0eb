//! The computed forms: what each is called, its facts, columns and signatures, as spec/forms.md lists them.

/// A form that is made from facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    LogRegister,
    SelfCheck,
    Plan,
    Extraction,
}

impl Form {
    pub(super) const ALL: [Self; 4] = [Self::LogRegister, Self::SelfCheck, Self::Plan, Self::Extraction];

    /// As addresses and the keys of its words have it.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::LogRegister => "log-register",
            Self::SelfCheck => "self-check",
            Self::Plan => "rectification-plan",
            Self::Extraction => "extraction-list",
        }
    }

    pub(super) fn read(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.id() == id)
    }

    /// Keys of who signs it.
    pub(super) fn signs(self) -> &'static [&'static str] {
        match self {
            Self::LogRegister => &["forms-sign-keeper", "forms-sign-checker", "forms-sign-head"],
            Self::SelfCheck | Self::Plan => &["forms-sign-writer", "forms-sign-checker", "forms-sign-head"],
            Self::Extraction => &["forms-sign-taker", "forms-sign-officers", "forms-sign-present"],
        }
    }
}

/// A form that a register's kind declares: the kind, its print form, and what it is for.
pub(super) struct Printed {
    pub(super) kind: &'static str,
    pub(super) form: &'static str,
    pub(super) about: &'static str,
}

pub(super) const PRINTED: [Printed; 4] = [
    Printed { kind: "hazard", form: "ledger", about: "forms-hazard-ledger-about" },
    Printed { kind: "rectification", form: "report", about: "forms-rectification-report-about" },
    Printed { kind: "letter", form: "letter", about: "forms-letter-about" },
    Printed { kind: "duty-report", form: "report", about: "forms-duty-report-about" },
];
