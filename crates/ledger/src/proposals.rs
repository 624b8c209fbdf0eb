//! Four eyes for grave acts (I6): one person proposes, another approves, then the act is done once.
//!
//! Invariants: a proposal binds the state it was made against, which is looked at again when it is approved and when it is used; who proposes does not
//! approve, nor does whom it is about; both still hold the right at every step, and what hangs on somebody who left is void; an approval is used once, in the
//! transaction of the act. Of two decisions at once one is refused. Whether the person has just proven themselves is the caller's to ask.

mod grave;

use anlan_base::Instant;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, from_sql};
use crate::directory::facts::Fact;
use crate::directory::reach::{reason, room};
use crate::directory::turn::{Change, actor};
use crate::directory::{Directory, ProposalId, ProposalRow, Stage, Why};
use crate::engine::{People as _, PersonId, Refusal, Rights, UnitId};
use crate::entry::erase_fields;
use crate::error::LedgerError;
use crate::grants::{can_hold, is_last};

pub use grave::{Eyes, GraveAct};

/// Days after which a proposal that was not decided, or an approval that was not used, is worth nothing.
pub const PROPOSAL_DAYS: u64 = 14;
/// Proposals that are open, or approved and not used.
pub const PROPOSALS_OPEN: usize = 500;
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// How a proposal stands at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalStanding {
    Open,
    /// Approved, to be used.
    Approved,
    Objected,
    Withdrawn,
    Used,
    /// Its days are over.
    Expired,
    /// Who proposed or approved has left or may do so no more.
    Void,
    /// What it was made against has changed.
    Stale,
}

/// A proposal as those see it who may propose or approve it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalShown {
    pub row: ProposalRow,
    pub act: GraveAct,
    pub standing: ProposalStanding,
    /// Why the asker may not approve it, if they may not.
    pub approve: Result<(), Refusal>,
}

/// That two people agreed to an act. Made here only, worth one act: the room that acts takes it by value.
#[derive(Debug, PartialEq, Eq)]
pub struct Approved {
    id: ProposalId,
    act: GraveAct,
    proposer: PersonId,
    approver: PersonId,
}

impl Approved {
    #[must_use]
    pub fn id(&self) -> ProposalId {
        self.id
    }

    #[must_use]
    pub fn act(&self) -> &GraveAct {
        &self.act
    }

    #[must_use]
    pub fn proposer(&self) -> PersonId {
        self.proposer
    }

    #[must_use]
    pub fn approver(&self) -> PersonId {
        self.approver
    }
}

/// Where an act needs rights, and the state it meets there.
struct Ground {
    unit: UnitId,
    digest: String,
}

fn digest(text: &str) -> String {
    let digest = Sha256::new_with_prefix("anlan-proposal").chain_update(text).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What an act about a person meets. Phones and addresses are not in it: a digest of so little could be guessed.
fn state_of_person(directory: &Directory, person: PersonId, unit: UnitId) -> Result<String, Refusal> {
    let row = directory.person_row(person).ok_or(Why::NoSuchPerson)?;
    let place = directory.unit_row(unit).ok_or(Why::NoSuchUnit)?;
    let grants: Vec<_> = directory.grants_of(person).map(|grant| (grant.role.id(), grant.unit, grant.entry)).collect();
    let kept: Vec<_> = directory.organization.personal.iter().filter(|(whose, _)| *whose == person).map(|(_, entry)| *entry).collect();
    Ok(format!("{:?} {:?} {:?} {:?} {} {}", row.person, row.administrator, grants, kept, place.unit.path, place.unit.closed))
}

/// Unit and version of a record.
async fn record_ground(conn: &mut Conn, record: &str) -> Result<(UnitId, i64), LedgerError> {
    let row = sqlx::query("SELECT unit, version FROM record WHERE number = $1").bind(record).fetch_optional(conn).await?;
    let row = row.ok_or_else(|| LedgerError::from(Why::NotPossible))?;
    Ok((UnitId(from_sql(row.try_get("unit")?)?), row.try_get("version")?))
}

/// `outside` is the state in the words of the room that will act, where the ledger does not know it itself.
async fn ground(conn: &mut Conn, directory: &Directory, act: &GraveAct, outside: &str) -> Result<Ground, LedgerError> {
    if let GraveAct::EraseRecord { record, .. } = act {
        let (unit, version) = record_ground(conn, record).await?;
        return Ok(Ground { unit, digest: digest(&format!("{unit} {version}")) });
    }
    let unit = act.unit(directory).ok_or(Why::NoSuchPerson)?;
    let text = match act.person() {
        Some(person) => state_of_person(directory, person, unit)?,
        None => outside.to_owned(),
    };
    Ok(Ground { unit, digest: digest(&text) })
}

/// What the directory itself refuses, at the proposal and again at the approval.
fn can_be_done(directory: &Directory, act: &GraveAct) -> Result<(), Refusal> {
    match act {
        GraveAct::Appoint { person, administrator, unit } => can_hold(directory, *person, administrator.role(), *unit),
        GraveAct::Dismiss { person, administrator, unit } => {
            if !directory.organization.grants.contains_key(&(*person, administrator.role(), *unit)) {
                return Err(Why::NoSuchGrant.into());
            }
            if is_last(directory, *person, *administrator, *unit) { Err(Why::LastAdministrator.into()) } else { Ok(()) }
        }
        GraveAct::ErasePerson { person, .. } => directory.person_row(*person).map(|_| ()).ok_or_else(|| Why::NoSuchPerson.into()),
        _ => Ok(()),
    }
}

fn may(directory: &Directory, who: &Rights, roles: &[anlan_law::kind::Role], act: &GraveAct, unit: UnitId) -> Result<(), Refusal> {
    let row = directory.unit_row(unit).ok_or(Why::NoSuchUnit)?;
    if !roles.iter().any(|role| who.reaches(*role, &row.unit.path)) {
        return Err(Why::NotYours.into());
    }
    if act.person().is_some() && act.person() == who.person { Err(Why::OwnAffair.into()) } else { Ok(()) }
}

/// Whether whoever proposed may still propose, and whoever approved may still approve.
fn still_may(directory: &Directory, row: &ProposalRow, act: &GraveAct, unit: UnitId) -> bool {
    let eyes = act.eyes();
    let holds = |person: PersonId, roles| may(directory, &directory.rights(person), roles, act, unit).is_ok();
    let approver = row.decider.filter(|_| row.stage == Stage::Approved);
    holds(row.proposer, eyes.propose) && approver.is_none_or(|approver| holds(approver, eyes.approve))
}

fn act_of(row: &ProposalRow) -> Result<GraveAct, LedgerError> {
    GraveAct::read(&row.grave, &row.about).ok_or_else(|| LedgerError::damaged(format!("proposal {} is about nothing known", row.id)))
}

fn standing(directory: &Directory, row: &ProposalRow, act: &GraveAct, ground: Option<&Ground>, now: Instant) -> ProposalStanding {
    match row.stage {
        Stage::Objected => return ProposalStanding::Objected,
        Stage::Withdrawn => return ProposalStanding::Withdrawn,
        Stage::Used => return ProposalStanding::Used,
        Stage::Void => return ProposalStanding::Void,
        Stage::Open | Stage::Approved => {}
    }
    if now > row.expires {
        return ProposalStanding::Expired;
    }
    let Some(ground) = ground.filter(|ground| ground.unit == row.unit && ground.digest == row.state) else {
        return ProposalStanding::Stale;
    };
    if !still_may(directory, row, act, ground.unit) {
        return ProposalStanding::Void;
    }
    if row.stage == Stage::Open { ProposalStanding::Open } else { ProposalStanding::Approved }
}

fn refused(standing: ProposalStanding) -> Why {
    match standing {
        ProposalStanding::Open => Why::ProposalNotApproved,
        ProposalStanding::Approved | ProposalStanding::Objected | ProposalStanding::Withdrawn | ProposalStanding::Used => {
            Why::ProposalDecided
        }
        ProposalStanding::Expired => Why::ProposalExpired,
        ProposalStanding::Void => Why::ProposalVoid,
        ProposalStanding::Stale => Why::ProposalStale,
    }
}

fn may_approve(directory: &Directory, who: &Rights, row: &ProposalRow, act: &GraveAct) -> Result<(), Refusal> {
    may(directory, who, act.eyes().approve, act, row.unit)?;
    if who.person == Some(row.proposer) { Err(Why::OwnAffair.into()) } else { Ok(()) }
}

/// A proposal of which the asker may know: one of its eyes, or whoever made it.
fn visible<'a>(directory: &'a Directory, who: &Rights, id: ProposalId) -> Result<&'a ProposalRow, LedgerError> {
    let row = directory.organization.proposals.get(&id).ok_or(Why::NoSuchProposal)?;
    let act = act_of(row)?;
    let eyes = act.eyes();
    let path = directory.unit_row(row.unit).map(|row| row.unit.path.as_str()).unwrap_or_default();
    let is_eye = eyes.propose.iter().chain(eyes.approve).chain(&[anlan_law::kind::Role::Audit]).any(|role| who.reaches(*role, path));
    if is_eye || who.person == Some(row.proposer) { Ok(row) } else { Err(Why::NoSuchProposal.into()) }
}

fn open_now(directory: &Directory, now: Instant) -> impl Iterator<Item = &ProposalRow> {
    let waits = move |row: &&ProposalRow| matches!(row.stage, Stage::Open | Stage::Approved) && now <= row.expires;
    directory.organization.proposals.values().filter(waits)
}

/// What the approval of an act of the directory itself leads to.
fn consequence(act: &GraveAct, id: ProposalId) -> Option<Fact> {
    let proposal = Some(id);
    match act {
        GraveAct::Appoint { person, administrator, unit } => {
            Some(Fact::GrantAdd { person: *person, role: administrator.role(), unit: *unit, proposal, bootstrap: false })
        }
        GraveAct::Dismiss { person, administrator, unit } => {
            Some(Fact::GrantRevoke { person: *person, role: administrator.role(), unit: *unit, proposal })
        }
        GraveAct::ErasePerson { person, fields } => Some(Fact::PersonErase { person: *person, fields: fields.clone(), proposal: id }),
        _ => None,
    }
}

impl Ledger {
    /// Proposes a grave act. `outside` is the state it would meet, in the words of the room that would do it (none for acts about people and records: the
    /// ledger knows their state).
    pub async fn propose(&self, who: &Rights, act: &GraveAct, outside: &str, why: &str) -> Result<ProposalId, LedgerError> {
        act.check()?;
        let reason = reason(why)?;
        let mut change = self.change().await?;
        let directory = change.directory();
        let who = directory.rights_now(who);
        let by = who.person.ok_or(Why::NotYours)?;
        let ground = ground(&mut change.tx, &directory, act, outside).await?;
        may(&directory, &who, act.eyes().propose, act, ground.unit)?;
        can_be_done(&directory, act)?;
        let (grave, about) = (act.name().to_owned(), act.about());
        room(open_now(&directory, change.now).count(), PROPOSALS_OPEN)?;
        let same = open_now(&directory, change.now).find(|row| row.grave == grave && row.about == about && row.state == ground.digest);
        if same.is_some_and(|row| still_may(&directory, row, act, ground.unit)) {
            return Err(Why::ProposalThere.into());
        }
        let expires = change.now.plus_seconds(PROPOSAL_DAYS * DAY_SECONDS);
        let fact = Fact::ProposalMake { by, grave, about, unit: ground.unit, state: ground.digest, reason, expires };
        let entry = change.write(&actor(&who)?, Some(&who), &fact).await?;
        self.finish(change).await?;
        Ok(ProposalId(entry))
    }

    /// Approves a proposal. `seen` is its `row.state` as the page showed it. An act of the directory itself (appointing, dismissing, erasing of a person) takes
    /// effect at once; others wait for [`Self::take_approval`].
    pub async fn approve(&self, who: &Rights, id: ProposalId, seen: &str, outside: &str) -> Result<(), LedgerError> {
        let mut change = self.change().await?;
        let directory = change.directory();
        let who = directory.rights_now(who);
        let row = visible(&directory, &who, id)?;
        let act = act_of(row)?;
        may_approve(&directory, &who, row, &act)?;
        let by = who.person.ok_or(Why::NotYours)?;
        let ground = ground(&mut change.tx, &directory, &act, outside).await?;
        match standing(&directory, row, &act, Some(&ground), change.now) {
            ProposalStanding::Open if seen == row.state => {}
            ProposalStanding::Open => return Err(Why::ProposalStale.into()),
            other => return Err(refused(other).into()),
        }
        can_be_done(&directory, &act)?;
        let actor = actor(&who)?;
        change.write(&actor, Some(&who), &Fact::ProposalApprove { by, proposal: id }).await?;
        if let GraveAct::ErasePerson { person, fields } = &act {
            erase_person(&mut change, *person, fields).await?;
        }
        if let Some(fact) = consequence(&act, id) {
            change.write(&actor, Some(&who), &fact).await?;
        }
        self.finish(change).await
    }

    /// Turns a proposal down.
    pub async fn object(&self, who: &Rights, id: ProposalId, why: &str) -> Result<(), LedgerError> {
        let why = reason(why)?;
        let mut change = self.change().await?;
        let directory = change.directory();
        let who = directory.rights_now(who);
        let row = visible(&directory, &who, id)?;
        may_approve(&directory, &who, row, &act_of(row)?)?;
        let by = who.person.ok_or(Why::NotYours)?;
        still_open(row)?;
        change.write(&actor(&who)?, Some(&who), &Fact::ProposalObject { by, proposal: id, reason: why }).await?;
        self.finish(change).await
    }

    /// Takes one's own proposal back.
    pub async fn withdraw(&self, who: &Rights, id: ProposalId) -> Result<(), LedgerError> {
        let mut change = self.change().await?;
        let directory = change.directory();
        let who = directory.rights_now(who);
        let row = visible(&directory, &who, id)?;
        let by = who.person.filter(|person| *person == row.proposer).ok_or(Why::NotYours)?;
        still_open(row)?;
        change.write(&actor(&who)?, Some(&who), &Fact::ProposalWithdraw { by, proposal: id }).await?;
        self.finish(change).await
    }

    /// Takes an approval for an act outside the ledger: from now on it is used, whether the act succeeds or not.
    pub async fn take_approval(&self, who: &Rights, id: ProposalId, outside: &str) -> Result<Approved, LedgerError> {
        let mut change = self.change().await?;
        let approved = take_approval(&mut change, who, id, outside).await?;
        self.finish(change).await?;
        Ok(approved)
    }

    /// Proposals that the asker may propose, approve or audit, or made; newest first.
    pub async fn proposals(&self, who: &Rights) -> Result<Vec<ProposalShown>, LedgerError> {
        let (directory, now) = (self.directory(), self.clock.now());
        let who = directory.rights_now(who);
        let mut look = self.db.look().await?;
        let mut shown = Vec::new();
        for id in directory.organization.proposals.keys().rev() {
            let Ok(row) = visible(&directory, &who, *id) else { continue };
            let act = act_of(row)?;
            // What other rooms know is asked by them; here a proposal of theirs counts as it was made.
            let met = match (&act, act.person()) {
                (GraveAct::EraseRecord { .. }, _) | (_, Some(_)) => ground(&mut look, &directory, &act, "").await.ok(),
                _ => Some(Ground { unit: row.unit, digest: row.state.clone() }),
            };
            let standing = standing(&directory, row, &act, met.as_ref(), now);
            let approve = match standing {
                ProposalStanding::Open => may_approve(&directory, &who, row, &act),
                other => Err(refused(other).into()),
            };
            shown.push(ProposalShown { row: row.clone(), act, standing, approve });
        }
        Ok(shown)
    }
}

fn still_open(row: &ProposalRow) -> Result<(), Refusal> {
    if row.stage == Stage::Open { Ok(()) } else { Err(Why::ProposalDecided.into()) }
}

/// Takes an approval in the transaction of the act. Whoever acts is one of its eyes; proposer and approver are asked for again.
pub(crate) async fn take_approval(change: &mut Change, who: &Rights, id: ProposalId, outside: &str) -> Result<Approved, LedgerError> {
    let directory = change.directory();
    let who = directory.rights_now(who);
    let row = visible(&directory, &who, id)?;
    let act = act_of(row)?;
    let eyes = act.eyes();
    let either: Vec<_> = eyes.propose.iter().chain(eyes.approve).copied().collect();
    may(&directory, &who, &either, &act, row.unit)?;
    let ground = ground(&mut change.tx, &directory, &act, outside).await?;
    match standing(&directory, row, &act, Some(&ground), change.now) {
        ProposalStanding::Approved => {}
        other => return Err(refused(other).into()),
    }
    let approver = row.decider.ok_or(Why::ProposalNotApproved)?;
    let approved = Approved { id, act, proposer: row.proposer, approver };
    change.write(&actor(&who)?, Some(&who), &Fact::ProposalUse { proposal: id }).await?;
    Ok(approved)
}

/// Phone and e-mail go from every entry they stand in. The row follows from `person.erase`.
async fn erase_person(change: &mut Change, person: PersonId, fields: &[String]) -> Result<(), LedgerError> {
    let names: Vec<_> = fields.iter().map(String::as_str).collect();
    let entries: Vec<u64> = change.organization.personal.iter().filter(|(whose, _)| *whose == person).map(|(_, entry)| *entry).collect();
    for entry in entries {
        erase_fields(&mut change.tx, entry, &names).await?;
    }
    Ok(())
}
