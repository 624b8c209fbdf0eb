//! The ledger, in `ledger.db` or where `database` says: every row is what its leaf says, none is missing, and the projections follow. It is judged by its rows, not its bytes.

use anlan_ledger::{EntryRow, Ledger, LedgerError, PAGE, Place};

use super::log::Log;
use super::{Folder, State};
use crate::report::{Check, Findings};

/// Checks the ledger on a thread and a runtime of its own, so that it may be called from anywhere.
pub(crate) fn check(folder: &Folder<'_>, log: &Log) -> Vec<Check> {
    let place = match Place::of_folder(folder.dir) {
        Ok(place) => place,
        Err(error) => return vec![Check::failed("verify-ledger-unreadable", vec![("why", error.to_string())])],
    };
    if matches!(&place, Place::Sqlite(file) if !folder.fs.exists(file)) {
        return if log.entries.is_empty() {
            vec![Check::info("verify-ledger-none", vec![])]
        } else {
            vec![Check::failed("verify-file-missing", vec![("path", "ledger.db".to_owned())])]
        };
    }
    let live = folder.state == State::Live;
    let attachments = folder.dir.join("attachments");
    let found = std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let ledger = Ledger::open_database_readonly(&place).await?;
                // Files that entries name are held against their digests.
                ledger.keep_files_in(&attachments, folder.fs.clone());
                compare(&ledger, log, live).await
            })
        });
        work.join().unwrap_or_else(|_| Err(LedgerError::Io(std::io::Error::other("the check ended early"))))
    });
    found.unwrap_or_else(|error| vec![Check::failed("verify-ledger-unreadable", vec![("why", error.to_string())])])
}

async fn compare(ledger: &Ledger, log: &Log, live: bool) -> Result<Vec<Check>, LedgerError> {
    let mut findings = Findings::default();
    let (mut next, mut waiting) = (1, 0_u64);
    let size = log.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    loop {
        let rows = ledger.entries(next, PAGE).await?;
        let Some(last) = rows.last().map(|row| row.number) else { break };
        for row in &rows {
            if row.number != next {
                findings.add("verify-ledger-hole", vec![("number", next.to_string())]);
            }
            waiting += u64::from(judge(row, log, live.then_some(size), &mut findings));
            next = row.number + 1;
        }
        next = last + 1;
    }
    for number in log.entries.range(next..).map(|(number, _)| number) {
        findings.add("verify-ledger-missing", vec![("number", number.to_string())]);
    }
    for table in ledger.check_projections().await? {
        findings.add("verify-ledger-projection", vec![("table", table)]);
    }
    ledger.close().await;
    let mut checks = findings.into_checks(Check::held("verify-ledger", vec![("entries", (next - 1).to_string())]));
    if waiting > 0 {
        checks.push(Check::info("verify-ledger-waiting", vec![("entries", waiting.to_string())]));
    }
    Ok(checks)
}

/// Judges a row; answers whether it waits for its leaf. `newer` is the size from which on leaves of a running log were not seen.
fn judge(row: &EntryRow, log: &Log, newer: Option<u64>, findings: &mut Findings) -> bool {
    let number = || vec![("number", row.number.to_string())];
    let Ok(digest) = row.check() else {
        findings.add("verify-ledger-row", number());
        return false;
    };
    let Some((leaf, said)) = log.entries.get(&row.number) else {
        let unseen = row.leaf.is_none_or(|leaf| newer.is_some_and(|size| leaf >= size));
        if !unseen {
            findings.add("verify-ledger-leaf", number());
        }
        return unseen;
    };
    if digest != *said || row.leaf.is_some_and(|known| known != *leaf) {
        findings.add("verify-ledger-row", number());
    }
    false
}
