//! Acts that no single person may do (I6): what each is about, who may propose and who may approve it.
//!
//! Invariant: an act reads back from its name and text as they stand in the entry; nothing else is read as one.

use std::fmt::Write as _;

use anlan_law::kind::Role;

use crate::directory::{Administrator, Directory, Why};
use crate::engine::{PersonId, Refusal, UnitId};

/// Characters of one value of an act.
const VALUE_CHARS: usize = 200;
/// Fields of a record that are erased at once.
const ERASED_AT_ONCE: usize = 40;

/// An act for which one person proposes and another approves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraveAct {
    /// Takes effect when it is approved.
    Appoint {
        person: PersonId,
        administrator: Administrator,
        unit: UnitId,
    },
    /// Takes effect when it is approved.
    Dismiss {
        person: PersonId,
        administrator: Administrator,
        unit: UnitId,
    },
    /// `phone`, `email`, from every entry they stand in. Takes effect when it is approved.
    ErasePerson {
        person: PersonId,
        fields: Vec<String>,
    },
    /// Personal fields of a record.
    EraseRecord {
        record: String,
        fields: Vec<String>,
    },
    /// That a restored folder is the one to go on with.
    NoteRestore {
        restore: String,
    },
    ShortenRetention {
        class: String,
        to: String,
    },
    ReleaseHold {
        hold: String,
    },
    EraseLine {
        seq: String,
    },
    ChangeKey {
        key: String,
    },
}

/// Who may propose and who may approve; both at the unit the act is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eyes {
    pub propose: &'static [Role],
    pub approve: &'static [Role],
}

impl GraveAct {
    /// As entries and addresses write it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Appoint { .. } => "administrator.appoint",
            Self::Dismiss { .. } => "administrator.dismiss",
            Self::ErasePerson { .. } => "person.erase",
            Self::EraseRecord { .. } => "record.erase",
            Self::NoteRestore { .. } => "restore.note",
            Self::ShortenRetention { .. } => "retention.shorten",
            Self::ReleaseHold { .. } => "hold.release",
            Self::EraseLine { .. } => "line.erase",
            Self::ChangeKey { .. } => "key.change",
        }
    }

    /// What it is about: `name=value`, one a line.
    #[must_use]
    pub fn about(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.values() {
            let _ = writeln!(text, "{name}={value}");
        }
        text
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Appoint { person, administrator, unit } | Self::Dismiss { person, administrator, unit } => {
                vec![("person", person.to_string()), ("role", administrator.role().id().to_owned()), ("unit", unit.to_string())]
            }
            Self::ErasePerson { person, fields } => vec![("person", person.to_string()), ("fields", fields.join(","))],
            Self::EraseRecord { record, fields } => vec![("record", record.clone()), ("fields", fields.join(","))],
            Self::NoteRestore { restore } => vec![("restore", restore.clone())],
            Self::ShortenRetention { class, to } => vec![("class", class.clone()), ("to", to.clone())],
            Self::ReleaseHold { hold } => vec![("hold", hold.clone())],
            Self::EraseLine { seq } => vec![("seq", seq.clone())],
            Self::ChangeKey { key } => vec![("key", key.clone())],
        }
    }

    /// None: no release wrote it so.
    #[must_use]
    pub fn read(name: &str, about: &str) -> Option<Self> {
        let value = |name: &str| about.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
        let list = |name: &str| value(name).map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>());
        let person = || PersonId::parse(&value("person")?);
        let appointed = || {
            let administrator = Administrator::of(Role::from_id(&value("role")?)?)?;
            Some((person()?, administrator, UnitId::parse(&value("unit")?)?))
        };
        let act = match name {
            "administrator.appoint" => appointed().map(|(person, administrator, unit)| Self::Appoint { person, administrator, unit })?,
            "administrator.dismiss" => appointed().map(|(person, administrator, unit)| Self::Dismiss { person, administrator, unit })?,
            "person.erase" => Self::ErasePerson { person: person()?, fields: list("fields")? },
            "record.erase" => Self::EraseRecord { record: value("record")?, fields: list("fields")? },
            "restore.note" => Self::NoteRestore { restore: value("restore")? },
            "retention.shorten" => Self::ShortenRetention { class: value("class")?, to: value("to")? },
            "hold.release" => Self::ReleaseHold { hold: value("hold")? },
            "line.erase" => Self::EraseLine { seq: value("seq")? },
            "key.change" => Self::ChangeKey { key: value("key")? },
            _ => return None,
        };
        (act.about() == about).then_some(act)
    }

    /// Whether its values are such that they read back.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if let Self::ErasePerson { fields, .. } | Self::EraseRecord { fields, .. } = self
            && (fields.is_empty() || fields.len() > ERASED_AT_ONCE)
        {
            return Err(Why::BadText.refusal().at("fields").with("most", ERASED_AT_ONCE.to_string()));
        }
        if let Self::ErasePerson { fields, .. } = self
            && fields.iter().any(|field| !crate::directory::facts::PERSONAL.contains(&field.as_str()))
        {
            return Err(Why::NotPossible.refusal().at("fields"));
        }
        let fits = |value: &str| (1..=VALUE_CHARS).contains(&value.chars().count()) && !value.chars().any(char::is_control);
        if self.values().iter().any(|(name, value)| *name != "fields" && !fits(value)) {
            return Err(Why::BadText.refusal().with("most", VALUE_CHARS.to_string()));
        }
        if Self::read(self.name(), &self.about()).as_ref() == Some(self) { Ok(()) } else { Err(Why::NotPossible.into()) }
    }

    /// The table of eyes.
    #[must_use]
    pub fn eyes(&self) -> Eyes {
        use Role::{Handler, Head, Leader, Security, System};
        let (propose, approve): (&[Role], &[Role]) = match self {
            // Where no administrator of security is left to propose the next one, the system's may; a second person approves all the same.
            Self::Appoint { administrator: Administrator::Security, .. } => (&[Security, System], &[Security, Head, Leader]),
            Self::Appoint { .. } | Self::Dismiss { .. } => (&[Security], &[Security, Head, Leader]),
            Self::ErasePerson { .. } | Self::EraseRecord { .. } => (&[Security, Head], &[Security, Head]),
            Self::NoteRestore { .. } | Self::ChangeKey { .. } => (&[System], &[Security, Head]),
            Self::ShortenRetention { .. } => (&[System, Security], &[Security, Head, Leader]),
            Self::ReleaseHold { .. } => (&[Security, Handler], &[Security, Head, Leader]),
            Self::EraseLine { .. } => (&[Security], &[Security, Head]),
        };
        Eyes { propose, approve }
    }

    /// The person it is about: they neither propose nor approve it.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Appoint { person, .. } | Self::Dismiss { person, .. } | Self::ErasePerson { person, .. } => Some(*person),
            _ => None,
        }
    }

    /// Where the rights are needed; none for a record, whose unit the store knows.
    pub(crate) fn unit(&self, directory: &Directory) -> Option<UnitId> {
        match self {
            Self::Appoint { unit, .. } | Self::Dismiss { unit, .. } => Some(*unit),
            Self::ErasePerson { person, .. } => directory.person_row(*person).map(|row| row.person.unit),
            Self::EraseRecord { .. } => None,
            _ => directory.root().map(|root| root.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<GraveAct> {
        let (person, unit, text) = (PersonId(3), UnitId(2), || "甲=乙".to_owned());
        let mut acts: Vec<_> = Administrator::ALL
            .into_iter()
            .flat_map(|administrator| {
                [GraveAct::Appoint { person, administrator, unit }, GraveAct::Dismiss { person, administrator, unit }]
            })
            .collect();
        acts.extend([
            GraveAct::ErasePerson { person, fields: vec!["phone".into(), "email".into()] },
            GraveAct::EraseRecord { record: "TS-2026-0001".into(), fields: vec!["reporter".into()] },
            GraveAct::NoteRestore { restore: text() },
            GraveAct::ShortenRetention { class: text(), to: text() },
            GraveAct::ReleaseHold { hold: text() },
            GraveAct::EraseLine { seq: "17".into() },
            GraveAct::ChangeKey { key: text() },
        ]);
        acts
    }

    #[test]
    fn acts_read_back_and_nothing_else_is_one() {
        for act in all() {
            assert_eq!(act.check(), Ok(()));
            assert_eq!(GraveAct::read(act.name(), &act.about()), Some(act.clone()));
            assert_eq!(GraveAct::read(act.name(), &format!("{}more=1\n", act.about())), None);
            assert_eq!(GraveAct::read("other", &act.about()), None);
        }
        let long = |n: usize| GraveAct::ReleaseHold { hold: "锁".repeat(n) };
        for (chars, fits) in [(0, false), (1, true), (VALUE_CHARS - 1, true), (VALUE_CHARS, true), (VALUE_CHARS + 1, false)] {
            assert_eq!(long(chars).check().is_ok(), fits, "{chars}");
        }
        let fields = |n: usize| GraveAct::EraseRecord { record: "TS-2026-0001".into(), fields: vec!["a".into(); n] };
        for (count, fits) in [(0, false), (1, true), (ERASED_AT_ONCE, true), (ERASED_AT_ONCE + 1, false)] {
            assert_eq!(fields(count).check().is_ok(), fits, "{count}");
        }
        let with = |field: &str| GraveAct::EraseRecord { record: "TS-2026-0001".into(), fields: vec![field.into()] };
        assert!(with("a,b").check().is_err() && with("a\nb").check().is_err());
        assert!(GraveAct::ErasePerson { person: PersonId(1), fields: vec!["name".into()] }.check().is_err());
        assert!(GraveAct::ChangeKey { key: "a\nb".into() }.check().is_err());
    }

    #[test]
    fn every_act_needs_two_and_the_auditor_is_never_one_of_them() {
        for act in all() {
            let eyes = act.eyes();
            assert!(!eyes.propose.is_empty() && !eyes.approve.is_empty());
            assert!(!eyes.propose.contains(&Role::Audit) && !eyes.approve.contains(&Role::Audit));
            assert!(!eyes.approve.contains(&Role::System), "{act:?}");
        }
    }
}
