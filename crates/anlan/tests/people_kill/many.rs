//! How long `anlan verify --data` takes over many records, each with three entries; `ANLAN_VERIFY_RECORDS` says how many.

use std::sync::Arc;
use std::time::Instant;

use anlan_base::SystemClock;
use anlan_law::pack::Lawbook;
use anlan_ledger::records::Bulk;
use anlan_ledger::{Ledger, LedgerOptions, Place};

use crate::server::{Server, anlan, code, token, vkey};
use crate::setting;

/// Few enough for every day.
const RECORDS: u32 = 200;

#[test]
fn verifying_many_records_is_timed() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    token(&dir, "begun");
    let bulk = Bulk { records: u64::from(setting("ANLAN_VERIFY_RECORDS", RECORDS)), entries_each: 3, districts: 5, units: 50 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let begun = Instant::now();
    runtime.block_on(async {
        let ledger =
            Ledger::open_database(&Place::of_folder(&dir).unwrap(), Arc::new(SystemClock), LedgerOptions::default()).await.unwrap();
        ledger.set_book(Arc::new(Lawbook::shipped(&["cn", "campus", "government", "enterprise", "grid"]).unwrap())).await.unwrap();
        ledger.fill_units(&bulk).await.unwrap();
        ledger.fill_records(&bulk, |_| {}).await.unwrap();
        ledger.close().await;
    });
    let filled = begun.elapsed();
    let begun = Instant::now();
    Server::start(&dir).stop();
    let (key, carried) = (vkey(&dir), begun.elapsed());
    let begun = Instant::now();
    let out = anlan(&["verify", "--data", dir.to_str().unwrap(), "--key", &key]);
    let took = begun.elapsed();
    assert_eq!(code(&out), 0, "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    println!("{} records of 3 entries: filled in {filled:.1?}, served and stopped in {carried:.1?}, verified in {took:.1?}", bulk.records);
}
