//! Who may: roles and relations of a kind, turned into people of a place.
//!
//! Invariants:
//! - a role reaches from its unit down; a relation is a person who has not left, and whoever stands in for them;
//! - where nobody living may make a move, the heads may: of the record's unit, then of the units above. Nothing gets stuck by a vacant post;
//! - the three administrators are stood in for by nobody.

use anlan_base::Instant;
use anlan_law::kind::{Role, Who};

use super::fact::people_of;
use super::{Context, People, PersonId, Record, Rights, UNIT_LEVELS, Unit, UnitId, Values};

/// People who are named as those who may instead.
pub const NAMED_INSTEAD: usize = 5;

/// As `spec/kind.md` and entries write it: `head`, `above:head`, `opener`, `field:NAME`.
pub(super) fn who_text(who: &Who) -> String {
    match who {
        Who::Role(role) => role.id().to_owned(),
        Who::Above(role) => format!("above:{}", role.id()),
        Who::Opener => "opener".to_owned(),
        Who::Owner => "owner".to_owned(),
        Who::Holder => "holder".to_owned(),
        Who::Field(name) => format!("field:{name}"),
    }
}

pub(super) fn who_of(text: &str) -> Option<Who> {
    match text {
        "opener" => Some(Who::Opener),
        "owner" => Some(Who::Owner),
        "holder" => Some(Who::Holder),
        _ => match text.split_once(':') {
            Some(("above", role)) => Role::from_id(role).map(Who::Above),
            Some(("field", name)) => Some(Who::Field(name.to_owned())),
            _ => Role::from_id(text).map(Who::Role),
        },
    }
}

/// Where a record stands and what relations name there.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub people: &'a dyn People,
    pub unit: UnitId,
    pub opener: Option<PersonId>,
    pub holder: Option<PersonId>,
    pub delegate: Option<PersonId>,
    pub values: &'a Values,
}

/// Why somebody may not.
pub(super) enum NotYours {
    /// They made a move before that keeps them from this one.
    Other,
    /// Others may; none where nobody may.
    Instead(Vec<PersonId>),
}

impl<'a> Place<'a> {
    pub fn of(record: &Record, values: &'a Values, people: &'a dyn People, now: Instant) -> Self {
        let delegate = record.delegate.filter(|(_, until)| *until > now).map(|(person, _)| person);
        Self { people, unit: record.unit, opener: record.opener, holder: record.holder, delegate, values }
    }

    /// The record's unit and those above it, at most [`UNIT_LEVELS`].
    pub fn units(&self) -> impl Iterator<Item = &'a Unit> + use<'a> {
        let people = self.people;
        std::iter::successors(people.unit(self.unit), move |unit| people.unit(unit.parent?)).take(UNIT_LEVELS)
    }

    pub fn path(&self) -> &'a str {
        self.people.unit(self.unit).map_or("", |unit| unit.path.as_str())
    }

    pub fn is_there(&self, person: PersonId) -> bool {
        self.people.person(person).is_some_and(|person| !person.left)
    }

    /// Whom a relation names, whether they have left or not; empty for roles.
    pub fn related(&self, who: &Who) -> Vec<PersonId> {
        match who {
            Who::Opener => self.opener.into_iter().collect(),
            Who::Owner => self.in_field("owner"),
            Who::Holder => self.holder.into_iter().chain(self.delegate).collect(),
            Who::Field(name) => self.in_field(name),
            Who::Role(_) | Who::Above(_) => Vec::new(),
        }
    }

    fn in_field(&self, name: &str) -> Vec<PersonId> {
        let Some(value) = self.values.get(name) else { return Vec::new() };
        PersonId::parse(value).map_or_else(|| people_of(value).unwrap_or_default(), |person| vec![person])
    }

    /// People with the role at exactly this unit, its head among its heads.
    pub fn at_unit(&self, role: Role, unit: &Unit) -> Vec<PersonId> {
        let mut found: Vec<PersonId> = unit.head.filter(|head| role == Role::Head && self.is_there(*head)).into_iter().collect();
        found.extend(self.people.with_role(role, unit.id).into_iter().filter(|person| self.is_there(*person)));
        found
    }

    /// Everybody there whom the list names, in its order, from the record's unit up; each once.
    pub fn named(&self, list: &[Who]) -> Vec<PersonId> {
        let mut found: Vec<PersonId> = Vec::new();
        for who in list {
            let these = match who {
                Who::Role(role) => self.units().flat_map(|unit| self.at_unit(*role, unit)).collect(),
                Who::Above(role) => self.units().skip(1).flat_map(|unit| self.at_unit(*role, unit)).collect(),
                _ => self.related(who),
            };
            for person in these {
                if self.is_there(person) && !found.contains(&person) {
                    found.push(person);
                }
            }
        }
        found
    }

    /// The heads of the record's unit and of the units above, from below.
    pub fn heads(&self) -> Vec<PersonId> {
        self.named(&[Who::Role(Role::Head)])
    }

    /// Whether the list names the person, by their rights or a relation.
    pub fn names(&self, list: &[Who], rights: &Rights) -> bool {
        let path = self.path();
        list.iter().any(|who| match (who, rights.person) {
            (Who::Role(role), person) => rights.reaches(*role, path) || (*role == Role::Head && self.heads_from(0, person)),
            (Who::Above(role), person) => rights.reaches_from_above(*role, path) || (*role == Role::Head && self.heads_from(1, person)),
            (_, Some(person)) => self.related(who).contains(&person),
            (_, None) => false,
        })
    }

    /// Whether the person is the head of one of the units from this level up.
    fn heads_from(&self, level: usize, person: Option<PersonId>) -> bool {
        person.is_some() && self.units().skip(level).any(|unit| unit.head == person)
    }

    /// Whether the actor may do what the list says, nobody of `kept_out`.
    pub fn may(&self, list: &[Who], kept_out: &[PersonId], rights: &Rights) -> Result<(), NotYours> {
        if rights.person.is_some_and(|person| kept_out.contains(&person)) {
            return Err(NotYours::Other);
        }
        if rights.person.is_some() && self.names(list, rights) {
            return Ok(());
        }
        let (others, stood_in) = self.may_instead(list, kept_out);
        let is_one = |actor: PersonId| others.contains(&actor) || stood_in.contains(&actor);
        if rights.person.is_some_and(is_one) { Ok(()) } else { Err(NotYours::Instead(others)) }
    }

    /// Who may do what the list says, and who stands in for them: the named, else the heads.
    pub fn may_instead(&self, list: &[Who], kept_out: &[PersonId]) -> (Vec<PersonId>, Vec<PersonId>) {
        let free = |people: Vec<PersonId>| people.into_iter().filter(|person| !kept_out.contains(person)).collect::<Vec<_>>();
        let mut named = free(self.named(list));
        if named.is_empty() {
            named = free(self.heads());
        }
        let administrators: Vec<PersonId> = self.administrators(list);
        let stood_in = named.iter().filter(|person| !administrators.contains(person)).filter_map(|person| self.people.stands_in(*person));
        let stood_in = stood_in.filter(|person| self.is_there(*person)).collect();
        (named, stood_in)
    }

    fn administrators(&self, list: &[Who]) -> Vec<PersonId> {
        let roles = list.iter().filter(|who| matches!(who, Who::Role(role) | Who::Above(role) if role.is_administrator()));
        roles.flat_map(|who| self.named(std::slice::from_ref(who))).collect()
    }
}

impl Context<'_> {
    /// The names of people, for a refusal; at most [`NAMED_INSTEAD`].
    pub(super) fn names_text(&self, people: &[PersonId]) -> String {
        let names = people.iter().filter_map(|person| self.people.person(*person)).take(NAMED_INSTEAD);
        names.map(|person| person.name.as_str()).collect::<Vec<_>>().join("、")
    }
}
