//! Rules for the accounts of the console: passwords, ends of sessions, API tokens. Packs set them in `accounts.toml` (`spec/lawpack.md`).
//!
//! Invariants: every rule has hard bounds, so that no pack can make a password shorter than [`SHORTEST_PASSWORD`] or a session endless;
//! where packs disagree the stricter rule wins.

use serde::Deserialize;

/// Characters that the shortest password has, whatever a pack says (ASVS 5.0 V6.2.1).
pub const SHORTEST_PASSWORD: u32 = 8;
/// Characters of the longest password that is ever taken. Passwords of 64 characters are always taken (ASVS 5.0 V6.2.9).
pub const LONGEST_PASSWORD: u32 = 256;
/// Classes of characters: small letters, capitals, digits, all others.
pub const CLASSES: u32 = 4;

/// What holds for accounts. [`AccountRules::default`] is what holds where no pack says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRules {
    /// Characters of the shortest password, 8 to 64.
    pub password_shortest: u32,
    /// Characters of the longest password, 64 to 256.
    pub password_longest: u32,
    /// How many of the four classes (small letters, capitals, digits, others) a password must have, 0 to 4. 0 asks for nothing, as ASVS 5.0 advises.
    pub password_classes: u32,
    /// Days after which a password must be changed; none where it lasts.
    pub password_days: Option<u32>,
    /// Days that a one-time password given out by an administrator holds, 1 to 30.
    pub one_time_days: u32,
    /// Minutes without use that end a session, 5 to 60.
    pub idle_minutes: u32,
    /// The same for system, security and audit administrators, 5 to 60.
    pub administrator_idle_minutes: u32,
    /// Hours that end a session, used or not, 1 to 12.
    pub session_hours: u32,
    /// Minutes that the proof of password and code holds for a grave act, 1 to 60.
    pub fresh_minutes: u32,
    /// Days that an API token holds where its maker says nothing, 1 to 365.
    pub token_days: u32,
    /// Days that an API token holds at most, 1 to 365.
    pub token_longest_days: u32,
    /// Days without a sign-in after which an account counts as dormant, 1 to 366; none where no pack says.
    pub dormant_days: Option<u32>,
}

impl Default for AccountRules {
    fn default() -> Self {
        Self {
            password_shortest: SHORTEST_PASSWORD,
            password_longest: LONGEST_PASSWORD,
            password_classes: 0,
            password_days: None,
            one_time_days: 7,
            idle_minutes: 60,
            administrator_idle_minutes: 15,
            session_hours: 12,
            fresh_minutes: 5,
            token_days: 365,
            token_longest_days: 365,
            dormant_days: None,
        }
    }
}

impl AccountRules {
    /// Of each rule the stricter one.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        Self {
            password_shortest: self.password_shortest.max(other.password_shortest),
            password_longest: self.password_longest.min(other.password_longest),
            password_classes: self.password_classes.max(other.password_classes),
            password_days: [self.password_days, other.password_days].into_iter().flatten().min(),
            one_time_days: self.one_time_days.min(other.one_time_days),
            idle_minutes: self.idle_minutes.min(other.idle_minutes),
            administrator_idle_minutes: self.administrator_idle_minutes.min(other.administrator_idle_minutes),
            session_hours: self.session_hours.min(other.session_hours),
            fresh_minutes: self.fresh_minutes.min(other.fresh_minutes),
            token_days: self.token_days.min(other.token_days),
            token_longest_days: self.token_longest_days.min(other.token_longest_days),
            dormant_days: [self.dormant_days, other.dormant_days].into_iter().flatten().min(),
        }
    }
}

/// A whole number from `LOW` to `HIGH`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
struct Within<const LOW: u32, const HIGH: u32>(u32);

impl<const LOW: u32, const HIGH: u32> TryFrom<i64> for Within<LOW, HIGH> {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let fits = u32::try_from(number).ok().filter(|number| (LOW..=HIGH).contains(number));
        fits.map(Self).ok_or_else(|| format!("{number}; {LOW}-{HIGH}"))
    }
}

/// `accounts.toml` as written: what is left out keeps its default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    #[serde(default)]
    password: WrittenPassword,
    #[serde(default)]
    session: WrittenSession,
    #[serde(default)]
    token: WrittenToken,
    #[serde(default)]
    account: WrittenAccount,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPassword {
    shortest: Option<Within<SHORTEST_PASSWORD, 64>>,
    longest: Option<Within<64, LONGEST_PASSWORD>>,
    classes: Option<Within<0, CLASSES>>,
    days: Option<Within<1, 3650>>,
    one_time_days: Option<Within<1, 30>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSession {
    idle_minutes: Option<Within<5, 60>>,
    administrator_idle_minutes: Option<Within<5, 60>>,
    hours: Option<Within<1, 12>>,
    fresh_minutes: Option<Within<1, 60>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenToken {
    days: Option<Within<1, 365>>,
    longest_days: Option<Within<1, 365>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAccount {
    dormant_days: Option<Within<1, 366>>,
}

fn said<const LOW: u32, const HIGH: u32>(written: Option<Within<LOW, HIGH>>, otherwise: u32) -> u32 {
    written.map_or(otherwise, |number| number.0)
}

impl Written {
    /// The rules of one pack.
    pub(crate) fn rules(self) -> AccountRules {
        let (usual, password, session, token) = (AccountRules::default(), self.password, self.session, self.token);
        AccountRules {
            password_shortest: said(password.shortest, usual.password_shortest),
            password_longest: said(password.longest, usual.password_longest),
            password_classes: said(password.classes, usual.password_classes),
            password_days: password.days.map(|days| days.0),
            one_time_days: said(password.one_time_days, usual.one_time_days),
            idle_minutes: said(session.idle_minutes, usual.idle_minutes),
            administrator_idle_minutes: said(session.administrator_idle_minutes, usual.administrator_idle_minutes),
            session_hours: said(session.hours, usual.session_hours),
            fresh_minutes: said(session.fresh_minutes, usual.fresh_minutes),
            token_days: said(token.days, usual.token_days),
            token_longest_days: said(token.longest_days, usual.token_longest_days),
            dormant_days: self.account.dormant_days.map(|days| days.0),
        }
    }
}
