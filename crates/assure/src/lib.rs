//! Builds and checks evidence: the proof of a line, packs, a whole folder. Formats in `spec/pack.md` and `spec/folder.md`.
//!
//! Invariants: no HTML, no sockets; a verifier trusts nothing but the key it is given; its checks are those of the spec, in that order.
#![forbid(unsafe_code)]
use std::io::{Seek, Write};
use std::path::Path;
use std::sync::Arc;
use anlan_base::{Instant, Seq};
use anlan_journal::{Fs, Journal};
use anlan_tlog::note::VerifyingKey;
use anlan_vault::{Scope, Vault};
#[derive(Debug, thiserror::Error)]
pub enum AssureError { #[error("no line {0}")] NoSuchLine(Seq) }
/// A `.tlog-proof` of a line; closes its batch and waits for its leaf when it has none yet.
pub fn prove(_vault: &Vault, _journal: &Journal, _seq: Seq, _scope: &Scope) -> Result<Vec<u8>, AssureError> { todo!() }
pub struct PackRequest { pub since: Instant, pub until: Instant, pub scope: Scope }
/// Writes a canonical pack. Memory stays bounded; `spool` is a folder for plain text members while the pack grows.
pub fn build_pack<W: Write + Seek>(_vault: &Vault, _journal: &Journal, _request: &PackRequest, _fs: &Arc<dyn Fs>, _spool: &Path, _out: W) -> Result<(), AssureError> { todo!() }
/// One check of a verification: key of its text in the locale files, arguments, and whether it held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check { pub key: &'static str, pub args: Vec<(&'static str, String)>, pub outcome: Outcome }
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome { Held, Failed, Info }
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict { Sound, Damaged, NotOurs, Usage }
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor { SelfOnly, Against { size: u64 } }
#[derive(Clone, Debug)]
pub struct Report { pub checks: Vec<Check>, pub verdict: Verdict, pub anchor: Anchor }
/// Checks a proof or a pack (told by its first bytes).
pub fn verify_file(_path: &Path, _key: &VerifyingKey, _against: Option<&[u8]>) -> Report { todo!() }
