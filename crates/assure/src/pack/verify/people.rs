//! The checks of what stands in a pack for people and their tools: texts, digests, papers, proofs (PACK-16, PACK-18, PACK-19).

use std::io;

use super::super::lines::View;
use super::super::{
    CHECKPOINT, CHECKPOINT_BYTES, CHOSEN, GUIDE, GUIDE_BYTES, PAPER, PAPER_BYTES, PAPERS, PROOFS, README, README_BYTES, SUMS, SUMS_BYTES,
    TABLE, TABLE_BYTES, VERDICTS, VERIFIER, is_paper, proofs, sums,
};
use super::{Verifier, too_long};
use crate::report::{Check, Findings};
use crate::zip::{Member, ReadAt};

impl<'a, S: ReadAt + ?Sized> Verifier<'a, S> {
    /// The texts for people: one in version 1, four in version 2.
    pub(super) fn texts(&mut self) -> io::Result<()> {
        let second = [(GUIDE, GUIDE_BYTES), (PAPER, PAPER_BYTES), (VERDICTS, PAPER_BYTES), (VERIFIER, GUIDE_BYTES)];
        let first = [(README, README_BYTES)];
        let texts: &[(&str, u64)] = if self.manifest.choices.is_some() { &second } else { &first };
        for (name, limit) in texts {
            let check = match self.whole(name, *limit)? {
                Ok(text) if std::str::from_utf8(&text).is_ok() => continue,
                Ok(_) => Check::failed("verify-pack-text-encoding", vec![("name", (*name).to_owned())]),
                Err(check) => check,
            };
            self.checks.push(check);
        }
        Ok(())
    }

    /// Digests for people (PACK-19).
    pub(super) fn sums(&mut self) -> io::Result<()> {
        let check = match self.whole(SUMS, SUMS_BYTES)? {
            Err(check) => check,
            Ok(text) => {
                let members = self.content.directory.members.get(1..).unwrap_or_default();
                match sums::first_fault(&self.content, &self.manifest.files, members, &text)? {
                    Some(name) => Check::failed("verify-pack-sums-differ", vec![("name", name)]),
                    None => Check::held("verify-pack-sums", vec![]),
                }
            }
        };
        self.checks.push(check);
        Ok(())
    }

    /// The list of members and other papers: there, and within their limits (PACK-16).
    pub(super) fn papers(&mut self) -> io::Result<()> {
        let papers: Vec<&'a Member> = self.in_folder(PAPERS).into_iter().filter(|member| is_paper(&member.name)).collect();
        if papers.len() > CHOSEN {
            self.checks.push(too_many(PAPERS));
        }
        let table = match self.member(TABLE) {
            Ok(member) => Some(member),
            Err(check) => {
                self.checks.push(check);
                None
            }
        };
        for member in table.into_iter().chain(papers) {
            self.placed.insert(&member.name);
            if member.size > TABLE_BYTES {
                self.checks.push(too_long(member, TABLE_BYTES));
            }
        }
        Ok(())
    }

    fn in_folder(&self, folder: &str) -> Vec<&'a Member> {
        self.by_name.values().filter(|member| member.name.starts_with(folder)).copied().collect()
    }

    pub(super) fn proofs(&mut self) -> io::Result<()> {
        let members = self.in_folder(PROOFS);
        if members.len() > CHOSEN {
            self.checks.push(too_many(PROOFS));
            return Ok(());
        }
        let Ok(note) = self.whole(CHECKPOINT, CHECKPOINT_BYTES)? else { return Ok(()) };
        let mut findings = Findings::default();
        let view = View { period: self.manifest.period, scope: &self.manifest.scope };
        for member in &members {
            self.placed.insert(&member.name);
            let sound = match self.content.whole(member, anlan_tlog::proof::PROOF_BYTES as u64)? {
                Some(bytes) => proofs::is_sound(&member.name, &bytes, self.key, &note, view),
                None => false,
            };
            if !sound {
                findings.add("verify-pack-proof-bad", vec![("name", member.name.clone())]);
            }
        }
        self.checks.extend(findings.into_checks(Check::held("verify-pack-proofs", vec![("count", members.len().to_string())])));
        Ok(())
    }
}

fn too_many(folder: &str) -> Check {
    Check::failed("verify-pack-many", vec![("name", folder.to_owned()), ("most", CHOSEN.to_string())])
}
