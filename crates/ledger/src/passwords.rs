//! Passwords: which are taken, and argon2id over them.
//!
//! Invariants: at most [`HASHES_AT_ONCE`] hashes run at once (64 MiB each) and [`HASH_QUEUE`] wait; a hash runs off the async threads and is finished even when nobody waits for it any more.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::LedgerError;
use crate::secret::random;

/// Password hashes computed at the same time.
pub const HASHES_AT_ONCE: usize = 2;
/// Password hashes that wait for their turn; more are turned away with [`LedgerError::Busy`].
pub const HASH_QUEUE: usize = 16;
/// Characters of the shortest password (ASVS 5.0 V6.2.1).
pub const PASSWORD_SHORTEST: usize = 8;
/// Characters of the longest password.
pub const PASSWORD_LONGEST: usize = 256;

/// Cost of argon2id. The default is m = 64 MiB, t = 3, p = 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for HashCost {
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("the password is too short: take at least {PASSWORD_SHORTEST} characters")]
    Short,
    #[error("the password is too long: take at most {PASSWORD_LONGEST} characters")]
    Long,
    #[error("the password is one of the commonest: take another")]
    Common,
    #[error("the password is the user's name: take another")]
    Name,
}

/// In lower case, one a line; shorter ones than [`PASSWORD_SHORTEST`] need not stand there.
const COMMONEST: &str = include_str!("commonest.txt");

/// Whether a password may be set. No rules of composition (ASVS 5.0 V6.2.5).
pub(crate) fn judge(name: &str, password: &str) -> Result<(), PasswordFault> {
    let length = password.chars().take(PASSWORD_LONGEST + 1).count();
    if length < PASSWORD_SHORTEST {
        return Err(PasswordFault::Short);
    }
    if length > PASSWORD_LONGEST {
        return Err(PasswordFault::Long);
    }
    let lower = password.to_lowercase();
    if lower == name.to_lowercase() {
        return Err(PasswordFault::Name);
    }
    let one_character = lower.chars().all(|c| lower.starts_with(c));
    if one_character || COMMONEST.lines().any(|common| common == lower) {
        return Err(PasswordFault::Common);
    }
    Ok(())
}

pub(crate) struct Hasher {
    argon: Argon2<'static>,
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Hasher {
    pub(crate) fn new(cost: HashCost) -> Result<Self, LedgerError> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(|e| LedgerError::Hash(e.to_string()))?;
        Ok(Self {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            places: Arc::new(Semaphore::new(HASHES_AT_ONCE + HASH_QUEUE)),
            running: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
        })
    }

    /// The PHC string of a password, with a new salt.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, LedgerError> {
        let (argon, password) = (self.argon.clone(), password.to_owned());
        self.run(move || hash_now(&argon, &password)).await?
    }

    /// Whether the password is the one of the PHC string. Without a string the same work is done for nothing, so that time does not tell which names exist.
    pub(crate) async fn verify(&self, password: &str, phc: Option<String>) -> Result<bool, LedgerError> {
        if password.chars().nth(PASSWORD_LONGEST).is_some() {
            return Ok(false);
        }
        let Some(phc) = phc else { return self.hash(password).await.map(|_| false) };
        let (argon, password) = (self.argon.clone(), password.to_owned());
        self.run(move || {
            let parsed = PasswordHash::new(&phc).map_err(|e| LedgerError::Hash(e.to_string()))?;
            Ok(argon.verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, LedgerError> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| LedgerError::Busy)?;
        let turn = self.running.clone().acquire_owned().await.map_err(|_| LedgerError::Busy)?;
        // Place and turn go along: a caller who leaves does not make room for a third hash.
        let held: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (place, turn);
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(held);
            done
        });
        task.await.map_err(|e| LedgerError::Hash(e.to_string()))
    }
}

fn hash_now(argon: &Argon2<'_>, password: &str) -> Result<String, LedgerError> {
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(|e| LedgerError::Hash(e.to_string()))?;
    let phc = argon.hash_password(password.as_bytes(), &salt).map_err(|e| LedgerError::Hash(e.to_string()))?;
    Ok(phc.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_judged() {
        let long = |n: usize| "长a".repeat(n).chars().take(n).collect::<String>();
        let table = [
            (long(PASSWORD_SHORTEST - 1), Err(PasswordFault::Short)),
            (long(PASSWORD_SHORTEST), Ok(())),
            (long(PASSWORD_SHORTEST + 1), Ok(())),
            (long(PASSWORD_LONGEST - 1), Ok(())),
            (long(PASSWORD_LONGEST), Ok(())),
            (long(PASSWORD_LONGEST + 1), Err(PasswordFault::Long)),
            ("12345678".into(), Err(PasswordFault::Common)),
            ("PassWord".into(), Err(PasswordFault::Common)),
            ("Admin@123".into(), Err(PasswordFault::Common)),
            ("zzzzzzzzzzzz".into(), Err(PasswordFault::Common)),
            ("Zhang.Wei".into(), Err(PasswordFault::Name)),
            ("correct horse battery".into(), Ok(())),
        ];
        for (password, judged) in table {
            assert_eq!(judge("zhang.wei", &password), judged, "{password}");
        }
    }

    #[test]
    fn the_commonest_are_in_lower_case_and_long_enough_to_matter() {
        for line in COMMONEST.lines() {
            assert_eq!(line, line.to_lowercase());
            assert!(line.chars().count() >= PASSWORD_SHORTEST, "{line}");
        }
    }

    #[test]
    fn the_default_cost_is_the_strict_one() {
        assert_eq!(HashCost::default(), HashCost { memory_kib: 65_536, passes: 3, lanes: 1 });
        let phc = hash_now(&Hasher::new(HashCost::default()).unwrap().argon, "correct horse").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{phc}");
    }

    #[tokio::test]
    async fn the_queue_has_a_limit() {
        let hasher = Hasher::new(HashCost { memory_kib: 8, passes: 1, lanes: 1 }).unwrap();
        let room = HASHES_AT_ONCE + HASH_QUEUE;
        for (waiting, admitted) in [(room - 2, true), (room - 1, true), (room, false)] {
            let taken = hasher.places.clone().acquire_many_owned(u32::try_from(waiting).unwrap()).await.unwrap();
            let answer = hasher.verify("correct horse", None).await;
            assert_eq!(answer.is_ok(), admitted, "{waiting}");
            assert!(admitted || matches!(answer, Err(LedgerError::Busy)));
            drop(taken);
        }
    }

    #[tokio::test]
    async fn two_hashes_run_at_once() {
        let hasher = Arc::new(Hasher::new(HashCost { memory_kib: 8, passes: 1, lanes: 1 }).unwrap());
        let most = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let tasks: Vec<_> = (0..room())
            .map(|_| {
                let (hasher, most) = (hasher.clone(), most.clone());
                tokio::spawn(async move {
                    let running = hasher.running.clone();
                    hasher
                        .run(move || most.fetch_max(HASHES_AT_ONCE - running.available_permits(), std::sync::atomic::Ordering::SeqCst))
                        .await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert!(most.load(std::sync::atomic::Ordering::SeqCst) <= HASHES_AT_ONCE);
    }

    fn room() -> usize {
        HASHES_AT_ONCE + HASH_QUEUE
    }
}
