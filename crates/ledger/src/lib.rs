//! Keeps records: the append-only `entry`, its projections (users, API tokens, sources), sessions, and the outbox to the log.
//!
//! Invariants:
//! - Every change is an entry (I7) in the same transaction as its projection; entries have no holes and are never changed.
//! - Secrets are kept hashed and never stand in entries; an entry binds the kept form by a commitment, so that a row swapped by hand is found.
//! - SQL stands here and nowhere else, in one portable text; no HTML, no log lines.
#![forbid(unsafe_code)]

mod account_tables;
mod accounts;
mod body;
mod book;
mod common_passwords;
mod copying;
mod database;
mod delays;
mod directory;
pub mod engine;
mod entry;
mod error;
mod firstrun;
mod grants;
mod law_texts;
mod moving;
mod notices;
mod outbox;
mod own_kinds;
mod passwords;
mod people;
mod place;
mod posts;
mod projections;
mod proposals;
pub mod records;
mod sealed;
mod second_factor;
mod secret;
mod sessions;
mod sign_in;
mod snapshot;
mod sources;
mod step_up;
mod tokens;
mod totp;
mod units;
mod upkeep;
mod users;
mod verdicts;

use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use anlan_base::{Clock, limits};
use anlan_law::accounts::AccountRules;

pub use accounts::{ACCOUNTS, AccountRow, REASON_CHARS};
pub use book::CheckpointSource;
pub use copying::{Copied, PART_BYTES, PartSink, PartSource};
pub use delays::{DELAY_KEYS, DELAY_LONGEST_SECONDS, FREE_FAILURES};
pub use directory::{
    Administrator, Directory, EMAIL_CHARS, GrantRow, Holding, LOG_READERS, NAME_CHARS, PHONE_CHARS, PersonRow, PostId, PostRow, ProposalId,
    ProposalRow, ROOT_NAME, SourceScope, Stage, StandIn, UnitRow, WHY_CHARS, Why,
};
pub use entry::{Actor, EntryFault, EntryField, EntryRow, FIELDS, NAME_BYTES, NotedAct, PAGE, VALUE_BYTES, entry_digest, field_digest};
pub use error::LedgerError;
pub use firstrun::{CODE_REFUSALS, CODE_SECONDS};
pub use grants::{GRANTS_EACH, Held, Separation};
pub use law_texts::{LAW_TEXT_BYTES, LAW_TEXT_NAME_BYTES, LAW_TEXTS, LawTextRow};
pub use notices::{Delivery, LETTERS, Letter, NOTICE_DAYS, NOTICES, Notice, NoticeWhy, TRY_DAYS};
pub use own_kinds::{AddKindError, OWN_KIND_FILES, OwnKindRow};
pub use passwords::{HASH_QUEUE, HASHES_AT_ONCE, HashCost, PASSWORD_LONGEST, PASSWORD_SHORTEST, PasswordFault};
pub use people::{NewPerson, PEOPLE, PEOPLE_AT_ONCE, PersonChange, STAND_IN_DAYS};
pub use place::{Place, PostgresUrl, URL_BYTES, UrlFault};
pub use posts::POSTS;
pub use proposals::{Approved, Eyes, GraveAct, PROPOSAL_DAYS, PROPOSALS_OPEN, ProposalShown, ProposalStanding};
pub use sealed::SealKey;
pub use second_factor::{OFFER_SECONDS, OFFERS, Offer, RECOVERY_CODES};
pub use sessions::{ABSOLUTE_SECONDS, IDLE_SECONDS, SESSIONS_PER_USER, Session, SessionRow, TOUCH_SECONDS};
pub use sign_in::{PENDING, PENDING_PER_ACCOUNT, PENDING_SECONDS, Standing, Step, Wanted, WhyPassword};
pub use sources::{SOURCE_NAME_CHARS, SourceRow};
pub use tokens::{NewToken, Scope, TOKENS, TokenFault, TokenHolder, TokenRow};
pub use totp::{CODE_DIGITS, CODE_STEP_SECONDS, authenticator_code};
pub use units::UNITS;
pub use upkeep::{UPKEEP, UPKEEP_DAYS, UPKEEP_KEPT};
pub use users::{USER_NAME_BYTES, User};
pub use verdicts::{DUTIES, KeptVerdict, NoSuchState, Reached, VERDICT_BODY_BYTES, VERDICT_DAYS, VERDICT_HISTORY, VerdictState};

/// What tests set lower. The defaults are the product's.
#[derive(Clone, Copy, Debug)]
pub struct LedgerOptions {
    pub hash_cost: HashCost,
    /// Sources told apart, see [`limits::SOURCES`].
    pub sources: usize,
    /// Tokens that are not revoked, see [`TOKENS`].
    pub tokens: usize,
    /// Accounts, see [`ACCOUNTS`].
    pub accounts: usize,
    /// Seals the secrets of authenticators; without it they lie open in the database (never in entries).
    pub seal_key: Option<SealKey>,
}

impl Default for LedgerOptions {
    fn default() -> Self {
        Self { hash_cost: HashCost::default(), sources: limits::SOURCES, tokens: TOKENS, accounts: ACCOUNTS, seal_key: None }
    }
}

/// The records of one data folder. Shared by reference or `Arc`; every method may be called from many tasks at once.
pub struct Ledger {
    db: database::Database,
    clock: Arc<dyn Clock>,
    options: LedgerOptions,
    hasher: passwords::Hasher,
    delays: Mutex<delays::Delays>,
    firstrun: firstrun::Refusals,
    book: RwLock<sources::Book>,
    rules: RwLock<AccountRules>,
    pendings: Mutex<sign_in::Pendings>,
    offers: Mutex<second_factor::Offers>,
    hearing: sources::Hearing,
    staff: Arc<directory::turn::Staff>,
    in_force: book::BookInForce,
    shelves: records::Shelves,
    upkeep: tokio::sync::Mutex<upkeep::Upkeep>,
}

impl Ledger {
    /// Opens or creates `DIR/ledger.db`, migrates.
    pub async fn open(file: &Path, clock: Arc<dyn Clock>) -> Result<Self, LedgerError> {
        Self::open_with(file, clock, LedgerOptions::default()).await
    }

    pub async fn open_with(file: &Path, clock: Arc<dyn Clock>, options: LedgerOptions) -> Result<Self, LedgerError> {
        Self::open_database(&Place::Sqlite(file.to_owned()), clock, options).await
    }

    /// Opens or creates the ledger where it is, migrates. In PostgreSQL it lies in a schema `anlan` of its own, and one process at a time may open it.
    pub async fn open_database(place: &Place, clock: Arc<dyn Clock>, options: LedgerOptions) -> Result<Self, LedgerError> {
        let db = database::Database::open(place, clock.now()).await?;
        let ledger = Self::over(db, clock, options).await?;
        ledger.settle().await?;
        Ok(ledger)
    }

    /// Opens for reading, for a verifier: no file is made or changed, a write-ahead file beside it is read too. Every change answers [`LedgerError::ReadOnly`].
    pub async fn open_readonly(file: &Path) -> Result<Self, LedgerError> {
        Self::open_database_readonly(&Place::Sqlite(file.to_owned())).await
    }

    /// As [`Self::open_readonly`], wherever it is.
    pub async fn open_database_readonly(place: &Place) -> Result<Self, LedgerError> {
        let clock = Arc::new(anlan_base::SystemClock);
        let db = database::Database::open_readonly(place, clock.now()).await?;
        Self::over(db, clock, LedgerOptions::default()).await
    }

    async fn over(db: database::Database, clock: Arc<dyn Clock>, options: LedgerOptions) -> Result<Self, LedgerError> {
        let book = sources::Book::load(db.read()).await?;
        let directory = directory::Directory::load(&db, clock.clone()).await?;
        Ok(Self {
            db,
            clock,
            options,
            hasher: passwords::Hasher::new(options.hash_cost)?,
            delays: Mutex::default(),
            firstrun: firstrun::Refusals::default(),
            book: RwLock::new(book),
            rules: RwLock::default(),
            pendings: Mutex::default(),
            offers: Mutex::default(),
            hearing: sources::Hearing::default(),
            staff: directory::turn::Staff::new(directory),
            in_force: book::BookInForce::default(),
            shelves: records::Shelves::default(),
            upkeep: tokio::sync::Mutex::default(),
        })
    }

    /// Puts other rules for passwords, sessions and tokens in force, those of a `Lawbook`; from now on they hold for everybody. Until then the defaults hold.
    pub fn use_account_rules(&self, rules: AccountRules) {
        *self.rules.write().unwrap_or_else(std::sync::PoisonError::into_inner) = rules;
    }

    /// The rules in force.
    #[must_use]
    pub fn account_rules(&self) -> AccountRules {
        *self.rules.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Waits for what runs, then closes the file, so that nothing but `ledger.db` is left of it.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
