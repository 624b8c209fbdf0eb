//! Secrets that must be read again (an authenticator's), sealed for the table that keeps them.
//!
//! Kept form: a byte 1, a nonce of 12 bytes, then ChaCha20-Poly1305 over the secret with the account's name as associated data, so that a row cannot be moved to
//! another account. Without a [`SealKey`] it is a byte 0 and the secret: whoever has the database then has the secret.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::error::LedgerError;
use crate::secret::random;

const PLAIN: u8 = 0;
const SEALED: u8 = 1;

/// The key of kept secrets, 256 bits, from outside the database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealKey([u8; 32]);

impl SealKey {
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn cipher(self) -> Option<LessSafeKey> {
        UnboundKey::new(&CHACHA20_POLY1305, &self.0).ok().map(LessSafeKey::new)
    }
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(…)")
    }
}

fn bound_to(account: &str) -> Aad<Vec<u8>> {
    Aad::from([b"anlan-factor\0", account.as_bytes()].concat())
}

pub(crate) fn seal(key: Option<SealKey>, account: &str, secret: &[u8]) -> Result<Vec<u8>, LedgerError> {
    let Some(key) = key else { return Ok([&[PLAIN], secret].concat()) };
    let cipher = key.cipher().ok_or(LedgerError::Sealed)?;
    let nonce = random::<NONCE_LEN>()?;
    let mut body = secret.to_vec();
    cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to(account), &mut body).map_err(|_| LedgerError::Sealed)?;
    Ok([&[SEALED], nonce.as_slice(), &body].concat())
}

/// # Errors
/// [`LedgerError::Sealed`] where the key is missing, is another, or the row is not what was sealed.
pub(crate) fn open(key: Option<SealKey>, account: &str, kept: &[u8]) -> Result<Vec<u8>, LedgerError> {
    match kept.split_first() {
        Some((&PLAIN, secret)) => Ok(secret.to_vec()),
        Some((&SEALED, rest)) => unseal(key, account, rest).ok_or(LedgerError::Sealed),
        _ => Err(LedgerError::Sealed),
    }
}

fn unseal(key: Option<SealKey>, account: &str, rest: &[u8]) -> Option<Vec<u8>> {
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>()?;
    let mut body = body.to_vec();
    let secret = key?.cipher()?.open_in_place(Nonce::assume_unique_for_key(*nonce), bound_to(account), &mut body).ok()?;
    Some(secret.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_with_its_key_and_account_only() {
        let key = Some(SealKey::new([7; 32]));
        let kept = seal(key, "zhang.wei", b"secret").unwrap();
        assert_ne!(kept, seal(key, "zhang.wei", b"secret").unwrap(), "a new nonce each time");
        assert!(!kept.windows(6).any(|window| window == b"secret"));
        assert_eq!(open(key, "zhang.wei", &kept).unwrap(), b"secret");
        for (other, account) in [(None, "zhang.wei"), (Some(SealKey::new([8; 32])), "zhang.wei"), (key, "li.si")] {
            assert!(matches!(open(other, account, &kept), Err(LedgerError::Sealed)));
        }
        for at in 0..kept.len() {
            let mut flipped = kept.clone();
            flipped[at] ^= 1;
            assert_ne!(open(key, "zhang.wei", &flipped).ok().as_deref(), Some(b"secret".as_slice()), "{at}");
            assert_ne!(open(key, "zhang.wei", &kept[..at]).ok().as_deref(), Some(b"secret".as_slice()), "{at}");
        }
        assert_eq!(format!("{key:?}"), "Some(SealKey(…))");
    }

    #[test]
    fn without_a_key_it_is_kept_as_it_is() {
        let kept = seal(None, "zhang.wei", b"secret").unwrap();
        assert_eq!(open(Some(SealKey::new([7; 32])), "zhang.wei", &kept).unwrap(), b"secret", "a key may come later");
        assert_eq!(open(None, "zhang.wei", &kept).unwrap(), b"secret");
        assert!(open(None, "zhang.wei", &[]).is_err());
    }
}
