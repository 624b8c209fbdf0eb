//! Signing in, step by step: the password, then what else the account needs, then a session.
//!
//! ```text
//! sign_in(name, password) -> Open(secret)
//!                          | Wanted { pending, Code }          -> enter_code(pending, code)
//!                          | Wanted { pending, Password(why) } -> choose_password(pending, new)
//!                          | Wanted { pending, SecondFactor }  -> offer_first_authenticator, confirm_first_authenticator
//! ```
//!
//! Invariants: a sign-in on its way is no session and lies in memory only, so that nothing can take it for one; it lasts [`PENDING_SECONDS`];
//! its last step looks at the account again, so that a password changed or an account disabled meanwhile counts; each step makes a new secret.

use std::collections::HashMap;

use anlan_base::Instant;

use crate::Ledger;
use crate::database::Conn;
use crate::delays::{Delays, Key};
use crate::directory::Administrator;
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{kept, new_secret, typed_plain};
use crate::sessions::{self, Opening, cut};
use crate::users::{self, Credentials};
use crate::{passwords, second_factor};

/// How long a sign-in may be on its way.
pub const PENDING_SECONDS: u64 = 10 * 60;
/// Sign-ins on their way; then the oldest is forgotten.
pub const PENDING: usize = 1_000;
/// Sign-ins of one account on their way; then its oldest is forgotten.
pub const PENDING_PER_ACCOUNT: usize = 5;
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// Whether an account's person is a system, security or audit administrator: [`Ledger::standing_of`]. An account whose grants change is signed out everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Ordinary,
    Administrator,
}

impl Standing {
    #[must_use]
    pub fn needs_second_factor(self) -> bool {
        self == Self::Administrator
    }
}

/// Where a sign-in stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Signed in: the session's secret, for the cookie.
    Open(String),
    /// `pending` is the secret of this sign-in on its way; it is good for `what` only.
    Wanted { pending: String, what: Wanted },
}

/// What a sign-in waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A code of the authenticator, or a recovery code: [`Ledger::enter_code`].
    Code,
    /// A new password: [`Ledger::choose_password`].
    Password(WhyPassword),
    /// The account needs an authenticator and has none: [`Ledger::offer_first_authenticator`].
    SecondFactor,
}

/// Why a password must be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyPassword {
    /// It was given out by an administrator.
    OneTime,
    /// It is older than the rules allow.
    Age { days: u32 },
}

/// What was proven beside the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factor {
    None,
    Code,
    Recovery,
}

impl Factor {
    /// As `session.open` says it; none where it was the password alone.
    pub(crate) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Code => Some("code"),
            Self::Recovery => Some("recovery"),
        }
    }
}

/// A sign-in whose password is proven.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) account: String,
    peer: String,
    standing: Standing,
    /// The hash that the password was proven against.
    proven: String,
    factor: Factor,
    wanted: Wanted,
    began: Instant,
}

impl Pending {
    fn keys(&self) -> [Key; 2] {
        [Key::account(&self.account), Key::peer(&self.peer)]
    }

    fn has_ended(&self, now: Instant) -> bool {
        now >= self.began.plus_seconds(PENDING_SECONDS)
    }
}

/// Sign-ins on their way, by the hash of their secret.
#[derive(Debug, Default)]
pub(crate) struct Pendings(HashMap<[u8; 32], Pending>);

impl Pendings {
    fn put(&mut self, pending: Pending, now: Instant) -> Result<String, LedgerError> {
        self.0.retain(|_, other| !other.has_ended(now));
        self.make_room(PENDING_PER_ACCOUNT, |other| other.account == pending.account);
        self.make_room(PENDING, |_| true);
        let secret = new_secret()?;
        self.0.insert(kept(&secret), pending);
        Ok(secret)
    }

    fn make_room(&mut self, limit: usize, among: impl Fn(&Pending) -> bool) {
        let counted = || self.0.iter().filter(|(_, pending)| among(pending));
        if counted().count() < limit {
            return;
        }
        if let Some(oldest) = counted().min_by_key(|(key, pending)| (pending.began, **key)).map(|(key, _)| *key) {
            self.0.remove(&oldest);
        }
    }

    fn get(&self, secret: &str, now: Instant) -> Option<Pending> {
        self.0.get(&kept(secret)).filter(|pending| !pending.has_ended(now)).cloned()
    }

    fn forget(&mut self, secret: &str) {
        self.0.remove(&kept(secret));
    }

    pub(crate) fn forget_account(&mut self, account: &str) {
        self.0.retain(|_, pending| pending.account != account);
    }
}

impl Ledger {
    /// The standing of an account by the grants of this moment; ordinary where the account belongs to nobody.
    #[must_use]
    pub fn standing_of(&self, account: &str) -> Standing {
        let directory = self.directory();
        let person = directory.person_of(account).and_then(|person| directory.person_row(person));
        match person.and_then(|row| row.administrator) {
            Some(_) => Standing::Administrator,
            None => Standing::Ordinary,
        }
    }

    /// Whether the account's person was made an administrator after this moment: a session that was opened before, without the second factor, is over.
    pub(crate) fn became_administrator_after(&self, account: &str, since: Instant) -> bool {
        let directory = self.directory();
        let Some(person) = directory.person_of(account) else { return false };
        directory.grants_of(person).any(|grant| Administrator::of(grant.role).is_some() && grant.at > since)
    }

    /// The first step: checks a password (argon2id, growing delay after failures). `standing` is [`Self::standing_of`] the account.
    ///
    /// # Errors
    /// [`LedgerError::Refused`], [`LedgerError::Wait`], [`LedgerError::Busy`]; [`LedgerError::OneTimeLate`] only to who knows the one-time password.
    pub async fn sign_in(&self, name: &str, password: &str, peer: &str, standing: Standing) -> Result<Step, LedgerError> {
        let proven = self.prove_password(name, password, peer).await?;
        let (began, wanted, factor) = (self.clock.now(), Wanted::Code, Factor::None);
        self.go_on(Pending { account: name.to_owned(), peer: peer.to_owned(), standing, proven, factor, wanted, began }).await
    }

    /// [`Self::sign_in`] as an ordinary account, whatever the standing, for programs and tests: returns the session's secret. Refused where more is wanted.
    /// Not for the console: it asks no administrator for a second factor.
    pub async fn login(&self, name: &str, password: &str, peer: &str) -> Result<String, LedgerError> {
        match self.sign_in(name, password, peer, Standing::Ordinary).await? {
            Step::Open(secret) => Ok(secret),
            Step::Wanted { .. } => Err(LedgerError::Refused),
        }
    }

    /// What a sign-in on its way waits for; none where there is no such sign-in (any more).
    #[must_use]
    pub fn pending(&self, pending: &str) -> Option<Wanted> {
        self.pendings().get(pending, self.clock.now()).map(|pending| pending.wanted)
    }

    /// A code of the authenticator, or one of the recovery codes. Each is taken once; failures cost a growing delay of their own.
    pub async fn enter_code(&self, pending: &str, code: &str, peer: &str) -> Result<Step, LedgerError> {
        let on_its_way = self.waiting_for(pending, |wanted| wanted == Wanted::Code)?;
        let factor = self.prove_code(&on_its_way.account, code, peer).await?;
        self.pendings().forget(pending);
        self.go_on(Pending { factor, ..on_its_way }).await
    }

    /// A new password in place of a one-time or an old one. Every session of the account ends.
    pub async fn choose_password(&self, pending: &str, new: &str) -> Result<Step, LedgerError> {
        let on_its_way = self.waiting_for(pending, |wanted| matches!(wanted, Wanted::Password(_)))?;
        let name = on_its_way.account.clone();
        passwords::judge(&self.account_rules(), &name, new)?;
        let as_proven = if on_its_way.wanted == Wanted::Password(WhyPassword::OneTime) { typed_plain(new) } else { new.to_owned() };
        if self.hasher.verify(&as_proven, Some(on_its_way.proven.clone())).await? {
            return Err(passwords::PasswordFault::Same.into());
        }
        let new_hash = self.hasher.hash(new).await?;
        let (now, actor) = (self.clock.now(), Actor::User(name.clone()));
        let mut tx = self.db.change().await?;
        users::replace_password(&mut tx, now, &actor, &name, &on_its_way.proven, &new_hash).await?;
        sessions::end_all(&mut tx, now, &actor, &name).await?;
        tx.commit().await?;
        self.pendings().forget(pending);
        self.go_on(Pending { proven: new_hash, ..on_its_way }).await
    }

    pub(crate) fn waiting_for(&self, pending: &str, wanted: impl Fn(Wanted) -> bool) -> Result<Pending, LedgerError> {
        let found = self.pendings().get(pending, self.clock.now());
        found.filter(|pending| wanted(pending.wanted)).ok_or(LedgerError::Refused)
    }

    /// After the authenticator was enrolled on the way, its code proven.
    pub(crate) async fn go_on_with_code(&self, pending: &str, on_its_way: Pending) -> Result<Step, LedgerError> {
        self.pendings().forget(pending);
        self.go_on(Pending { factor: Factor::Code, ..on_its_way }).await
    }

    /// Opens the session, or says what is still wanted.
    async fn go_on(&self, pending: Pending) -> Result<Step, LedgerError> {
        let now = self.clock.now();
        let mut tx = self.db.change().await?;
        if let Some(what) = self.still_wanted(&mut tx, &pending, now).await? {
            drop(tx);
            let secret = self.pendings().put(Pending { wanted: what, ..pending }, now)?;
            return Ok(Step::Wanted { pending: secret, what });
        }
        let opening = Opening {
            user: &pending.account,
            peer: &pending.peer,
            administrator: pending.standing == Standing::Administrator,
            factor: pending.factor,
            proven: now,
        };
        let secret = sessions::begin(&mut tx, now, &self.account_rules(), &opening).await?;
        tx.commit().await?;
        self.delays().clear(&pending.keys());
        Ok(Step::Open(secret))
    }

    async fn still_wanted(&self, conn: &mut Conn, pending: &Pending, now: Instant) -> Result<Option<Wanted>, LedgerError> {
        let account = users::credentials(conn, &pending.account).await?.ok_or(LedgerError::Refused)?;
        if account.hash != pending.proven || account.disabled {
            return Err(LedgerError::Refused);
        }
        let enrolled = second_factor::is_enrolled(conn, &pending.account).await?;
        if enrolled && pending.factor == Factor::None {
            return Ok(Some(Wanted::Code));
        }
        if let Some(why) = self.must_change(&account, now) {
            return Ok(Some(Wanted::Password(why)));
        }
        Ok((pending.standing.needs_second_factor() && !enrolled).then_some(Wanted::SecondFactor))
    }

    fn must_change(&self, account: &Credentials, now: Instant) -> Option<WhyPassword> {
        if account.one_time_until.is_some() {
            return Some(WhyPassword::OneTime);
        }
        let days = self.account_rules().password_days?;
        let due = account.password_set.plus_seconds(u64::from(days) * DAY_SECONDS);
        (now >= due).then_some(WhyPassword::Age { days })
    }

    pub(crate) fn pendings(&self) -> std::sync::MutexGuard<'_, Pendings> {
        self.pendings.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn delays(&self) -> std::sync::MutexGuard<'_, Delays> {
        self.delays.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Returns the hash the password was proven against. A failure is charged to account and peer and becomes an entry; the caller clears both when all is
    /// proven.
    pub(crate) async fn prove_password(&self, name: &str, password: &str, peer: &str) -> Result<String, LedgerError> {
        let keys = [Key::account(name), Key::peer(peer)];
        self.delays().charge(&keys, self.clock.now()).map_err(|seconds| LedgerError::Wait { seconds })?;
        let judged = self.judge_password(name, password).await;
        let (account, good) = judged.inspect_err(|_| self.delays().refund(&keys))?;
        let known = account.as_ref().map(|_| name);
        match account {
            Some(account) if good && !account.disabled => {
                self.delays().refund(&keys);
                if account.one_time_until.is_some_and(|until| self.clock.now() >= until) {
                    self.note_refused(known, peer, "late").await?;
                    return Err(LedgerError::OneTimeLate);
                }
                Ok(account.hash)
            }
            account => {
                let disabled = good && account.is_some_and(|account| account.disabled);
                self.note_refused(known, peer, if disabled { "disabled" } else { "password" }).await?;
                Err(LedgerError::Refused)
            }
        }
    }

    async fn judge_password(&self, name: &str, password: &str) -> Result<(Option<Credentials>, bool), LedgerError> {
        let account = users::credentials(&mut *self.db.look().await?, name).await?;
        // One-time passwords are typed from paper.
        let one_time = account.as_ref().is_some_and(|account| account.one_time_until.is_some());
        let typed = if one_time { typed_plain(password) } else { password.to_owned() };
        let good = self.hasher.verify(&typed, account.as_ref().map(|account| account.hash.clone())).await?;
        Ok((account, good))
    }

    /// A failure of a code has a delay of its own: a password that is right does not clear it.
    pub(crate) async fn prove_code(&self, account: &str, code: &str, peer: &str) -> Result<Factor, LedgerError> {
        let keys = [Key::code(account), Key::peer(peer)];
        self.delays().charge(&keys, self.clock.now()).map_err(|seconds| LedgerError::Wait { seconds })?;
        let used = self.use_code(account, code).await.inspect_err(|_| self.delays().refund(&keys))?;
        match used {
            Some(factor) => {
                self.delays().clear(&keys);
                Ok(factor)
            }
            None => {
                self.note_refused(Some(account), peer, "code").await?;
                Err(LedgerError::Refused)
            }
        }
    }

    /// The name is kept only where it is an account's: what else people type there is often a password.
    async fn note_refused(&self, account: Option<&str>, peer: &str, reason: &str) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let (turned_away, wait) = {
            let mut delays = self.delays();
            let keys = [account.map(Key::account), account.map(Key::code), Some(Key::peer(peer))];
            (delays.take_turned_away().to_string(), delays.seconds_left(keys.iter().flatten(), now).to_string())
        };
        let peer = cut(peer);
        let mut fields = vec![("peer", peer.as_str()), ("turned_away", &turned_away), ("reason", reason), ("wait", &wait)];
        fields.extend(account.map(|name| ("user", name)));
        let mut tx = self.db.change().await?;
        append(&mut tx, now, &Actor::System, Act::LoginRefused.as_str(), &fields).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(account: &str, began: u64) -> Pending {
        let (account, began) = (account.to_owned(), Instant(began));
        let (peer, proven) = (String::new(), String::new());
        Pending { account, peer, standing: Standing::Ordinary, proven, factor: Factor::None, wanted: Wanted::Code, began }
    }

    #[test]
    fn sign_ins_on_their_way_have_limits() {
        for (count, kept) in [(PENDING - 1, PENDING - 1), (PENDING, PENDING), (PENDING + 1, PENDING)] {
            let mut pendings = Pendings::default();
            let secrets: Vec<String> = (0..count).map(|n| pendings.put(pending(&n.to_string(), n as u64), Instant(0)).unwrap()).collect();
            assert_eq!(pendings.0.len(), kept);
            assert_eq!(pendings.get(&secrets[0], Instant(0)).is_some(), count <= PENDING, "the oldest goes");
        }
        for (count, kept) in [
            (PENDING_PER_ACCOUNT - 1, PENDING_PER_ACCOUNT - 1),
            (PENDING_PER_ACCOUNT, PENDING_PER_ACCOUNT),
            (PENDING_PER_ACCOUNT + 1, PENDING_PER_ACCOUNT),
        ] {
            let mut pendings = Pendings::default();
            pendings.put(pending("b", 0), Instant(0)).unwrap();
            (0..count).for_each(|n| drop(pendings.put(pending("a", n as u64), Instant(0)).unwrap()));
            assert_eq!(pendings.0.len(), kept + 1);
        }
    }

    #[test]
    fn a_sign_in_on_its_way_ends() {
        let mut pendings = Pendings::default();
        let secret = pendings.put(pending("a", 0), Instant(0)).unwrap();
        let end = PENDING_SECONDS * Instant::SECOND;
        for (at, lasts) in [(end - 1, true), (end, false), (end + 1, false)] {
            assert_eq!(pendings.get(&secret, Instant(at)).is_some(), lasts);
        }
        pendings.put(pending("b", end), Instant(end)).unwrap();
        assert_eq!(pendings.0.len(), 1, "what ended is forgotten");
        pendings.forget_account("b");
        assert_eq!(pendings.0.len(), 0);
    }
}
