//! Signed notes (C2SP signed-note), Ed25519 by ring, held to the stricter rules of `spec/pack.md`:
//! the first signature line is the log's, and it is the only one; every other line must parse.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use thiserror::Error;

use crate::{sha256, strict64};

/// Signature type of Ed25519 in key ids, vkeys and private keys.
const ED25519_TYPE: u8 = 1;
/// Signature lines of a note at most (PACK-3).
pub const SIGNATURES: usize = 16;
/// Bytes of our own key's name at most; the key leaf (TLOG-4) has room for it.
pub const KEY_NAME_BYTES: usize = 128;
/// Bytes of a signature line's base64 part when decoded, at least: key id and one byte.
const SIGNATURE_MIN: usize = 5;

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NoteError {
    #[error("a key's name is 1 to {KEY_NAME_BYTES} bytes without white space, control characters or +")]
    Name,
    #[error("not a verifier key: NAME+8 hex digits+base64")]
    VerifierKey,
    #[error("not a private key: PRIVATE+KEY+NAME+8 hex digits+base64")]
    PrivateKey,
    #[error("the key's id does not belong to its name and public key")]
    KeyId,
    #[error("the key is not an Ed25519 key")]
    KeyType,
    #[error("the note is not UTF-8, or holds control characters")]
    Encoding,
    #[error("not a signed note: text, an empty line, 1 to {SIGNATURES} signature lines")]
    Form,
    #[error("the first signature line is not by this key")]
    NotSigned,
    #[error("this key signs more than once")]
    SignedTwice,
    #[error("the signature does not check")]
    Signature,
}

/// Name of a key, which is also the origin of its log: checked when made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyName(Arc<str>);

impl KeyName {
    pub fn new(name: &str) -> Result<Self, NoteError> {
        if name.len() <= KEY_NAME_BYTES && is_key_name(name) { Ok(Self(name.into())) } else { Err(NoteError::Name) }
    }

    /// Whether what it signs is made up: one of its labels, between dots and slashes, is `demo`.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.0.split(['.', '/']).any(|label| label == "demo")
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for KeyName {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for KeyName {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<KeyName> for String {
    fn eq(&self, other: &KeyName) -> bool {
        self == other.as_str()
    }
}

impl From<KeyName> for String {
    fn from(name: KeyName) -> Self {
        name.as_str().to_owned()
    }
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// First 4 bytes of `SHA-256(name ‖ LF ‖ 0x01 ‖ public)`.
fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let mut bytes = name.as_bytes().to_vec();
    bytes.extend_from_slice(&[b'\n', ED25519_TYPE]);
    bytes.extend_from_slice(public);
    let [a, b, c, d, ..] = sha256(&bytes);
    [a, b, c, d]
}

/// `NAME+8 hex+base64(0x01 ‖ 32 bytes)`, as vkeys and private keys end.
fn parse_key(text: &str, form: NoteError) -> Result<(KeyName, &str, [u8; 32]), NoteError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(form) };
    let bytes = strict64::decode(key).map_err(|_| form)?;
    let (kind, key) = bytes.split_first().ok_or(form)?;
    if *kind != ED25519_TYPE {
        return Err(NoteError::KeyType);
    }
    Ok((KeyName::new(name)?, id, key.try_into().map_err(|_| form)?))
}

fn render_key(name: &KeyName, id: [u8; 4], key: &[u8; 32]) -> String {
    let mut bytes = vec![ED25519_TYPE];
    bytes.extend_from_slice(key);
    format!("{name}+{}+{}", crate::hex(&id), strict64::encode(&bytes))
}

/// The log's private key. Its seed is never shown by `Debug`.
pub struct Signer {
    name: KeyName,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Signer {
    const PREFIX: &str = "PRIVATE+KEY+";

    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, NoteError> {
        let name = KeyName::new(name)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| NoteError::PrivateKey)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| NoteError::PrivateKey)?;
        Ok(Self { name, seed, pair, public })
    }

    /// Reads `PRIVATE+KEY+name+hex+base64`, with or without the line feed at its end.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let rest = text.strip_prefix(Self::PREFIX).ok_or(NoteError::PrivateKey)?;
        let (name, id, seed) = parse_key(rest, NoteError::PrivateKey)?;
        let signer = Self::from_seed(&name, seed)?;
        if id == crate::hex(&signer.id()) { Ok(signer) } else { Err(NoteError::KeyId) }
    }

    /// The key file's text, line feed included (`spec/folder.md`).
    #[must_use]
    pub fn render_private(&self) -> String {
        format!("{}{}\n", Self::PREFIX, render_key(&self.name, self.id(), &self.seed))
    }

    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey { name: self.name.clone(), public: self.public }
    }

    /// Text must end in LF and hold no other control character. Returns text + LF + signature line.
    #[must_use]
    pub fn sign(&self, text: &str) -> Vec<u8> {
        debug_assert!(text.ends_with('\n') && !text.chars().any(|c| c < ' ' && c != '\n'));
        let mut signature = self.id().to_vec();
        signature.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n— {} {}\n", self.name, strict64::encode(&signature)).into_bytes()
    }

    fn id(&self) -> [u8; 4] {
        key_id(&self.name, &self.public)
    }
}

/// The log's public key, written as a C2SP vkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    pub name: KeyName,
    pub public: [u8; 32],
}

impl VerifyingKey {
    /// Reads `NAME+8 hex+base64(0x01 ‖ public key)`, nothing before or after.
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let (name, id, public) = parse_key(vkey, NoteError::VerifierKey)?;
        if id != crate::hex(&key_id(&name, &public)) {
            return Err(NoteError::KeyId);
        }
        Ok(Self { name, public })
    }

    #[must_use]
    pub fn render(&self) -> String {
        render_key(&self.name, key_id(&self.name, &self.public), &self.public)
    }

    /// The note's text when exactly one valid signature line by this key stands in it, before those of others.
    pub fn open<'a>(&self, note: &'a [u8]) -> Result<&'a str, NoteError> {
        let note = Note::parse(note)?;
        let id = key_id(&self.name, &self.public);
        let ours = |line: &&SignatureLine<'_>| self.name == *line.name && line.bytes.starts_with(&id);
        let (first, others) = note.signatures.split_first().ok_or(NoteError::Form)?;
        if !ours(&first) {
            return Err(NoteError::NotSigned);
        }
        if others.iter().any(|line| ours(&line)) {
            return Err(NoteError::SignedTwice);
        }
        let signature = first.bytes.get(id.len()..).unwrap_or_default();
        // ring refuses a length other than 64 and an S out of range.
        UnparsedPublicKey::new(&ED25519, self.public).verify(note.text.as_bytes(), signature).map_err(|_| NoteError::Signature)?;
        Ok(note.text)
    }
}

/// A note taken apart; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// Ends in LF.
    pub text: &'a str,
    pub signatures: Vec<SignatureLine<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine<'a> {
    pub name: &'a str,
    /// Key id (4 bytes) and signature.
    pub bytes: Vec<u8>,
}

impl<'a> Note<'a> {
    /// Text, an empty line (the last one of the note), 1 to [`SIGNATURES`] signature lines.
    pub fn parse(note: &'a [u8]) -> Result<Self, NoteError> {
        let note = std::str::from_utf8(note).map_err(|_| NoteError::Encoding)?;
        if note.bytes().any(|b| b < b' ' && b != b'\n') {
            return Err(NoteError::Encoding);
        }
        let end = note.rfind("\n\n").ok_or(NoteError::Form)? + 1;
        let (text, rest) = note.split_at_checked(end).ok_or(NoteError::Form)?;
        let lines = rest.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n')).ok_or(NoteError::Form)?;
        if lines.split('\n').count() > SIGNATURES {
            return Err(NoteError::Form);
        }
        let signatures = lines.split('\n').map(SignatureLine::parse).collect::<Option<_>>().ok_or(NoteError::Form)?;
        Ok(Self { text, signatures })
    }
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = strict64::decode(base64).ok()?;
        (is_key_name(name) && bytes.len() >= SIGNATURE_MIN).then_some(Self { name, bytes })
    }
}
