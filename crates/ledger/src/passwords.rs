//! Passwords: which are taken, and argon2id over them.
//!
//! Invariants: at most [`HASHES_AT_ONCE`] hashes run at once (64 MiB each) and [`HASH_QUEUE`] wait; a hash runs off the async threads and is finished even when nobody waits for it any more.

use std::sync::Arc;

use anlan_law::accounts::{AccountRules, LONGEST_PASSWORD, SHORTEST_PASSWORD};
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::common_passwords::is_common;
use crate::error::LedgerError;
use crate::secret::random;

/// Password hashes computed at the same time.
pub const HASHES_AT_ONCE: usize = 2;
/// Password hashes that wait for their turn; more are turned away with [`LedgerError::Busy`].
pub const HASH_QUEUE: usize = 16;
/// Characters of the shortest password that any rule allows; the rules in force may ask for more, see [`AccountRules`].
pub const PASSWORD_SHORTEST: usize = SHORTEST_PASSWORD as usize;
/// Characters of the longest password that is looked at.
pub const PASSWORD_LONGEST: usize = LONGEST_PASSWORD as usize;

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

/// Why a password is not taken. The numbers are those of the rules in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("the password is too short: take at least {shortest} characters")]
    Short { shortest: u32 },
    #[error("the password is too long: take at most {longest} characters")]
    Long { longest: u32 },
    /// Of small letters, capitals, digits and others.
    #[error("the password has {found} of the four classes of characters (small letters, capitals, digits, others): {wanted} are asked for")]
    Classes { wanted: u32, found: u32 },
    #[error("the password is one of the commonest: take another")]
    Common,
    #[error("the password is the user's name, or little more: take another")]
    Name,
    #[error("the password is the one that is to be changed: take another")]
    Same,
}

/// Whether a password may be set under these rules.
pub(crate) fn judge(rules: &AccountRules, name: &str, password: &str) -> Result<(), PasswordFault> {
    let length = u32::try_from(password.chars().take(PASSWORD_LONGEST + 1).count()).unwrap_or(u32::MAX);
    if length < rules.password_shortest {
        return Err(PasswordFault::Short { shortest: rules.password_shortest });
    }
    if length > rules.password_longest {
        return Err(PasswordFault::Long { longest: rules.password_longest });
    }
    let found = classes(password);
    if found < rules.password_classes {
        return Err(PasswordFault::Classes { wanted: rules.password_classes, found });
    }
    let name = name.to_lowercase();
    if is_common(password, &[]) {
        return Err(PasswordFault::Common);
    }
    if is_common(password, &[&name]) {
        return Err(PasswordFault::Name);
    }
    Ok(())
}

/// How many of the four classes stand in a password. Letters without case (汉字) are among the others.
fn classes(password: &str) -> u32 {
    let has = |class: fn(char) -> bool| u32::from(password.chars().any(class));
    has(char::is_lowercase)
        + has(char::is_uppercase)
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_lowercase() && !c.is_uppercase() && !c.is_ascii_digit())
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

    fn unusual(n: usize) -> String {
        "槐树kettle7 harbour".chars().cycle().take(n).collect()
    }

    #[test]
    fn passwords_are_judged() {
        let rules = AccountRules::default();
        let (short, long) = (PasswordFault::Short { shortest: 8 }, PasswordFault::Long { longest: 256 });
        let table = [
            (unusual(PASSWORD_SHORTEST - 1), Err(short)),
            (unusual(PASSWORD_SHORTEST), Ok(())),
            (unusual(PASSWORD_SHORTEST + 1), Ok(())),
            (unusual(63), Ok(())),
            (unusual(64), Ok(())),
            (unusual(65), Ok(())),
            (unusual(PASSWORD_LONGEST - 1), Ok(())),
            (unusual(PASSWORD_LONGEST), Ok(())),
            (unusual(PASSWORD_LONGEST + 1), Err(long)),
            (unusual(1 << 20), Err(long)),
            ("12345678".into(), Err(PasswordFault::Common)),
            ("PassWord".into(), Err(PasswordFault::Common)),
            ("Admin@123".into(), Err(PasswordFault::Common)),
            ("zzzzzzzzzzzz".into(), Err(PasswordFault::Common)),
            ("Lu.Xiaobo".into(), Err(PasswordFault::Name)),
            ("lu.xiaobo2026".into(), Err(PasswordFault::Name)),
            ("correct horse battery".into(), Ok(())),
        ];
        for (password, judged) in table {
            assert_eq!(judge(&rules, "lu.xiaobo", &password), judged, "{password}");
        }
    }

    #[test]
    fn rules_of_packs_hold_at_their_limits() {
        for shortest in [8, 12, 64] {
            let rules = AccountRules { password_shortest: shortest, ..AccountRules::default() };
            for (length, fits) in [(shortest - 1, false), (shortest, true), (shortest + 1, true)] {
                let judged = judge(&rules, "lu.xiaobo", &unusual(length as usize));
                assert_eq!(judged, if fits { Ok(()) } else { Err(PasswordFault::Short { shortest }) }, "{length}");
            }
        }
        for longest in [64, 128] {
            let rules = AccountRules { password_longest: longest, ..AccountRules::default() };
            for (length, fits) in [(longest - 1, true), (longest, true), (longest + 1, false)] {
                let judged = judge(&rules, "lu.xiaobo", &unusual(length as usize));
                assert_eq!(judged, if fits { Ok(()) } else { Err(PasswordFault::Long { longest }) }, "{length}");
            }
        }
    }

    #[test]
    fn classes_are_counted_and_asked_for_where_a_pack_says_so() {
        for (password, found) in [
            ("kettleharbour", 1),
            ("kettleHarbour", 2),
            ("kettle7Harbour", 3),
            ("kettle7 Harbour", 4),
            ("KETTLEHARBOUR", 1),
            ("三年二班门口的槐树", 1),
            ("槐树kettle", 2),
        ] {
            assert_eq!(classes(password), found, "{password}");
            for wanted in 0..=4 {
                let rules = AccountRules { password_classes: wanted, ..AccountRules::default() };
                let judged = judge(&rules, "lu.xiaobo", password);
                assert_eq!(
                    judged,
                    if found >= wanted { Ok(()) } else { Err(PasswordFault::Classes { wanted, found }) },
                    "{password} {wanted}"
                );
            }
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
