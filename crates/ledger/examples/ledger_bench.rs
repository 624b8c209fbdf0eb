//! Fills a ledger with records and measures lists, filters and 待办, two askers at once.
//!
//! `cargo run --release -p anlan-ledger --example ledger_bench -- DIR [--records N] [--each N] [--rounds N] [--check] [--database URL]`
//!
//! DIR is made where it is not there, and used as it is where it holds a ledger. Ends with 1 where a 99th percentile is 100 ms or more.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench")]

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use anlan_base::{Clock as _, SystemClock};
use anlan_law::pack::Lawbook;
use anlan_ledger::engine::{Rights, UnitId};
use anlan_ledger::records::{Bulk, ListAsk, Order, StateAsk, TodoAsk, TodoOf};
use anlan_ledger::{Ledger, LedgerOptions, Place, PostgresUrl};

const LIMIT: Duration = Duration::from_millis(100);
const ASKERS: usize = 2;

fn argument(name: &str) -> Option<String> {
    let all: Vec<String> = std::env::args().collect();
    all.iter().position(|one| one == name).and_then(|at| all.get(at + 1).cloned())
}

fn number(name: &str, usual: u64) -> u64 {
    argument(name).map_or(usual, |text| text.parse().unwrap())
}

#[derive(Clone)]
enum Ask {
    List(ListAsk),
    Todo(TodoAsk),
    Month,
}

async fn open() -> Ledger {
    let dir = std::path::PathBuf::from(std::env::args().nth(1).expect("a folder"));
    std::fs::create_dir_all(&dir).unwrap();
    let place = match argument("--database") {
        Some(url) => Place::Postgres(PostgresUrl::parse(&url).unwrap()),
        None => Place::Sqlite(dir.join("ledger.db")),
    };
    let ledger = Ledger::open_database(&place, Arc::new(SystemClock), LedgerOptions::default()).await.unwrap();
    ledger.set_book(Arc::new(Lawbook::shipped(&["cn"]).unwrap())).await.unwrap();
    ledger
}

async fn fill(ledger: &Ledger) {
    let bulk = Bulk { records: number("--records", 1_000_000), entries_each: number("--each", 10), districts: 10, units: 500 };
    if ledger.directory().units().count() > 1 {
        println!("the ledger has units already: it is measured as it is");
        return;
    }
    let begun = Stopwatch::now();
    ledger.fill_units(&bulk).await.unwrap();
    ledger
        .fill_records(&bulk, |made| {
            if made % 100_000 == 0 {
                println!("{made} records, {:?}", begun.elapsed())
            }
        })
        .await
        .unwrap();
    println!("filled in {:?}", begun.elapsed());
}

fn asks() -> Vec<(&'static str, Ask)> {
    let hazard = || ListAsk { kind: Some("hazard".into()), limit: 50, ..ListAsk::default() };
    let by = |filters: &[(&str, &str)]| filters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let list = |name, ask| (name, Ask::List(ask));
    let todo = |name, of| (name, Ask::Todo(TodoAsk { of, limit: 50, ..TodoAsk::default() }));
    vec![
        list("open, by number", hazard()),
        list("open, by due", ListAsk { order: Order::Due, ..hazard() }),
        list("open, by changed", ListAsk { order: Order::Changed, ..hazard() }),
        list("all, 200 rows", ListAsk { state: StateAsk::All, limit: 200, ..hazard() }),
        list("ended", ListAsk { state: StateAsk::Ended, ..hazard() }),
        list("one state", ListAsk { state: StateAsk::Is("fixing".into()), ..hazard() }),
        list("overdue", ListAsk { state: StateAsk::Overdue, ..hazard() }),
        list("due in 7 days", ListAsk { state: StateAsk::DueSoon(7), ..hazard() }),
        list("late entries", ListAsk { state: StateAsk::LateEntry, ..hazard() }),
        list("every kind", ListAsk { limit: 50, ..ListAsk::default() }),
        list("every kind, by due", ListAsk { limit: 50, order: Order::Due, ..ListAsk::default() }),
        list("filter, all", ListAsk { filters: by(&[("level", "major")]), state: StateAsk::All, ..hazard() }),
        list("filter, open, by due", ListAsk { filters: by(&[("category", "fire")]), order: Order::Due, ..hazard() }),
        list("two filters", ListAsk { filters: by(&[("category", "fire"), ("level", "major")]), state: StateAsk::All, ..hazard() }),
        list(
            "three filters",
            ListAsk { filters: by(&[("category", "fire"), ("level", "major"), ("owner", "p40")]), state: StateAsk::All, ..hazard() },
        ),
        list("filter, none fits", ListAsk { filters: by(&[("category", "nothing")]), ..hazard() }),
        list("words", ListAsk { words: "机房".into(), state: StateAsk::All, ..hazard() }),
        list("words, none fits", ListAsk { words: "没有这个".into(), state: StateAsk::All, ..hazard() }),
        list("words, every kind", ListAsk { words: "没有这个".into(), limit: 50, ..ListAsk::default() }),
        list("number", ListAsk { words: "YH-2026-0100".into(), state: StateAsk::All, ..hazard() }),
        todo("to do", TodoOf::All),
        todo("to do, overdue", TodoOf::Overdue),
        todo("to do, to approve", TodoOf::ToApprove),
        ("calendar of 31 days", Ask::Month),
    ]
}

async fn once(ledger: &Ledger, who: &Rights, ask: &Ask) -> usize {
    match ask {
        Ask::List(ask) => ledger.list(who, ask).await.unwrap().rows.len(),
        Ask::Todo(ask) => ledger.todo(who, ask).await.unwrap().rows.len(),
        Ask::Month => {
            let now = SystemClock.now();
            ledger.deadlines(who, now, now.plus_seconds(31 * 86_400), 200).await.unwrap().len()
        }
    }
}

async fn measure(ledger: &Arc<Ledger>, who: &Rights, ask: &Ask, rounds: usize) -> (Vec<Duration>, usize) {
    let askers: Vec<_> = (0..ASKERS)
        .map(|_| {
            let (ledger, who, ask) = (ledger.clone(), who.clone(), ask.clone());
            tokio::spawn(async move {
                let mut took = Vec::with_capacity(rounds);
                let mut rows = 0;
                for _ in 0..rounds {
                    let begun = Stopwatch::now();
                    rows = once(&ledger, &who, &ask).await;
                    took.push(begun.elapsed());
                }
                (took, rows)
            })
        })
        .collect();
    let (mut all, mut rows) = (Vec::new(), 0);
    for asker in askers {
        let (took, found) = asker.await.unwrap();
        all.extend(took);
        rows = found;
    }
    all.sort_unstable();
    (all, rows)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> std::process::ExitCode {
    let ledger = Arc::new(open().await);
    fill(&ledger).await;
    if std::env::args().any(|one| one == "--check") {
        let begun = Stopwatch::now();
        let found = ledger.check_projections().await.unwrap();
        println!("checked in {:?}: {found:?}", begun.elapsed());
    }
    let rounds = usize::try_from(number("--rounds", 100)).unwrap();
    let directory = ledger.directory();
    let depth = |unit: UnitId| directory.unit_row(unit).map_or(0, |row| row.unit.path.matches('/').count());
    let units: Vec<UnitId> = directory.units().map(|row| row.unit.id).collect();
    let at = |level: usize| units.iter().copied().find(|unit| depth(*unit) == level).unwrap_or(UnitId(1));
    let mut slow = 0;
    println!("{:<28} {:<10} {:>6} {:>10} {:>10}", "asked", "from", "rows", "p50", "p99");
    for (from, unit) in [("leaf", at(4)), ("district", at(3)), ("root", at(2))] {
        let head = directory.unit_row(unit).and_then(|row| row.unit.head).unwrap();
        let who = ledger.rights_of_person(head);
        for (name, ask) in asks() {
            once(&ledger, &who, &ask).await;
            let (took, rows) = measure(&ledger, &who, &ask, rounds).await;
            let (p50, p99) = (took[took.len() / 2], took[took.len() * 99 / 100]);
            slow += usize::from(p99 >= LIMIT);
            println!("{name:<28} {from:<10} {rows:>6} {p50:>10.1?} {p99:>10.1?}{}", if p99 >= LIMIT { "  SLOW" } else { "" });
        }
    }
    ledger.close().await;
    std::process::ExitCode::from(u8::from(slow > 0))
}
