//! Keeps records: the append-only `entry`, its projections (users, API tokens, sources), sessions, and the outbox to the log.
//!
//! Invariants: every change is an entry (I7) in the same transaction as its projection; SQL stands here and nowhere else, in one portable text; no HTML, no log lines.
#![forbid(unsafe_code)]
use std::path::Path;
use std::sync::Arc;
use anlan_base::{Class, Clock, Instant, SourceKey, text::Lang};
#[derive(Debug, thiserror::Error)]
pub enum LedgerError { #[error("{0}")] Sql(#[from] sqlx::Error), #[error("wrong name or password")] Refused }
/// Who acts: a user of the console, a peer of the local socket (by uid), an API token, or Anlan itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor { User(String), Uid(u32), Token(String), System }
#[derive(Clone, Debug)]
pub struct User { pub name: String, pub lang: Option<Lang> }
#[derive(Clone, Debug)]
pub struct Session { pub user: User, pub csrf: String, pub expires: Instant }
#[derive(Clone, Debug)]
pub struct SourceRow { pub key: SourceKey, pub class: Class, pub name: Option<String>, pub first_heard: Instant }
#[derive(Clone, Debug)]
pub struct TokenRow { pub name: String, pub created: Instant, pub last_used: Option<Instant>, pub revoked: bool }
#[derive(Clone, Debug)]
pub struct EntryRow { pub number: u64, pub fields: Vec<EntryField>, pub leaf: Option<u64> }
#[derive(Clone, Debug)]
pub struct EntryField { pub name: String, pub salt: Option<[u8; 16]>, pub value: Option<Vec<u8>>, pub digest: [u8; 32] }
/// What the log offers the outbox. `anlan` wires the journal in.
pub struct Ledger { _p: () }
impl Ledger {
    /// Opens or creates `DIR/ledger.db`, migrates.
    pub async fn open(_file: &Path, _clock: Arc<dyn Clock>) -> Result<Self, LedgerError> { todo!() }
    /// Entries whose leaf index is not known yet, oldest first: (number, digest).
    pub async fn outbox(&self, _limit: u32) -> Result<Vec<(u64, [u8; 32])>, LedgerError> { todo!() }
    pub async fn sequenced(&self, _number_and_leaf: &[(u64, u64)]) -> Result<(), LedgerError> { todo!() }
    pub async fn entries(&self, _from: u64, _limit: u32) -> Result<Vec<EntryRow>, LedgerError> { todo!() }
    /// Names of projections whose rows are not what the entries say (empty: all follow).
    pub async fn check_projections(&self) -> Result<Vec<String>, LedgerError> { todo!() }

    pub async fn has_users(&self) -> Result<bool, LedgerError> { todo!() }
    /// Makes and stores (hashed) a one-time code for the first run, 60 bits, 30 minutes; `7Q4K-9M2T-XW6P`.
    pub async fn first_run_code(&self) -> Result<String, LedgerError> { todo!() }
    /// Redeems the code and makes the first user. Refused when wrong, used, late, or a user exists.
    pub async fn redeem_first_run(&self, _code: &str, _name: &str, _password: &str) -> Result<(), LedgerError> { todo!() }
    /// Checks a password (argon2id, growing delay after failures) and opens a session: returns the cookie's secret.
    pub async fn login(&self, _name: &str, _password: &str, _peer: &str) -> Result<String, LedgerError> { todo!() }
    pub async fn session(&self, _secret: &str) -> Result<Option<Session>, LedgerError> { todo!() }
    pub async fn logout(&self, _secret: &str) -> Result<(), LedgerError> { todo!() }
    pub async fn set_lang(&self, _actor: &Actor, _user: &str, _lang: Lang) -> Result<(), LedgerError> { todo!() }
    /// Makes an API token; returns it once (`anlan_` + 43 base64url).
    pub async fn add_token(&self, _actor: &Actor, _name: &str) -> Result<String, LedgerError> { todo!() }
    pub async fn revoke_token(&self, _actor: &Actor, _name: &str) -> Result<(), LedgerError> { todo!() }
    /// The token's name when it is good.
    pub async fn check_token(&self, _token: &str) -> Result<Option<String>, LedgerError> { todo!() }
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, LedgerError> { todo!() }
    /// The source of this key, made (with an entry) when it is heard for the first time.
    pub async fn source(&self, _key: &SourceKey) -> Result<SourceRow, LedgerError> { todo!() }
    pub async fn sources(&self) -> Result<Vec<SourceRow>, LedgerError> { todo!() }
    pub async fn name_source(&self, _actor: &Actor, _key: &SourceKey, _name: &str) -> Result<(), LedgerError> { todo!() }
    /// Records a read or another act that changes no projection (I7: proofs made, packs built, searches by an auditor).
    pub async fn note_act(&self, _actor: &Actor, _act: &str, _fields: &[(&str, &str)]) -> Result<(), LedgerError> { todo!() }
}
#[allow(unused)] fn _x(_: Lang) {}
