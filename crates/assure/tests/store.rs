//! The probes of the store: the daily look finds a changed byte, room is reckoned from whole days, anchors count while the log continues them, backups only when tested.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::PathBuf;
use std::sync::Arc;

use anlan_assure::assess::{
    Anchored, Asked, Measured, Site, StoreSite, Verification, Way, anchored, anchors, collector_stops, last_verification, measure,
    verify_store,
};
use anlan_base::text::Lang;
use anlan_base::{Class, Clock as _, Day, ManualClock, Origin, Piece, SourceKey};
use anlan_journal::faulty::FaultyFs;
use anlan_journal::{Fs, Journal};
use anlan_law::condition::Fact;
use anlan_law::pack::Lawbook;
use anlan_law::probe::Probe;
use anlan_ledger::{Actor, Ledger};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::Body;
use anlan_tlog::hex;
use anlan_tlog::note::{Signer, VerifyingKey};
use anlan_vault::{Chunk, Vault, VaultOptions};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

fn signer() -> Signer {
    Signer::from_seed("anlan.local/00112233445566aa", [7; 32]).unwrap()
}

fn key() -> VerifyingKey {
    signer().verifying_key()
}

/// A store in memory, so that its bytes can be changed, and a ledger on disk, under one clock.
struct House {
    fs: Arc<FaultyFs>,
    clock: Arc<ManualClock>,
    site: Site,
    _dir: tempfile::TempDir,
}

impl House {
    async fn begin() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let fs = Arc::new(FaultyFs::new());
        let clock = Arc::new(ManualClock::at(Day(20_777).start().plus_seconds(9 * HOUR)));
        let journal = Arc::new(Journal::create(fs.clone(), dir.path().join("log"), signer(), clock.clone()).unwrap());
        let vault = Vault::open(fs.clone(), dir.path().to_owned(), journal.clone(), clock.clone(), VaultOptions::default()).unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.db"), clock.clone()).await.unwrap();
        let book = Arc::new(Lawbook::shipped(&["cn"]).unwrap());
        ledger.set_book(book.clone()).await.unwrap();
        let (ledger, vault) = (Arc::new(ledger), Arc::new(vault));
        let coverage = anlan_assure::assess::coverage::Remembered::default();
        let site = Site { ledger, vault, journal, fs: fs.clone(), dir: dir.path().into(), book, now: clock.now(), coverage };
        Self { fs, clock, site, _dir: dir }
    }

    /// Lines of two sources in two classes.
    fn fill(&self) {
        for (class, source) in [("network", "ip:192.0.2.1"), ("app", "token:web"), ("network", "ip:192.0.2.9")] {
            let lines = (0..20)
                .map(|nth| (Piece::WHOLE, format!("<13>sshd[{nth}]: Failed password for root from 203.0.113.9").into_bytes().into()));
            let (class, source) = (Class::new(class).unwrap(), SourceKey::new(source).unwrap());
            self.site.vault.append(&[Chunk { class, source, origin: Origin::Tcp, lines: lines.collect() }]).unwrap();
            self.clock.advance_seconds(1);
        }
        self.site.vault.turn().unwrap();
    }

    /// To nine o'clock of the next day, with the turns that close the one before.
    fn next_day(&self) {
        self.clock.set(Day::of(self.clock.now()).next().start().plus_seconds(9 * HOUR));
        for _ in 0..3 {
            self.site.vault.turn().unwrap();
            self.clock.advance_seconds(2);
        }
    }

    fn site(&self) -> Site {
        Site { now: self.clock.now(), ..self.site.clone() }
    }

    async fn measure(&self, probe: Probe, of: &[&str]) -> Measured {
        let of: Vec<String> = of.iter().map(|of| (*of).to_owned()).collect();
        let measured = measure(&self.site(), probe, &of).await.unwrap().unwrap();
        for (reason, lang) in measured.reasons.iter().flat_map(|reason| [Lang::Zh, Lang::En].map(|lang| (reason, lang))) {
            let said = reason.say(lang);
            assert!(!said.contains(&reason.code) && !said.contains("{$"), "{reason:?}: {said}");
        }
        measured
    }

    /// The daily look, as the server takes it.
    async fn look(&self) -> Verification {
        let site = self.site();
        let last = last_verification(&site.ledger).await.unwrap();
        let key = key();
        let store = StoreSite { fs: site.fs.clone(), dir: &site.dir, key: &key };
        let look = verify_store(&store, last.as_ref(), site.now, &mut || true).unwrap();
        let stops = collector_stops(&site.ledger, site.now).await.unwrap().len() as u64;
        let (act, fields) = look.entry(stops);
        self.note(act, &fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>()).await;
        assert_eq!(last_verification(&site.ledger).await.unwrap().as_ref(), Some(&look), "an entry says all of it");
        look
    }

    async fn note(&self, act: &str, fields: &[(&str, &str)]) {
        self.site.ledger.note_act(&Actor::System, act, fields).await.unwrap();
        let waiting = self.site.ledger.outbox(1000).await.unwrap();
        let bodies: Vec<Body> = waiting.iter().map(|&(number, digest)| Body::Entry { number, digest }).collect();
        let leaves = self.site.journal.append(&bodies).unwrap();
        let placed: Vec<_> = waiting.iter().map(|(number, _)| *number).zip(leaves).collect();
        self.site.ledger.sequenced(&placed).await.unwrap();
    }

    fn segments(&self) -> Vec<(PathBuf, Vec<u8>)> {
        self.fs.files().into_iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "parquet")).collect()
    }

    async fn anchor(&self, act: &str, to: &str) {
        let note = self.site.journal.checkpoint();
        let checkpoint = Checkpoint::parse(key().open(&note).unwrap()).unwrap();
        self.note(act, &[("size", &checkpoint.size.to_string()), ("root", &hex(&checkpoint.root)), ("to", to)]).await;
    }
}

fn number(measured: &Measured, fact: &str) -> Option<i64> {
    measured.facts.get(fact).map(|fact| match fact {
        Fact::Int(number) => *number,
        other => panic!("{other:?}"),
    })
}

fn codes(measured: &Measured) -> Vec<&str> {
    measured.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

fn asked<'a>(measured: &'a Measured, text: &str) -> &'a Asked {
    measured.asked.iter().find(|asked| asked.text.ends_with(text)).unwrap()
}

// VERDICT-1, VERDICT-7
#[tokio::test]
async fn a_changed_byte_of_yesterday_is_found_by_the_daily_look_and_stays_found() {
    let house = House::begin().await;
    let before = house.measure(Probe::StoreVerified, &[]).await;
    assert_eq!((number(&before, "segments"), number(&before, "failed")), (None, None), "never looked at: not known");
    assert_eq!(codes(&before), ["store-never-verified"]);
    assert_eq!(house.look().await.stored, 0);
    let empty = house.measure(Probe::StoreVerified, &[]).await;
    assert_eq!((number(&empty, "segments"), codes(&empty)), (None, vec!["store-nothing-sealed"]));

    house.fill();
    house.next_day();
    let sound = house.look().await;
    assert!(sound.is_sound() && sound.segments == house.segments().len() as u64 && sound.segments > 0 && sound.lines > 0, "{sound:?}");
    let measured = house.measure(Probe::StoreVerified, &[]).await;
    assert_eq!((number(&measured, "failed"), number(&measured, "days_since")), (Some(0), Some(0)));
    assert_eq!(number(&measured, "segments"), Some(i64::try_from(asked(&measured, "verified.segments").number).unwrap()));

    // Every segment, at its beginning, in its middle and at its end.
    for (path, bytes) in house.segments() {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            house.fs.put(&path, &changed);
            let look = house.look().await;
            assert_eq!((look.failed, look.names.len()), (1, 1), "{} {at}", path.display());
            assert!(path.ends_with(&look.names[0]));
        }
        house.fs.put(&path, &bytes);
    }
    let (path, bytes) = house.segments().remove(0);
    house.fs.take(&path);
    assert_eq!(house.look().await.failed, 1, "a segment that is gone");
    let measured = house.measure(Probe::StoreVerified, &[]).await;
    assert_eq!((number(&measured, "failed"), codes(&measured)[0]), (Some(1), "store-segment-failed"));
    // It stays found on days on which its day has no turn, until it is whole again.
    for _ in 0..3 {
        house.fill();
        house.next_day();
        assert_eq!(house.look().await.failed, 1);
    }
    house.fs.put(&path, &bytes);
    assert!(house.look().await.is_sound());
    // Later than a day: the fact says so.
    house.clock.advance_seconds(2 * DAY);
    let late = house.measure(Probe::StoreVerified, &[]).await;
    assert_eq!((number(&late, "days_since"), codes(&late)), (Some(2), vec!["store-verified-late"]));
}

#[tokio::test]
async fn a_changed_byte_of_the_log_is_found_and_a_look_can_be_cut_off() {
    let house = House::begin().await;
    house.fill();
    house.next_day();
    let site = house.site();
    let key = key();
    let store = StoreSite { fs: site.fs.clone(), dir: &site.dir, key: &key };
    assert!(verify_store(&store, None, site.now, &mut || false).is_none());
    let tile = house.fs.files().into_iter().map(|(path, _)| path).find(|path| path.display().to_string().contains("log/tile/0/")).unwrap();
    let bytes = house.fs.read(&tile).unwrap();
    let mut changed = bytes.clone();
    changed[3] ^= 1;
    house.fs.put(&tile, &changed);
    let look = house.look().await;
    assert!(look.log > 0 && !look.is_sound(), "{look:?}");
    let measured = house.measure(Probe::StoreVerified, &[]).await;
    assert!(codes(&measured).contains(&"store-log-failed") && number(&measured, "failed") > Some(0));
    house.fs.put(&tile, &bytes);
    assert!(house.look().await.is_sound());
}

#[tokio::test]
async fn starts_that_followed_no_clean_stop_are_counted_for_thirty_days() {
    let house = House::begin().await;
    for act in ["server.start", "server.stop", "server.start", "server.alive", "server.start", "server.start", "server.stop"] {
        house.note(act, &[]).await;
        house.clock.advance_seconds(HOUR);
    }
    assert_eq!(number(&house.measure(Probe::StoreVerified, &[]).await, "collector_stops"), Some(2));
    house.clock.advance_seconds(30 * DAY - 2 * HOUR);
    assert_eq!(number(&house.measure(Probe::StoreVerified, &[]).await, "collector_stops"), Some(1), "an older one no longer counts");
    house.clock.advance_seconds(DAY);
    assert_eq!(number(&house.measure(Probe::StoreVerified, &[]).await, "collector_stops"), Some(0));
}

#[tokio::test]
async fn room_is_reckoned_from_whole_days_only() {
    let house = House::begin().await;
    let measured = house.measure(Probe::StoreRoom, &[]).await;
    assert!(number(&measured, "days_required") >= Some(181) && number(&measured, "days_required") <= Some(184));
    house.fill();
    house.next_day();
    // The day of the first line had begun before it.
    for _ in 0..2 {
        let measured = house.measure(Probe::StoreRoom, &[]).await;
        assert_eq!((number(&measured, "days_fit"), codes(&measured)), (None, vec!["store-room-young"]));
        house.clock.advance_seconds(HOUR);
    }
    house.fill();
    house.next_day();
    let measured = house.measure(Probe::StoreRoom, &[]).await;
    let fit = number(&measured, "days_fit").unwrap();
    assert!(fit > 0 && asked(&measured, "room.days_fit").number == u64::try_from(fit).unwrap());
}

#[tokio::test]
async fn an_anchor_counts_while_the_log_continues_it() {
    let house = House::begin().await;
    let none = house.measure(Probe::StoreAnchored, &[]).await;
    assert_eq!((number(&none, "anchors"), number(&none, "days_since"), codes(&none)), (Some(0), None, vec!["store-self-only"]));
    assert_eq!(anchored(&house.site()).await.unwrap(), Anchored::SelfOnly);
    house.fill();
    house.anchor("anchor.sent", "zhang@example.com").await;
    let until = house.clock.now();
    house.next_day();
    house.clock.advance_seconds(DAY);
    let one = house.measure(Probe::StoreAnchored, &[]).await;
    assert_eq!((number(&one, "anchors"), number(&one, "days_since"), codes(&one)), (Some(1), Some(2), vec!["store-anchored"]));
    assert!(matches!(anchored(&house.site()).await.unwrap(), Anchored::Outside { until: at, way: Way::Mail, .. } if at <= until));
    house.fill();
    house.anchor("anchor.kept", "/mnt/share").await;
    let two = house.measure(Probe::StoreAnchored, &[]).await;
    assert_eq!((number(&two, "anchors"), number(&two, "days_since")), (Some(2), Some(0)));
    // One that the log does not continue, and one of leaves that are not there, count for nothing and are said first.
    house.note("anchor.sent", &[("size", "3"), ("root", &"0".repeat(64)), ("to", "x")]).await;
    house.note("anchor.sent", &[("size", "999999"), ("root", &"0".repeat(64)), ("to", "y")]).await;
    let broken = house.measure(Probe::StoreAnchored, &[]).await;
    assert_eq!(
        (number(&broken, "anchors"), codes(&broken)),
        (Some(2), vec!["store-anchor-differs", "store-anchor-differs", "store-anchored"])
    );
    assert_eq!(anchors(&house.site()).await.unwrap().len(), 4);
    assert!(matches!(anchored(&house.site()).await.unwrap(), Anchored::Outside { way: Way::Folder, .. }));
}

#[tokio::test]
async fn our_own_backup_alone_says_nothing_of_the_operators_data() {
    let house = House::begin().await;
    let measured = house.measure(Probe::BackupRestored, &["important_data"]).await;
    assert_eq!(
        (number(&measured, "sets"), number(&measured, "without_backup"), number(&measured, "without_restore_test")),
        (None, Some(1), Some(1))
    );
    assert_eq!(codes(&measured), ["store-without-backup-own", "store-without-test-own", "store-sets-unlisted"]);
    house.note("backup.kept", &[("made", &house.clock.now().0.to_string())]).await;
    let measured = house.measure(Probe::BackupRestored, &["important_data"]).await;
    assert_eq!((number(&measured, "sets"), number(&measured, "without_backup")), (None, Some(0)));
    // The packs say daily: one of the day before yesterday is too old.
    for (days, without) in [(1, 0), (1, 1)] {
        house.clock.advance_seconds(days * DAY);
        assert_eq!(number(&house.measure(Probe::BackupRestored, &["important_data"]).await, "without_backup"), Some(without));
    }
    let other = house.measure(Probe::BackupRestored, &["disaster_recovery"]).await;
    assert_eq!((number(&other, "sets"), number(&other, "without_backup"), codes(&other)), (None, Some(0), vec!["store-sets-unlisted"]));
}
