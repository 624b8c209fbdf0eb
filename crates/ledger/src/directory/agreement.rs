//! Grants and proposals in the fold: what two people agreed to, and what one alone may give. Part of `organization.rs`, with its invariants.
//!
//! Invariants: an administrator's role begins and ends by an approved proposal about exactly that, but for the first of a kind; a proposal is
//! decided once, by another person than its proposer, and used once.

use anlan_law::kind::Role;

use super::ProposalId;
use super::facts::Fact;
use super::organization::{GrantKey, Organization, Stamp, Touched};
use super::rows::{Administrator, GrantRow, ProposalRow, Stage};
use crate::engine::PersonId;
use crate::proposals::GraveAct;

impl Organization {
    pub(super) fn apply_to_rights(&mut self, fact: &Fact, stamp: Stamp, touched: &mut Touched) -> Option<()> {
        match fact {
            Fact::GrantAdd { person, role, unit, proposal, bootstrap } => {
                self.grant_agreed((*person, *role, *unit), *proposal, *bootstrap)?;
                self.grant_add((*person, *role, *unit), *bootstrap, stamp, touched)?;
                self.used_by(*proposal, stamp, touched)?;
            }
            Fact::GrantRevoke { person, role, unit, proposal } => {
                self.end_agreed((*person, *role, *unit), *proposal)?;
                self.grant_end((*person, *role, *unit), touched)?;
                self.used_by(*proposal, stamp, touched)?;
            }
            Fact::ProposalMake { .. } => self.proposal_make(fact, stamp)?,
            Fact::ProposalApprove { by, proposal } => self.decide(*proposal, *by, Stage::Approved, None, stamp)?,
            Fact::ProposalObject { by, proposal, reason } => self.decide(*proposal, *by, Stage::Objected, Some(reason), stamp)?,
            Fact::ProposalWithdraw { by, proposal } => self.decide(*proposal, *by, Stage::Withdrawn, None, stamp)?,
            Fact::ProposalUse { proposal } => self.proposal_use(*proposal, stamp)?,
            _ => {}
        }
        Some(())
    }

    /// An administrator is appointed by two people, the first of a kind by one.
    fn grant_agreed(&self, (person, role, unit): GrantKey, proposal: Option<ProposalId>, bootstrap: bool) -> Option<()> {
        match (Administrator::of(role), proposal) {
            (Some(administrator), Some(id)) => self.is_about(id, &GraveAct::Appoint { person, administrator, unit }),
            (Some(administrator), None) => (bootstrap && !self.appointed.contains_key(&administrator)).then_some(()),
            (None, proposal) => proposal.is_none().then_some(()),
        }
    }

    fn end_agreed(&self, (person, role, unit): GrantKey, proposal: Option<ProposalId>) -> Option<()> {
        match (Administrator::of(role), proposal) {
            (Some(administrator), Some(id)) => self.is_about(id, &GraveAct::Dismiss { person, administrator, unit }),
            (Some(_), None) => None,
            (None, proposal) => proposal.is_none().then_some(()),
        }
    }

    pub(super) fn is_about(&self, id: ProposalId, act: &GraveAct) -> Option<()> {
        let row = self.proposals.get(&id)?;
        (row.grave == act.name() && row.about == act.about()).then_some(())
    }

    fn grant_add(&mut self, (person, role, unit): GrantKey, bootstrap: bool, stamp: Stamp, touched: &mut Touched) -> Option<()> {
        self.open_unit(unit)?;
        self.here(person)?;
        let row = self.people.get_mut(&person)?;
        match (Administrator::of(role), row.administrator) {
            (Some(wanted), Some(held)) if wanted != held => return None,
            (Some(wanted), None) => row.administrator = Some(wanted),
            _ => {}
        }
        if let Some(first) = Administrator::of(role).filter(|wanted| !self.appointed.contains_key(wanted)) {
            self.appointed.insert(first, stamp.entry);
            touched.appointed.insert(first);
        }
        let grant = GrantRow { person, role, unit, entry: stamp.entry, at: stamp.at, bootstrap };
        (role != Role::Head && self.grants.insert(grant.key(), grant).is_none()).then_some(())
    }

    pub(super) fn grant_end(&mut self, key: GrantKey, touched: &mut Touched) -> Option<()> {
        self.grants.remove(&key)?;
        touched.grants.insert(key);
        touched.people.insert(key.0);
        let still = self.grants_of(key.0).any(|row| Administrator::of(row.role).is_some());
        if !still {
            self.people.get_mut(&key.0)?.administrator = None;
        }
        Some(())
    }

    fn proposal_make(&mut self, fact: &Fact, stamp: Stamp) -> Option<()> {
        let Fact::ProposalMake { by, grave, about, unit, state, reason, expires } = fact else { return None };
        self.here(*by)?;
        self.units.get(unit)?;
        let row = ProposalRow {
            id: ProposalId(stamp.entry),
            grave: grave.clone(),
            about: about.clone(),
            unit: *unit,
            state: state.clone(),
            reason: reason.clone(),
            proposer: *by,
            at: stamp.at,
            expires: *expires,
            stage: Stage::Open,
            decider: None,
            decided: None,
            objection: None,
            used: None,
        };
        self.proposals.insert(row.id, row).is_none().then_some(())
    }

    fn decide(&mut self, id: ProposalId, by: PersonId, stage: Stage, objection: Option<&String>, stamp: Stamp) -> Option<()> {
        self.here(by)?;
        let row = self.proposals.get_mut(&id).filter(|row| row.stage == Stage::Open)?;
        let own = row.proposer == by;
        (own == (stage == Stage::Withdrawn)).then_some(())?;
        (row.stage, row.decider, row.decided, row.objection) = (stage, Some(by), Some(stamp.at), objection.cloned());
        Some(())
    }

    fn proposal_use(&mut self, id: ProposalId, stamp: Stamp) -> Option<()> {
        let row = self.proposals.get_mut(&id).filter(|row| row.stage == Stage::Approved)?;
        (row.stage, row.used) = (Stage::Used, Some(stamp.at));
        Some(())
    }

    pub(super) fn used_by(&mut self, proposal: Option<ProposalId>, stamp: Stamp, touched: &mut Touched) -> Option<()> {
        let Some(proposal) = proposal else { return Some(()) };
        touched.proposals.insert(proposal);
        self.proposal_use(proposal, stamp)
    }
}
