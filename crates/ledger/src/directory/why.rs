//! Why a change of units, people, posts, grants or proposals is refused: a closed list, so that pages can say each in both languages.

use crate::engine::Refusal;
use crate::error::LedgerError;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A reason; its locale key is `refusal-` and [`Self::code`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Why { $($(#[$doc])* $name,)* }

        impl Why {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

reasons! {
    /// The asker's roles do not reach so far.
    NotYours = "not-yours",
    /// Nobody grants to themselves, approves their own proposal or decides about themselves.
    OwnAffair = "own-affair",
    NoSuchUnit = "no-such-unit",
    NoSuchPerson = "no-such-person",
    NoSuchPost = "no-such-post",
    NoSuchGrant = "no-such-grant",
    NoSuchProposal = "no-such-proposal",
    NoSuchAccount = "no-such-account",
    NoSuchSource = "no-such-source",
    /// Arg `most`.
    BadText = "bad-text",
    BadPhone = "bad-phone",
    BadEmail = "bad-email",
    ReasonMissing = "reason-missing",
    /// A sibling has this name.
    SameName = "same-name",
    /// Arg `most`.
    UnitTooDeep = "unit-too-deep",
    UnitBelowItself = "unit-below-itself",
    UnitIsRoot = "unit-is-root",
    UnitClosed = "unit-closed",
    /// People, posts, grants, sources, units or records are still in it: name a successor.
    UnitInUse = "unit-in-use",
    /// The successor is closed, the unit itself or below it.
    BadSuccessor = "bad-successor",
    /// Arg `most`.
    TooMany = "too-many",
    PersonLeft = "person-left",
    PersonStillHere = "person-still-here",
    /// The account belongs to another person.
    AccountTaken = "account-taken",
    /// The person has another account, which is not taken away.
    AccountFixed = "account-fixed",
    /// Roles of administrators are for people with an account.
    AccountMissing = "account-missing",
    /// Somebody else is put in an administrator's place by a new account.
    AccountOfAdministrator = "account-of-administrator",
    PostClosed = "post-closed",
    GrantThere = "grant-there",
    /// The head is named by setting the unit's head.
    HeadIsSet = "head-is-set",
    /// System, security and audit administrators exclude each other. Arg `role`: what the person is already.
    AdministratorsExclude = "administrators-exclude",
    /// Another administrator has the same phone or e-mail: one person may not be two.
    SamePersonTwice = "same-person-twice",
    /// The last administrator of the system, or of security, cannot go before another is there.
    LastAdministrator = "last-administrator",
    /// Needs a proposal and a second person.
    NeedsProposal = "needs-proposal",
    StandInAway = "stand-in-away",
    NoStandIn = "no-stand-in",
    UntilPast = "until-past",
    ProposalDecided = "proposal-decided",
    ProposalExpired = "proposal-expired",
    /// What it was made against has changed since.
    ProposalStale = "proposal-stale",
    /// Who proposed or approved has left or may do so no more.
    ProposalVoid = "proposal-void",
    ProposalNotApproved = "proposal-not-approved",
    /// There is an open proposal for the same already.
    ProposalThere = "proposal-there",
    ProposalOther = "proposal-other",
    /// It cannot stand with what is there; pages do not offer it.
    NotPossible = "not-possible",
}

impl Why {
    pub(crate) fn refusal(self) -> Refusal {
        Refusal::new(self.code())
    }
}

impl From<Why> for Refusal {
    fn from(why: Why) -> Self {
        why.refusal()
    }
}

impl From<Why> for LedgerError {
    fn from(why: Why) -> Self {
        Self::Refusal(why.refusal())
    }
}
