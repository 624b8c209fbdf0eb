//! What an entry about units, people, posts, grants or proposals says, and how it is written (`spec/entry.md`).
//!
//! Invariant: a fact reads back from the fields it was written as; nothing else is read as one.

use anlan_base::Instant;
use anlan_law::kind::Role;

use super::{PostId, ProposalId};
use crate::engine::{PersonId, UnitId};
use crate::entry::EntryRow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    UnitAdd {
        unit: UnitId,
        parent: Option<UnitId>,
        name: String,
        label: Option<String>,
    },
    /// An empty label takes it away.
    UnitChange {
        unit: UnitId,
        name: Option<String>,
        label: Option<String>,
    },
    UnitMove {
        unit: UnitId,
        parent: UnitId,
    },
    UnitClose {
        unit: UnitId,
        successor: Option<UnitId>,
    },
    UnitHead {
        unit: UnitId,
        head: Option<PersonId>,
    },
    PersonAdd {
        person: PersonId,
        unit: UnitId,
        name: String,
        phone: Option<String>,
        email: Option<String>,
        account: Option<String>,
    },
    /// What is absent stays; an empty phone or e-mail takes it away.
    PersonChange {
        person: PersonId,
        unit: Option<UnitId>,
        name: Option<String>,
        phone: Option<String>,
        email: Option<String>,
        account: Option<String>,
    },
    PersonLeave {
        person: PersonId,
        reason: String,
    },
    PersonReturn {
        person: PersonId,
        unit: UnitId,
    },
    /// `phone`, `email`.
    PersonErase {
        person: PersonId,
        fields: Vec<String>,
        proposal: ProposalId,
    },
    PersonAway {
        person: PersonId,
        to: PersonId,
        until: Instant,
        reason: String,
    },
    PersonBack {
        person: PersonId,
    },
    PostAdd {
        post: PostId,
        unit: UnitId,
        title: String,
        key_post: bool,
    },
    PostFill {
        post: PostId,
        person: Option<PersonId>,
    },
    PostClose {
        post: PostId,
    },
    GrantAdd {
        person: PersonId,
        role: Role,
        unit: UnitId,
        proposal: Option<ProposalId>,
        bootstrap: bool,
    },
    GrantRevoke {
        person: PersonId,
        role: Role,
        unit: UnitId,
        proposal: Option<ProposalId>,
    },
    SourceUnit {
        source: String,
        unit: UnitId,
    },
    ProposalMake {
        by: PersonId,
        grave: String,
        about: String,
        unit: UnitId,
        state: String,
        reason: String,
        expires: Instant,
    },
    ProposalApprove {
        by: PersonId,
        proposal: ProposalId,
    },
    ProposalObject {
        by: PersonId,
        proposal: ProposalId,
        reason: String,
    },
    ProposalWithdraw {
        by: PersonId,
        proposal: ProposalId,
    },
    ProposalUse {
        proposal: ProposalId,
    },
}

/// Acts that become facts; the ledger alone writes them.
const ACTS: [&str; 23] = [
    "unit.add",
    "unit.change",
    "unit.move",
    "unit.close",
    "unit.head",
    "person.add",
    "person.change",
    "person.leave",
    "person.return",
    "person.erase",
    "person.away",
    "person.back",
    "post.add",
    "post.fill",
    "post.close",
    "grant.add",
    "grant.revoke",
    "source.unit",
    "proposal.make",
    "proposal.approve",
    "proposal.object",
    "proposal.withdraw",
    "proposal.use",
];

/// Whether an act is one of these.
pub(crate) fn is_act(act: &str) -> bool {
    ACTS.contains(&act)
}

/// Fields of `person.add` and `person.change` that can be erased lawfully.
pub(crate) const PERSONAL: [&str; 2] = ["phone", "email"];

const YES: &str = "yes";

type Fields = Vec<(&'static str, String)>;

/// Collects fields; those that are absent are left out.
#[derive(Default)]
struct Out(Fields);

impl Out {
    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.push((name, value.to_string()));
        self
    }

    fn maybe(self, name: &'static str, value: Option<&(impl ToString + ?Sized)>) -> Self {
        match value {
            Some(value) => self.with(name, value.to_string()),
            None => self,
        }
    }

    /// A person or nobody: nobody is empty.
    fn or_nobody(self, name: &'static str, person: Option<PersonId>) -> Self {
        self.with(name, person.map(|person| person.to_string()).unwrap_or_default())
    }
}

impl Fact {
    pub(crate) fn act(&self) -> &'static str {
        match self {
            Self::UnitAdd { .. } => "unit.add",
            Self::UnitChange { .. } => "unit.change",
            Self::UnitMove { .. } => "unit.move",
            Self::UnitClose { .. } => "unit.close",
            Self::UnitHead { .. } => "unit.head",
            Self::PersonAdd { .. } => "person.add",
            Self::PersonChange { .. } => "person.change",
            Self::PersonLeave { .. } => "person.leave",
            Self::PersonReturn { .. } => "person.return",
            Self::PersonErase { .. } => "person.erase",
            Self::PersonAway { .. } => "person.away",
            Self::PersonBack { .. } => "person.back",
            Self::PostAdd { .. } => "post.add",
            Self::PostFill { .. } => "post.fill",
            Self::PostClose { .. } => "post.close",
            Self::GrantAdd { .. } => "grant.add",
            Self::GrantRevoke { .. } => "grant.revoke",
            Self::SourceUnit { .. } => "source.unit",
            Self::ProposalMake { .. } => "proposal.make",
            Self::ProposalApprove { .. } => "proposal.approve",
            Self::ProposalObject { .. } => "proposal.object",
            Self::ProposalWithdraw { .. } => "proposal.withdraw",
            Self::ProposalUse { .. } => "proposal.use",
        }
    }

    pub(crate) fn fields(&self) -> Fields {
        let out = Out::default();
        match self {
            Self::UnitAdd { .. } | Self::UnitChange { .. } | Self::UnitMove { .. } | Self::UnitClose { .. } | Self::UnitHead { .. } => {
                self.unit_fields(out)
            }
            Self::PersonAdd { .. }
            | Self::PersonChange { .. }
            | Self::PersonLeave { .. }
            | Self::PersonReturn { .. }
            | Self::PersonErase { .. }
            | Self::PersonAway { .. }
            | Self::PersonBack { .. } => self.person_fields(out),
            Self::PostAdd { post, unit, title, key_post } => {
                let out = out.with("post", post).with("unit", unit).with("title", title);
                if *key_post { out.with("key_post", YES) } else { out }
            }
            Self::PostFill { post, person } => out.with("post", post).or_nobody("person", *person),
            Self::PostClose { post } => out.with("post", post),
            Self::GrantAdd { person, role, unit, proposal, bootstrap } => {
                let out = out.with("person", person).with("role", role.id()).with("unit", unit).maybe("proposal", proposal.as_ref());
                if *bootstrap { out.with("bootstrap", YES) } else { out }
            }
            Self::GrantRevoke { person, role, unit, proposal } => {
                out.with("person", person).with("role", role.id()).with("unit", unit).maybe("proposal", proposal.as_ref())
            }
            Self::SourceUnit { source, unit } => out.with("source", source).with("unit", unit),
            _ => self.proposal_fields(out),
        }
        .0
    }

    fn unit_fields(&self, out: Out) -> Out {
        match self {
            Self::UnitAdd { unit, parent, name, label } => {
                out.with("unit", unit).maybe("parent", parent.as_ref()).with("name", name).maybe("label", label.as_ref())
            }
            Self::UnitChange { unit, name, label } => out.with("unit", unit).maybe("name", name.as_ref()).maybe("label", label.as_ref()),
            Self::UnitMove { unit, parent } => out.with("unit", unit).with("parent", parent),
            Self::UnitClose { unit, successor } => out.with("unit", unit).maybe("successor", successor.as_ref()),
            Self::UnitHead { unit, head } => out.with("unit", unit).or_nobody("head", *head),
            _ => out,
        }
    }

    fn person_fields(&self, out: Out) -> Out {
        match self {
            Self::PersonAdd { person, unit, name, phone, email, account } => out
                .with("person", person)
                .with("unit", unit)
                .with("name", name)
                .maybe("phone", phone.as_ref())
                .maybe("email", email.as_ref())
                .maybe("account", account.as_ref()),
            Self::PersonChange { person, unit, name, phone, email, account } => out
                .with("person", person)
                .maybe("unit", unit.as_ref())
                .maybe("name", name.as_ref())
                .maybe("phone", phone.as_ref())
                .maybe("email", email.as_ref())
                .maybe("account", account.as_ref()),
            Self::PersonLeave { person, reason } => out.with("person", person).with("reason", reason),
            Self::PersonReturn { person, unit } => out.with("person", person).with("unit", unit),
            Self::PersonErase { person, fields, proposal } => {
                out.with("person", person).with("fields", fields.join(",")).with("proposal", proposal)
            }
            Self::PersonAway { person, to, until, reason } => {
                out.with("person", person).with("to", to).with("until", until.0).with("reason", reason)
            }
            Self::PersonBack { person } => out.with("person", person),
            _ => out,
        }
    }

    fn proposal_fields(&self, out: Out) -> Out {
        match self {
            Self::ProposalMake { by, grave, about, unit, state, reason, expires } => out
                .with("by", by)
                .with("grave", grave)
                .with("about", about)
                .with("unit", unit)
                .with("state", state)
                .with("reason", reason)
                .with("expires", expires.0),
            Self::ProposalApprove { by, proposal } | Self::ProposalWithdraw { by, proposal } => {
                out.with("by", by).with("proposal", proposal)
            }
            Self::ProposalObject { by, proposal, reason } => out.with("by", by).with("proposal", proposal).with("reason", reason),
            Self::ProposalUse { proposal } => out.with("proposal", proposal),
            _ => out,
        }
    }

    /// None: no release could have written it so. An erased personal field is read as absent.
    pub(crate) fn read(entry: &EntryRow) -> Option<Self> {
        let act = entry.text("act")?;
        let read = Reader(entry);
        match act.split_once('.')?.0 {
            "unit" => read.unit_fact(act),
            "person" => read.person_fact(act),
            "post" => read.post_fact(act),
            "grant" => read.grant_fact(act),
            "source" if act == "source.unit" => Some(Self::SourceUnit { source: read.text("source")?, unit: read.unit("unit")? }),
            "proposal" => read.proposal_fact(act),
            _ => None,
        }
    }
}

struct Reader<'a>(&'a EntryRow);

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.text(name).map(str::to_owned)
    }

    fn unit(&self, name: &str) -> Option<UnitId> {
        UnitId::parse(self.0.text(name)?)
    }

    fn person(&self, name: &str) -> Option<PersonId> {
        PersonId::parse(self.0.text(name)?)
    }

    fn post(&self) -> Option<PostId> {
        PostId::parse(self.0.text("post")?)
    }

    fn proposal(&self) -> Option<ProposalId> {
        ProposalId::parse(self.0.text("proposal")?)
    }

    fn time(&self, name: &str) -> Option<Instant> {
        self.0.text(name)?.parse().ok().map(Instant)
    }

    fn is_yes(&self, name: &str) -> bool {
        self.0.text(name) == Some(YES)
    }

    /// Outer none: not as written; inner none: absent.
    fn maybe<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
        match self.0.text(name) {
            None => Some(None),
            Some(text) => parse(text).map(Some),
        }
    }

    fn or_nobody(&self, name: &str) -> Option<Option<PersonId>> {
        match self.0.text(name)? {
            "" => Some(None),
            text => PersonId::parse(text).map(Some),
        }
    }

    fn unit_fact(&self, act: &str) -> Option<Fact> {
        let unit = self.unit("unit")?;
        Some(match act {
            "unit.add" => {
                Fact::UnitAdd { unit, parent: self.maybe("parent", UnitId::parse)?, name: self.text("name")?, label: self.text("label") }
            }
            "unit.change" => Fact::UnitChange { unit, name: self.text("name"), label: self.text("label") },
            "unit.move" => Fact::UnitMove { unit, parent: self.unit("parent")? },
            "unit.close" => Fact::UnitClose { unit, successor: self.maybe("successor", UnitId::parse)? },
            "unit.head" => Fact::UnitHead { unit, head: self.or_nobody("head")? },
            _ => return None,
        })
    }

    fn person_fact(&self, act: &str) -> Option<Fact> {
        let person = self.person("person")?;
        let (phone, email, account) = (self.text("phone"), self.text("email"), self.text("account"));
        Some(match act {
            "person.add" => Fact::PersonAdd { person, unit: self.unit("unit")?, name: self.text("name")?, phone, email, account },
            "person.change" => {
                let unit = self.maybe("unit", UnitId::parse)?;
                Fact::PersonChange { person, unit, name: self.text("name"), phone, email, account }
            }
            "person.leave" => Fact::PersonLeave { person, reason: self.text("reason")? },
            "person.return" => Fact::PersonReturn { person, unit: self.unit("unit")? },
            "person.erase" => {
                let fields = self.text("fields")?.split(',').map(str::to_owned).collect();
                Fact::PersonErase { person, fields, proposal: self.proposal()? }
            }
            "person.away" => Fact::PersonAway { person, to: self.person("to")?, until: self.time("until")?, reason: self.text("reason")? },
            "person.back" => Fact::PersonBack { person },
            _ => return None,
        })
    }

    fn post_fact(&self, act: &str) -> Option<Fact> {
        let post = self.post()?;
        Some(match act {
            "post.add" => Fact::PostAdd { post, unit: self.unit("unit")?, title: self.text("title")?, key_post: self.is_yes("key_post") },
            "post.fill" => Fact::PostFill { post, person: self.or_nobody("person")? },
            "post.close" => Fact::PostClose { post },
            _ => return None,
        })
    }

    fn grant_fact(&self, act: &str) -> Option<Fact> {
        let (person, role, unit) = (self.person("person")?, Role::from_id(self.0.text("role")?)?, self.unit("unit")?);
        let proposal = self.maybe("proposal", ProposalId::parse)?;
        Some(match act {
            "grant.add" => Fact::GrantAdd { person, role, unit, proposal, bootstrap: self.is_yes("bootstrap") },
            "grant.revoke" => Fact::GrantRevoke { person, role, unit, proposal },
            _ => return None,
        })
    }

    fn proposal_fact(&self, act: &str) -> Option<Fact> {
        if act == "proposal.use" {
            return Some(Fact::ProposalUse { proposal: self.proposal()? });
        }
        let by = self.person("by")?;
        Some(match act {
            "proposal.make" => Fact::ProposalMake {
                by,
                grave: self.text("grave")?,
                about: self.text("about")?,
                unit: self.unit("unit")?,
                state: self.text("state")?,
                reason: self.text("reason")?,
                expires: self.time("expires")?,
            },
            "proposal.approve" => Fact::ProposalApprove { by, proposal: self.proposal()? },
            "proposal.object" => Fact::ProposalObject { by, proposal: self.proposal()?, reason: self.text("reason")? },
            "proposal.withdraw" => Fact::ProposalWithdraw { by, proposal: self.proposal()? },
            _ => return None,
        })
    }
}
