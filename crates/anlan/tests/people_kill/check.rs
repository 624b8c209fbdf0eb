//! After a restart: what people were told, held against the ledger, the log and the files.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anlan_ledger::{EntryRow, Ledger, PAGE, Place};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::office::{Office, SCHOOLS};
use crate::work::{Desk, Done};

/// Until then what a server found waiting is in the log.
const SECONDS: Duration = Duration::from_secs(20);
/// Records that are looked at over the API as well, and openings that are sent once more.
const SAMPLE: usize = 30;

/// An opening that was acknowledged gives the same number again; records answer with at least the version that people were told.
pub fn asked_again(office: &Office, port: u16, done: &Done) {
    let openings = done.openings.lock().unwrap();
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    for change in done.changes.lock().unwrap().iter() {
        let version = last.entry(change.number.clone()).or_default();
        *version = change.version.max(*version);
    }
    for opened in openings.iter().rev().step_by(openings.len().div_ceil(SAMPLE).max(1)) {
        let mut caller = Caller::new(&office.dir, port, &office.people[opened.seat].token).unwrap();
        let path = format!("/api/v1/kinds/{}/records", opened.opening.kind);
        let again = caller.post_once(&path, &opened.opening.key, &opened.opening.body).unwrap();
        assert_eq!((again.status, again.json()["number"].as_str()), (200, Some(opened.number.as_str())), "{}", again.text());
        let record = caller.get(&format!("/api/v1/records/{}", opened.number)).unwrap();
        let (shown, version) = (record.json(), last[&opened.number]);
        assert_eq!((record.status, &shown["values"]["title"]), (200, &opened.opening.body["values"]["title"]), "{}", record.text());
        assert!(shown["version"].as_u64().unwrap() >= version, "{} was told version {version}: {}", opened.number, record.text());
        if let Some(proof) = shown["values"]["proof"].get(0) {
            let digest = proof["digest"].as_str().unwrap();
            let file = caller.get(&format!("/api/v1/records/{}/files/{digest}", opened.number)).unwrap();
            assert_eq!((file.status, Some(&file.body)), (200, done.files.lock().unwrap().get(digest).or(Some(&file.body))));
        }
    }
}

pub fn ledger(office: &Office, done: &Done, desks: &[Desk]) {
    assert!(desks.iter().all(|desk| desk.doubt.is_none()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let entries = runtime.block_on(carried(office));
    by_leaf(&entries);
    acknowledged(&entries, done);
    let opened = numbers(&entries);
    let titles: Vec<&str> =
        opened.values().filter(|entry| entry.text("parent").is_none()).filter_map(|entry| entry.text("f.title")).collect();
    assert_eq!(titles.iter().collect::<BTreeSet<_>>().len(), titles.len(), "something was opened twice");
    sent_down(&entries, &opened, done);
    files(&entries, office, done);
}

/// All entries, once the outbox is empty.
async fn carried(office: &Office) -> Vec<EntryRow> {
    let begun = Instant::now();
    let ledger = loop {
        // A reader may see the ledger as it was when it was opened.
        let ledger = Ledger::open_database_readonly(&Place::of_folder(&office.dir).unwrap()).await.unwrap();
        if ledger.outbox(1).await.unwrap().is_empty() {
            break ledger;
        }
        ledger.close().await;
        assert!(begun.elapsed() < SECONDS, "entries still wait for their leaves");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let mut all: Vec<EntryRow> = Vec::new();
    loop {
        let page = ledger.entries(all.len() as u64 + 1, PAGE).await.unwrap();
        if page.is_empty() {
            ledger.close().await;
            return all;
        }
        all.extend(page);
    }
}

/// Numbers without a hole; each entry is what its digests say; leaves rise, each given once.
fn by_leaf(entries: &[EntryRow]) {
    let mut before = None;
    for (at, entry) in entries.iter().enumerate() {
        assert_eq!(entry.number, at as u64 + 1);
        entry.check().unwrap();
        assert!(entry.leaf.is_some() && entry.leaf > before, "leaf {:?} of entry {} after {before:?}", entry.leaf, entry.number);
        before = entry.leaf;
    }
}

fn acknowledged(entries: &[EntryRow], done: &Done) {
    for change in done.changes.lock().unwrap().iter() {
        let entry = change.version.checked_sub(1).and_then(|at| entries.get(at as usize));
        let entry = entry.unwrap_or_else(|| panic!("lost: {change:?}"));
        let found = (entry.text("record"), entry.text("act"), entry.text(change.field));
        assert_eq!(found, (Some(change.number.as_str()), Some(change.act), Some(change.value.as_str())), "{change:?}");
    }
}

/// The entry that opened each record. No number is given twice, none is left out.
fn numbers(entries: &[EntryRow]) -> BTreeMap<&str, &EntryRow> {
    let mut opened = BTreeMap::new();
    let mut runs: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.text("act") == Some("record.open")) {
        let number = entry.text("record").unwrap();
        assert!(opened.insert(number, entry).is_none(), "{number} is given twice");
        let (run, nth) = number.rsplit_once('-').unwrap();
        let last = runs.entry(run).or_default();
        *last += 1;
        assert_eq!(nth.parse::<u64>().unwrap(), *last, "{number} out of its order");
    }
    for entry in entries.iter().filter(|entry| entry.text("act").is_some_and(|act| act.starts_with("record."))) {
        assert!(opened.get(entry.text("record").unwrap()).is_some_and(|first| first.number <= entry.number), "{}", entry.number);
    }
    opened
}

/// A task went to every school or to none; what was acknowledged is what is there.
fn sent_down(entries: &[EntryRow], opened: &BTreeMap<&str, &EntryRow>, done: &Done) {
    let mut children: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut units: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (number, entry) in opened {
        if let Some(parent) = entry.text("parent") {
            children.entry(parent).or_default().insert(number);
            units.entry(parent).or_default().insert(entry.text("unit").unwrap());
        }
    }
    let issued: Vec<&str> =
        entries.iter().filter(|entry| entry.text("move") == Some("issue")).map(|entry| entry.text("record").unwrap()).collect();
    assert_eq!(issued.iter().copied().collect::<BTreeSet<_>>(), children.keys().copied().collect(), "half a command");
    for (parent, numbers) in &children {
        assert_eq!((numbers.len(), units[parent].len()), (SCHOOLS, SCHOOLS), "{parent} went to {numbers:?}");
    }
    for change in done.changes.lock().unwrap().iter().filter(|change| change.value == "issue") {
        let told: BTreeSet<&str> = change.opened.iter().map(String::as_str).collect();
        assert_eq!(told, children[change.number.as_str()], "{}", change.number);
    }
}

/// Files that entries name are on disk, whole; those that people were told about are named.
fn files(entries: &[EntryRow], office: &Office, done: &Done) {
    let mut named = BTreeSet::new();
    for text in entries.iter().filter_map(|entry| entry.text("f.proof")).filter(|text| !text.is_empty()) {
        for file in serde_json::from_str::<Vec<Value>>(text).unwrap() {
            let digest = file["digest"].as_str().unwrap();
            let bytes = std::fs::read(office.dir.join("attachments").join(&digest[..2]).join(digest)).unwrap();
            assert_eq!(Some(bytes.len() as u64), file["size"].as_u64());
            let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, digest);
            named.insert(digest.to_owned());
        }
    }
    let told = done.files.lock().unwrap();
    assert!(told.keys().all(|digest| named.contains(digest)));
}
