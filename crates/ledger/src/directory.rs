//! Who there is and who may what: units, people, posts and grants in memory, as the entries make them.
//!
//! Invariants: the directory equals the fold of all entries, and the tables (checked by `projections.rs`); it is replaced as a whole after each change, never
//! changed in place; a grant reaches its unit and everything below it; somebody who has left, or whose account is nobody's, may nothing.

mod agreement;
mod beginning;
pub(crate) mod facts;
pub(crate) mod organization;
pub(crate) mod reach;
mod rows;
mod tables;
pub(crate) mod trail;
pub(crate) mod turn;
mod why;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anlan_base::{Clock, SourceKey};
use anlan_law::kind::Role;

use crate::Ledger;
use crate::database::Database;
use crate::engine::{Grant, People, Person, PersonId, Rights, Unit, UnitId};
use crate::error::LedgerError;
use organization::Organization;

pub use beginning::ROOT_NAME;
pub use reach::{EMAIL_CHARS, NAME_CHARS, PHONE_CHARS, WHY_CHARS};
pub use rows::{Administrator, GrantRow, Holding, PersonRow, PostId, PostRow, ProposalId, ProposalRow, Stage, StandIn, UnitRow};
pub use why::Why;

/// Roles that may search and read logs of their units. Others have no business there.
pub const LOG_READERS: [Role; 7] = [Role::Security, Role::Audit, Role::Head, Role::Leader, Role::Duty, Role::Handler, Role::Reader];
/// Somebody who stands in may be away too: so many steps are followed.
const STAND_IN_STEPS: usize = 8;

/// Which sources somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceScope {
    All,
    Only(BTreeSet<SourceKey>),
}

/// See the module.
pub struct Directory {
    pub(crate) organization: Organization,
    /// The longest granted first.
    holders: BTreeMap<(UnitId, Role), Vec<PersonId>>,
    headed: BTreeMap<PersonId, Vec<UnitId>>,
    in_tree_order: Vec<UnitId>,
    clock: Arc<dyn Clock>,
}

impl Directory {
    pub(crate) async fn load(db: &Database, clock: Arc<dyn Clock>) -> Result<Self, LedgerError> {
        Ok(Self::over(Organization::load(&mut *db.look().await?).await?, clock))
    }

    pub(crate) fn over(organization: Organization, clock: Arc<dyn Clock>) -> Self {
        let mut granted: Vec<_> = organization.grants.values().collect();
        granted.sort_unstable_by_key(|row| row.entry);
        let mut holders: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in granted {
            holders.entry((row.unit, row.role)).or_default().push(row.person);
        }
        let mut headed: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for unit in organization.units.values().map(|row| &row.unit) {
            if let Some(head) = unit.head {
                holders.insert((unit.id, Role::Head), vec![head]);
                headed.entry(head).or_default().push(unit.id);
            }
        }
        let in_tree_order = tree_order(&organization);
        Self { organization, holders, headed, in_tree_order, clock }
    }

    /// Units from the root down, each before those below it, siblings in the order they were made; closed ones too.
    pub fn units(&self) -> impl Iterator<Item = &UnitRow> {
        self.in_tree_order.iter().filter_map(|id| self.organization.units.get(id))
    }

    #[must_use]
    pub fn unit_row(&self, id: UnitId) -> Option<&UnitRow> {
        self.organization.units.get(&id)
    }

    #[must_use]
    pub fn root(&self) -> Option<&Unit> {
        self.organization.root().map(|row| &row.unit)
    }

    /// By id; those who left too.
    pub fn people(&self) -> impl Iterator<Item = &PersonRow> {
        self.organization.people.values()
    }

    #[must_use]
    pub fn person_row(&self, id: PersonId) -> Option<&PersonRow> {
        self.organization.people.get(&id)
    }

    /// Whose account it is; also of somebody who left.
    #[must_use]
    pub fn person_of(&self, account: &str) -> Option<PersonId> {
        self.organization.accounts.get(account).copied()
    }

    pub fn posts(&self) -> impl Iterator<Item = &PostRow> {
        self.organization.posts.values()
    }

    #[must_use]
    pub fn post(&self, id: PostId) -> Option<&PostRow> {
        self.organization.posts.get(&id)
    }

    /// All grants by person. Heads are not among them: a unit names its head.
    pub fn grants(&self) -> impl Iterator<Item = &GrantRow> {
        self.organization.grants.values()
    }

    pub fn grants_of(&self, person: PersonId) -> impl Iterator<Item = &GrantRow> {
        self.organization.grants_of(person)
    }

    /// Where a source belongs; the root where nobody said.
    #[must_use]
    pub fn unit_of_source(&self, key: &SourceKey) -> Option<&Unit> {
        match self.organization.source_units.get(key.as_str()) {
            Some(unit) => self.unit(*unit),
            None => self.root(),
        }
    }

    /// Who is away, and who does their work.
    pub fn stand_ins(&self) -> impl Iterator<Item = (PersonId, &StandIn)> {
        let now = self.clock.now();
        self.organization.stand_ins.iter().filter(move |(_, stand_in)| stand_in.until > now).map(|(away, stand_in)| (*away, stand_in))
    }

    #[must_use]
    pub fn rights_of(&self, account: &str) -> Rights {
        let person = self.person_of(account).filter(|person| self.organization.here(*person).is_some());
        person.map_or_else(|| Rights { account: Some(account.to_owned()), ..Rights::default() }, |person| self.rights(person))
    }

    /// The rights of the same asker as they are in this directory.
    pub(crate) fn rights_now(&self, who: &Rights) -> Rights {
        who.account.as_deref().map(|account| self.rights_of(account)).unwrap_or_default()
    }

    /// Units that some role of theirs reaches, in tree order.
    #[must_use]
    pub fn scope(&self, who: &Rights) -> Vec<UnitId> {
        self.units().filter(|row| who.touches(&row.unit.path)).map(|row| row.unit.id).collect()
    }

    /// Open units that one of these roles reaches.
    #[must_use]
    pub fn scope_of(&self, who: &Rights, roles: &[Role]) -> Vec<UnitId> {
        let reached = |unit: &Unit| roles.iter().any(|role| who.reaches(*role, &unit.path));
        self.units().filter(|row| !row.unit.closed && reached(&row.unit)).map(|row| row.unit.id).collect()
    }
}

impl People for Directory {
    fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.organization.units.get(&id).map(|row| &row.unit)
    }

    fn person(&self, id: PersonId) -> Option<&Person> {
        self.organization.people.get(&id).map(|row| &row.person)
    }

    fn with_role(&self, role: Role, unit: UnitId) -> Vec<PersonId> {
        self.holders.get(&(unit, role)).cloned().unwrap_or_default()
    }

    fn stands_in(&self, person: PersonId) -> Option<PersonId> {
        let now = self.clock.now();
        let mut found = None;
        let mut at = person;
        for _ in 0..STAND_IN_STEPS {
            let Some(next) = self.organization.stand_ins.get(&at).filter(|stand_in| stand_in.until > now) else { break };
            (at, found) = (next.person, Some(next.person));
        }
        found.filter(|found| *found != person)
    }

    fn rights(&self, person: PersonId) -> Rights {
        let Some(row) = self.organization.here(person) else { return Rights::default() };
        let granted = self.grants_of(person).map(|row| (row.role, row.unit));
        let headed = self.headed.get(&person).into_iter().flatten().map(|unit| (Role::Head, *unit));
        let grant = |(role, id): (Role, UnitId)| Some(Grant { role, unit: id, path: self.unit(id)?.path.clone() });
        Rights { person: Some(person), account: row.person.account.clone(), grants: granted.chain(headed).filter_map(grant).collect() }
    }
}

fn tree_order(organization: &Organization) -> Vec<UnitId> {
    let mut below: BTreeMap<Option<UnitId>, Vec<UnitId>> = BTreeMap::new();
    for unit in organization.units.values().rev().map(|row| &row.unit) {
        below.entry(unit.parent).or_default().push(unit.id);
    }
    let mut waiting = below.remove(&None).unwrap_or_default();
    let mut order = Vec::with_capacity(organization.units.len());
    while let Some(next) = waiting.pop() {
        order.push(next);
        waiting.extend(below.remove(&Some(next)).unwrap_or_default());
    }
    order
}

impl Ledger {
    /// Sources whose logs somebody may search and read.
    #[must_use]
    pub fn sources_in_scope(&self, who: &Rights) -> SourceScope {
        let directory = self.directory();
        let reads = |unit: &Unit| LOG_READERS.iter().any(|role| who.reaches(*role, &unit.path));
        if directory.root().is_some_and(reads) {
            return SourceScope::All;
        }
        let placed = directory.organization.source_units.iter();
        let allowed = placed.filter(|(_, unit)| directory.unit(**unit).is_some_and(reads));
        SourceScope::Only(allowed.filter_map(|(key, _)| SourceKey::new(key).ok()).collect())
    }
}
