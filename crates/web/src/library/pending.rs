//! Texts that were read and are not kept yet: they wait in memory for a person's word.
//!
//! Invariants: a text is shown to the person who brought it alone; there are at most [`PENDING_TEXTS`] of all people and [`PENDING_OF_ONE`] of one,
//! the oldest go first; after [`PENDING_SECONDS`] it is gone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use anlan_base::Instant;

pub(crate) const PENDING_TEXTS: usize = 16;
pub(crate) const PENDING_OF_ONE: usize = 4;
pub(crate) const PENDING_SECONDS: u64 = 3600;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) user: String,
    /// SHA-256 of the content, lower-case hex.
    pub(crate) digest: String,
    pub(crate) name: String,
    pub(crate) content: Arc<str>,
    pub(crate) at: Instant,
}

#[derive(Debug, Default)]
pub(crate) struct PendingTexts(Mutex<VecDeque<Pending>>);

impl PendingTexts {
    pub(crate) fn put(&self, text: Pending) {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|other| is_alive(other, text.at) && !(other.user == text.user && other.digest == text.digest));
        let own = texts.iter().filter(|other| other.user == text.user).count();
        if own >= PENDING_OF_ONE
            && let Some(oldest) = texts.iter().position(|other| other.user == text.user)
        {
            texts.remove(oldest);
        }
        if texts.len() >= PENDING_TEXTS {
            texts.pop_front();
        }
        texts.push_back(text);
    }

    pub(crate) fn get(&self, user: &str, digest: &str, now: Instant) -> Option<Pending> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.iter().find(|text| text.user == user && text.digest == digest && is_alive(text, now)).cloned()
    }

    pub(crate) fn take_away(&self, user: &str, digest: &str) {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|text| text.user != user || text.digest != digest);
    }
}

fn is_alive(text: &Pending, now: Instant) -> bool {
    now.since(text.at) <= PENDING_SECONDS * Instant::SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(user: &str, digest: &str, at: Instant) -> Pending {
        Pending { user: user.to_owned(), digest: digest.to_owned(), name: String::new(), content: "".into(), at }
    }

    #[test]
    fn one_person_has_a_few_texts_waiting() {
        for (count, first_is_there) in [(PENDING_OF_ONE - 1, true), (PENDING_OF_ONE, true), (PENDING_OF_ONE + 1, false)] {
            let texts = PendingTexts::default();
            for n in 0..count {
                texts.put(text("a", &n.to_string(), Instant(0)));
            }
            assert_eq!(texts.get("a", "0", Instant(0)).is_some(), first_is_there, "{count}");
        }
    }

    #[test]
    fn all_people_together_have_a_limit() {
        for (count, first_is_there) in [(PENDING_TEXTS - 1, true), (PENDING_TEXTS, true), (PENDING_TEXTS + 1, false)] {
            let texts = PendingTexts::default();
            for n in 0..count {
                texts.put(text(&n.to_string(), "d", Instant(0)));
            }
            assert_eq!(texts.get("0", "d", Instant(0)).is_some(), first_is_there, "{count}");
        }
    }

    #[test]
    fn a_text_waits_for_its_own_person_and_not_for_ever() {
        let texts = PendingTexts::default();
        texts.put(text("a", "d", Instant(0)));
        let later = |seconds| Instant(seconds * Instant::SECOND);
        for (user, seconds, is_there) in
            [("a", PENDING_SECONDS - 1, true), ("a", PENDING_SECONDS, true), ("a", PENDING_SECONDS + 1, false), ("b", 0, false)]
        {
            assert_eq!(texts.get(user, "d", later(seconds)).is_some(), is_there, "{user} {seconds}");
        }
        texts.take_away("a", "d");
        assert!(texts.get("a", "d", Instant(0)).is_none());
    }
}
