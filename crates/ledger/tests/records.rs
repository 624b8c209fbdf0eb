//! Records: commands, rights, numbers, lists and what time brings, at the crate's boundary.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod office;
mod room;

use std::collections::BTreeSet;

use anlan_ledger::engine::{Command, HandTo, UnitId};
use anlan_ledger::records::{Attachment, FILE_BYTES, ListAsk, MANY, Order, StateAsk, TodoAsk, TodoOf, WhyTodo};
use anlan_ledger::{GraveAct, LedgerError};
use office::{Office, book_with, code, filled, office};

const DAY: u64 = 86_400;

fn of_leaks(state: StateAsk) -> ListAsk {
    ListAsk { kind: Some("leak".into()), state, ..ListAsk::default() }
}

async fn numbers(office: &Office, account: &str, ask: &ListAsk) -> Vec<String> {
    office.room.ledger.list(&office.who(account), ask).await.unwrap().rows.into_iter().map(|row| row.number).collect()
}

// REC-5, REC-11
#[tokio::test]
async fn a_record_lives() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let qian = office.people["qian.jin"].to_string();
    let values = [("title", "教学楼漏水"), ("category", "roof"), ("owner", &qian)];
    let done = office.open("qian.jin", "leak", office.first, &values).await.unwrap();
    assert_eq!(done.number, "LS-2026-0001");
    office.assert_sound().await;
    let page = ledger.list(&office.who("sun.li"), &of_leaks(StateAsk::Open)).await.unwrap();
    assert_eq!((page.rows[0].title.as_str(), page.rows.len(), page.total), ("教学楼漏水", 1, Some(1)));
    let todo = ledger.todo(&office.who("qian.jin"), &TodoAsk::default()).await.unwrap();
    assert_eq!((todo.rows.len(), todo.rows[0].why, todo.counts.all), (1, WhyTodo::Holds, 1));
    office.make("qian.jin", &done.number, "fix", &[("note", "已修")]).await.unwrap();
    let proposed = office.make("qian.jin", &done.number, "close", &[]).await.unwrap();
    assert!(proposed.proposed);
    office.assert_sound().await;
    let to_approve = TodoAsk { of: TodoOf::ToApprove, ..TodoAsk::default() };
    assert_eq!(ledger.todo(&office.who("sun.li"), &to_approve).await.unwrap().rows.len(), 1);
    let approve = |seen| Command::Approve { seen, reason: None };
    let own = ledger.act_on(&office.who("qian.jin"), &done.number, None, approve(proposed.version)).await.unwrap_err();
    assert_eq!(code(&own), "own-proposal");
    ledger.act_on(&office.who("sun.li"), &done.number, Some(proposed.version), approve(proposed.version)).await.unwrap();
    let shown = ledger.record(&office.who("sun.li"), &done.number).await.unwrap().unwrap();
    assert!(shown.record.ended && shown.record.state == "closed");
    assert_eq!(numbers(&office, "wang.fang", &of_leaks(StateAsk::Ended)).await.len(), 1);
    let history = ledger.history(&office.who("sun.li"), &done.number).await.unwrap().unwrap();
    assert_eq!(
        history.iter().map(|row| row.act.as_str()).collect::<Vec<_>>(),
        ["record.open", "record.move", "record.propose", "record.approve"]
    );
    assert!(ledger.todo(&office.who("qian.jin"), &TodoAsk::default()).await.unwrap().rows.is_empty());
    office.assert_sound().await;
}

// REC-3
#[tokio::test]
async fn a_form_that_shows_an_older_version_is_refused() {
    let office = office().await;
    let number = office.leak("a").await;
    let seen = office.room.ledger.record(&office.who("sun.li"), &number).await.unwrap().unwrap().record.version;
    let note = || Command::Note { text: "看过".into() };
    office.room.ledger.act_on(&office.who("sun.li"), &number, Some(seen), note()).await.unwrap();
    let again = office.room.ledger.act_on(&office.who("sun.li"), &number, Some(seen), note()).await.unwrap_err();
    assert!(matches!(again, LedgerError::Stale { number: stale } if stale == number));
}

// REC-9
#[tokio::test]
async fn what_is_outside_is_not_there() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let number = office.leak("秘密").await;
    for outside in ["zhou.yun", "wu.di", "li.na", "nobody"] {
        let who = office.who(outside);
        assert_eq!(ledger.record(&who, &number).await.unwrap(), None, "{outside}");
        assert_eq!(ledger.history(&who, &number).await.unwrap(), None);
        assert_eq!(ledger.children(&who, &number).await.unwrap(), None);
        let error = ledger.act_on(&who, &number, None, Command::Note { text: "x".into() }).await.unwrap_err();
        assert_eq!(code(&error), "404", "{outside}");
        for words in ["", "秘密", &number] {
            let ask = ListAsk { words: words.into(), ..of_leaks(StateAsk::All) };
            let page = ledger.list(&who, &ask).await.unwrap();
            assert_eq!((page.rows.len(), page.totals.len(), page.total.unwrap_or(0)), (0, 0, 0), "{outside} {words}");
        }
    }
    for inside in ["qian.jin", "sun.li", "wang.fang"] {
        assert!(ledger.record(&office.who(inside), &number).await.unwrap().is_some(), "{inside}");
        assert_eq!(numbers(&office, inside, &of_leaks(StateAsk::Open)).await, std::slice::from_ref(&number));
    }
}

/// Whoever sees a record finds it in a list, and the other way round.
#[tokio::test]
async fn lists_show_what_may_be_seen() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let wu = office.people["wu.di"];
    let mut all = Vec::new();
    all.push(office.leak("plain").await);
    all.push(office.open("qian.jin", "leak", office.first, &[("title", "wu owns it"), ("owner", &wu.to_string())]).await.unwrap().number);
    all.push(
        office.open("qian.jin", "leak", office.first, &[("title", "wu helps"), ("helpers", &format!("[\"{wu}\"]"))]).await.unwrap().number,
    );
    all.push(office.open("wu.di", "leak", office.second, &[("title", "of wu")]).await.unwrap().number);
    all.push(office.open("zhou.yun", "leak", office.second, &[("title", "of the head")]).await.unwrap().number);
    let asked = office.leak("wu is asked").await;
    let ask = Command::Ask { people: vec![wu], what: anlan_law::kind::AskWhat::Opinion, text: "如何".into() };
    ledger.act_on(&office.who("qian.jin"), &asked, None, ask).await.unwrap();
    all.push(asked.clone());
    let same = async |when: &str| {
        for account in office.people.keys() {
            let who = office.who(account);
            let mut seen = BTreeSet::new();
            for number in &all {
                if ledger.record(&who, number).await.unwrap().is_some() {
                    seen.insert(number.clone());
                }
            }
            for order in [Order::Number, Order::Due, Order::Changed] {
                let ask = ListAsk { order, ..of_leaks(StateAsk::All) };
                let page = ledger.list(&who, &ask).await.unwrap();
                let listed: BTreeSet<String> = page.rows.iter().map(|row| row.number.clone()).collect();
                assert_eq!(listed, seen, "{account} {when}");
                assert_eq!(page.rows.len(), seen.len());
                assert_eq!(page.total, Some(seen.len() as u64), "{account} {when}");
            }
        }
    };
    same("at first").await;
    let todo = ledger.todo(&office.who("wu.di"), &TodoAsk { of: TodoOf::Asked, ..TodoAsk::default() }).await.unwrap();
    assert_eq!(todo.rows.iter().map(|row| row.record.number.clone()).collect::<Vec<_>>(), std::slice::from_ref(&asked));
    ledger.act_on(&office.who("wu.di"), &asked, None, Command::Answer { agrees: true, text: "可".into() }).await.unwrap();
    let hand = Command::HandOver { to: HandTo::Unit(office.second), reason: "归二小".into() };
    ledger.act_on(&office.who("sun.li"), &all[0], None, hand).await.unwrap();
    same("after an answer and another unit").await;
    let until = office.now().plus_seconds(DAY);
    ledger.delegate_all(&office.who("wu.di"), office.people["li.na"], until, "出差").await.unwrap();
    same("with somebody who stands in").await;
    office.assert_sound().await;
}

// REC-2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_number_is_given_twice() {
    let office = std::sync::Arc::new(office().await);
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let office = office.clone();
            tokio::spawn(async move {
                let title = n.to_string();
                // Some callers go away in the midst of it.
                let values = [("title", title.as_str())];
                let opening = office.open("qian.jin", "leak", office.first, &values);
                if n % 10 == 9 {
                    let _ = tokio::time::timeout(std::time::Duration::from_micros(300 * n), opening).await;
                    return None;
                }
                Some(opening.await.unwrap().number)
            })
        })
        .collect();
    let mut told = BTreeSet::new();
    for task in tasks {
        if let Some(number) = task.await.unwrap() {
            assert!(told.insert(number));
        }
    }
    assert_eq!(told.len(), 45);
    let listed = numbers(&office, "sun.li", &of_leaks(StateAsk::Open)).await;
    assert!(told.iter().all(|number| listed.contains(number)));
    let expected: Vec<String> = (1..=listed.len()).rev().map(|n| format!("LS-2026-{n:04}")).collect();
    assert_eq!(listed, expected);
    office.assert_sound().await;
}

/// REC-11: what is refused in the midst of it leaves nothing.
#[tokio::test]
async fn half_a_command_is_no_command() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let chore = office.open("wang.fang", "chore", office.root, &[("title", "报送")]).await.unwrap().number;
    // The second child cannot be written: its row is there already.
    let blocking = "INSERT INTO record (id, number, kind, unit, lane, state, title, words, missed, pending, late_entry, opened, happened, changed, version, shown)
        SELECT 999999, 'HFT-2026-0002', kind, unit, lane, state, title, words, missed, pending, late_entry, opened, happened, changed, version, shown FROM record";
    office.room.tamper(blocking).await;
    let before = office.room.entries().await.len();
    let units = format!("[\"{}\",\"{}\"]", office.first, office.second);
    office.make("wang.fang", &chore, "send", &[("units", &units)]).await.unwrap_err();
    assert_eq!(office.room.entries().await.len(), before);
    office.room.tamper("DELETE FROM record WHERE id = 999999").await;
    office.assert_sound().await;
    let done = office.make("wang.fang", &chore, "send", &[("units", &units)]).await.unwrap();
    assert_eq!(done.opened, ["HFT-2026-0001", "HFT-2026-0002"]);
    let answer = |account, number| office.make(account, number, "answer", &[("answer", "已报")]);
    answer("qian.jin", "HFT-2026-0001").await.unwrap();
    let children = ledger.children(&office.who("wang.fang"), &chore).await.unwrap().unwrap();
    assert_eq!(children.rows.len(), 2);
    assert_eq!(
        children.totals.iter().map(|total| (total.state.as_str(), total.records)).collect::<Vec<_>>(),
        [("answered", 1), ("sent", 1)]
    );
    assert_eq!(children.rows[0].parent.as_ref(), Some(&chore));
    let full = ledger.summary_of_children(&office.who("wang.fang"), &chore).await.unwrap().unwrap();
    assert_eq!(full[0].values["answer"], "已报");
    let shown = ledger.record(&office.who("wang.fang"), &chore).await.unwrap().unwrap();
    assert_eq!(shown.children.len(), 2);
    assert_eq!(ledger.children(&office.who("qian.jin"), &chore).await.unwrap(), None);
    office.assert_sound().await;
}

// REC-10
#[tokio::test]
async fn a_sealed_value_is_nowhere() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let secret = "张三丰";
    let number = office.open("wu.di", "leak", office.second, &[("title", "a"), ("reporter", secret)]).await.unwrap().number;
    let who = office.who("zhou.yun");
    let shown = ledger.record(&who, &number).await.unwrap().unwrap();
    assert!(shown.sealed.contains("reporter"));
    let history = ledger.history(&who, &number).await.unwrap().unwrap();
    let change = history[0].changes.iter().find(|change| change.field == "reporter").unwrap();
    assert!(change.sealed && change.after.is_none());
    let summary = ledger.summary(&who, &of_leaks(StateAsk::Open)).await.unwrap();
    let said = format!("{shown:?} {history:?} {summary:?}");
    assert!(!said.contains(secret));
    for table in ["record", "record_seat", "record_link"] {
        let rows: Vec<String> = match table {
            "record" => office.texts("SELECT shown || words || title FROM record").await,
            _ => Vec::new(),
        };
        assert!(!rows.iter().any(|row| row.contains(secret)), "{table}");
    }
    assert!(numbers(&office, "zhou.yun", &ListAsk { words: secret.into(), ..of_leaks(StateAsk::All) }).await.is_empty());
    let fields = ["reporter".to_owned()];
    assert_eq!(code(&ledger.unseal(&who, &number, &fields, "核实").await.unwrap_err()), "sealed-not-yours");
    assert_eq!(code(&ledger.unseal(&office.who("li.na"), &number, &fields, "核实").await.unwrap_err()), "404");
}

#[tokio::test]
async fn lists_are_asked_in_every_way() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let qian = office.people["qian.jin"].to_string();
    for n in 0..12 {
        let category = if n % 3 == 0 { "pipe" } else { "roof" };
        let title = format!("第{n}处 Leak_{}", if n % 2 == 0 { "北楼" } else { "南楼 100%" });
        let mut values = vec![("title", title.as_str()), ("category", category)];
        if n < 6 {
            values.push(("owner", &qian));
        }
        office.open("qian.jin", "leak", office.first, &values).await.unwrap();
        office.advance(3_600);
    }
    let count = async |ask: ListAsk| ledger.list(&office.who("sun.li"), &ask).await.unwrap().rows.len();
    let filtered = |filters: &[(&str, &str)]| ListAsk {
        filters: filters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..of_leaks(StateAsk::Open)
    };
    let worded = |words: &str| ListAsk { words: words.into(), ..of_leaks(StateAsk::Open) };
    for (ask, expected) in [
        (of_leaks(StateAsk::Open), 12),
        (of_leaks(StateAsk::All), 12),
        (of_leaks(StateAsk::Is("found".into())), 12),
        (of_leaks(StateAsk::Is("fixed".into())), 0),
        (of_leaks(StateAsk::Ended), 0),
        (of_leaks(StateAsk::LateEntry), 0),
        (of_leaks(StateAsk::Overdue), 0),
        (of_leaks(StateAsk::DueSoon(7)), 12),
        (filtered(&[("category", "pipe")]), 4),
        (filtered(&[("category", "pipe"), ("owner", &qian)]), 2),
        (filtered(&[("category", "none")]), 0),
        (ListAsk { holder: Some(office.people["qian.jin"]), ..of_leaks(StateAsk::Open) }, 12),
        (ListAsk { holder: Some(office.people["sun.li"]), ..ListAsk::default() }, 0),
        (worded("北楼"), 6),
        (worded("LEAK_北"), 6),
        (worded("100%"), 6),
        (worded("%"), 6),
        (worded("_"), 12),
        (worded("南楼 第1"), 2),
        (worded("ls-2026-0007"), 1),
        (worded("\\"), 0),
        (ListAsk { words: "楼".into(), ..filtered(&[("category", "roof")]) }, 8),
        (ListAsk { unit: Some(office.second), ..of_leaks(StateAsk::Open) }, 0),
        (ListAsk { unit: Some(office.first), ..of_leaks(StateAsk::Open) }, 12),
        (ListAsk { unit: Some(UnitId(99)), ..of_leaks(StateAsk::Open) }, 0),
        (ListAsk::default(), 12),
    ] {
        for order in [Order::Number, Order::Due, Order::Changed] {
            let ask = ListAsk { order, ..ask.clone() };
            assert_eq!(count(ask.clone()).await, expected, "{ask:?}");
            // Page by page it is the same, each once.
            let mut paged = Vec::new();
            let mut step = ListAsk { limit: 5, ..ask.clone() };
            loop {
                let page = ledger.list(&office.who("sun.li"), &step).await.unwrap();
                paged.extend(page.rows.into_iter().map(|row| row.number));
                let Some(next) = page.next else { break };
                step.after = Some(next);
            }
            assert_eq!(paged, numbers(&office, "sun.li", &ask).await, "{ask:?}");
        }
    }
    for wrong in [
        filtered(&[("title", "a")]),
        ListAsk { after: Some("x".into()), ..ListAsk::default() },
        ListAsk { kind: None, ..filtered(&[("category", "pipe")]) },
    ] {
        assert!(matches!(ledger.list(&office.who("sun.li"), &wrong).await, Err(LedgerError::Unfit { .. })), "{wrong:?}");
    }
}

// REC-7, REC-8
#[tokio::test]
async fn time_reminds_and_tells_of_lateness() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let number = office.leak("慢").await;
    assert_eq!(ledger.tick().await.unwrap().woken, 0);
    office.advance(20 * DAY);
    let ticked = ledger.tick().await.unwrap();
    assert_eq!((ticked.woken, ticked.more, ticked.failed.len()), (1, false, 0), "{ticked:?}");
    let acts: Vec<String> = ledger.history(&office.who("sun.li"), &number).await.unwrap().unwrap().into_iter().map(|row| row.act).collect();
    assert_eq!(acts, ["record.open", "record.remind", "record.late", "record.escalate"]);
    assert_eq!(ledger.tick().await.unwrap().woken, 0);
    assert_eq!(numbers(&office, "sun.li", &of_leaks(StateAsk::Overdue)).await, std::slice::from_ref(&number));
    let todo = ledger.todo(&office.who("qian.jin"), &TodoAsk { of: TodoOf::Overdue, ..TodoAsk::default() }).await.unwrap();
    assert_eq!((todo.rows.len(), todo.counts.overdue), (1, 1));
    assert!(todo.rows[0].record.missed);
    office.make("qian.jin", &number, "fix", &[]).await.unwrap();
    assert!(ledger.list(&office.who("sun.li"), &of_leaks(StateAsk::Open)).await.unwrap().rows[0].missed);
    office.assert_sound().await;
}

#[tokio::test]
async fn a_series_opens_each_occurrence_once() {
    let office = office().await;
    let ledger = &office.room.ledger;
    for (account, expected) in [("qian.jin", "series-not-yours"), ("zhou.yun", "series-not-yours")] {
        assert_eq!(code(&ledger.switch_series(&office.who(account), office.first, "leak", "weekly", true).await.unwrap_err()), expected);
    }
    ledger.switch_series(&office.who("sun.li"), office.first, "leak", "weekly", true).await.unwrap();
    ledger.switch_series(&office.who("sun.li"), office.first, "leak", "weekly", true).await.unwrap();
    assert_eq!(ledger.series_of_unit(office.first).await.unwrap().len(), 1);
    let mut opened = 0;
    for _ in 0..28 {
        office.advance(DAY);
        loop {
            let ticked = ledger.tick().await.unwrap();
            opened += ticked.opened;
            if !ticked.more {
                break;
            }
        }
    }
    assert_eq!(opened, 4);
    office.assert_sound().await;
    ledger.switch_series(&office.who("sun.li"), office.first, "leak", "weekly", false).await.unwrap();
    office.advance(14 * DAY);
    assert_eq!(ledger.tick().await.unwrap().opened, 0);
    office.assert_sound().await;
}

// REC-6
#[tokio::test]
async fn who_leaves_holds_nothing() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let held: Vec<String> = vec![office.leak("a").await, office.leak("b").await];
    ledger.leave(&office.who("zhang.wei"), office.people["qian.jin"], "调离").await.unwrap();
    for number in &held {
        let holder = ledger.record(&office.who("sun.li"), number).await.unwrap().unwrap().record.holder;
        assert_eq!(holder, Some(office.people["sun.li"]));
    }
    office.assert_sound().await;
    // Also when only the right goes.
    ledger.set_head(&office.who("li.na"), office.first, None).await.unwrap();
    let holder = ledger.record(&office.who("wang.fang"), &held[0]).await.unwrap().unwrap().record.holder;
    assert_ne!(holder, Some(office.people["qian.jin"]));
    office.assert_sound().await;
}

#[tokio::test]
async fn units_move_and_close_with_their_records() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let system = office.who("zhang.wei");
    let number = office.leak("搬").await;
    let ended = office.leak("完").await;
    ledger.act_on(&office.who("sun.li"), &ended, None, Command::Void { reason: "错".into() }).await.unwrap();
    assert!(numbers(&office, "zhou.yun", &of_leaks(StateAsk::Open)).await.is_empty());
    ledger.move_unit(&system, office.first, office.second).await.unwrap();
    office.assert_sound().await;
    assert_eq!(numbers(&office, "zhou.yun", &of_leaks(StateAsk::Open)).await, std::slice::from_ref(&number));
    let closing = ledger.close_unit(&system, office.first, None).await;
    assert!(closing.is_err());
    ledger.close_unit(&system, office.first, Some(office.second)).await.unwrap();
    office.assert_sound().await;
    let shown = ledger.record(&office.who("zhou.yun"), &number).await.unwrap().unwrap();
    assert_eq!(shown.record.unit, office.second);
    assert_eq!(numbers(&office, "zhou.yun", &of_leaks(StateAsk::Voided)).await, [ended]);
}

// REC-1, KIND-9: other columns and filters, and a field that is sealed now.
#[tokio::test]
async fn another_text_of_a_kind_writes_its_rows_anew() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let number =
        office.open("qian.jin", "leak", office.first, &[("title", "旧"), ("note", "新名"), ("category", "roof")]).await.unwrap().number;
    let other = office::LEAK
        .replace("title_field = \"title\"", "title_field = \"note\"")
        .replace("list = [\"title\", \"category\"", "list = [\"title\"");
    ledger.set_book(book_with(&other)).await.unwrap();
    office.assert_sound().await;
    let row = ledger.list(&office.who("sun.li"), &of_leaks(StateAsk::Open)).await.unwrap().rows.remove(0);
    assert_eq!((row.number, row.title.as_str(), row.values.contains_key("category")), (number, "新名", false));
    let before = office.room.entries().await.len();
    ledger.set_book(book_with(&other)).await.unwrap();
    assert_eq!(office.room.entries().await.len(), before);
}

// REC-12
#[tokio::test]
async fn files_are_whole_or_not_there() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let pdf = |bytes: usize| {
        let mut file = b"%PDF-1.7\n".to_vec();
        file.resize(bytes, b'x');
        file
    };
    let limit = FILE_BYTES as usize;
    for (bytes, fits) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
        let kept = ledger.keep_attachment("a.pdf", pdf(bytes).as_slice()).await;
        match kept {
            Ok(kept) => assert!(fits && kept.size == bytes as u64 && kept.media == "application/pdf"),
            Err(error) => assert_eq!((fits, code(&error).as_str()), (false, "attachment-too-large")),
        }
    }
    for (name, bytes, expected) in [
        ("a.exe", &b"MZ"[..], "attachment-type"),
        ("a.png", b"%PDF-1.7", "attachment-type"),
        ("a.pdf", b"", "attachment-empty"),
        ("", b"%PDF-", "attachment-name"),
    ] {
        assert_eq!(code(&ledger.keep_attachment(name, bytes).await.unwrap_err()), expected, "{name}");
    }
    let new = office.room.dir.path().join("attachments").join("new");
    assert_eq!(std::fs::read_dir(new).unwrap().count(), 0);

    let kept = ledger.keep_attachment("../../照片.pdf", &b"%PDF-1.7 one"[..]).await.unwrap();
    assert_eq!(kept.name, "照片.pdf");
    let value = Attachment::value_of(std::slice::from_ref(&kept));
    let number = office.open("qian.jin", "leak", office.first, &[("title", "a"), ("pictures", &value)]).await.unwrap().number;
    let (file, mut bytes) = ledger.attachment(&office.who("sun.li"), &number, &kept.digest).await.unwrap().unwrap();
    let mut read = String::new();
    std::io::Read::read_to_string(&mut bytes, &mut read).unwrap();
    assert_eq!((file, read.as_str()), (kept.clone(), "%PDF-1.7 one"));
    assert!(ledger.attachment(&office.who("zhou.yun"), &number, &kept.digest).await.unwrap().is_none());
    let missing = Attachment { digest: "0".repeat(64), ..kept.clone() };
    let refused = office.open("qian.jin", "leak", office.first, &[("title", "a"), ("pictures", &Attachment::value_of(&[missing]))]).await;
    assert_eq!(code(&refused.unwrap_err()), "attachment-missing");
    office.assert_sound().await;

    assert_eq!(ledger.sweep_attachments().await.unwrap(), 0);
    office.advance(DAY);
    assert_eq!(ledger.sweep_attachments().await.unwrap(), 2);
    assert_eq!(ledger.sweep_attachments().await.unwrap(), 0);
    let path = office.room.dir.path().join("attachments").join(&kept.digest[..2]).join(&kept.digest);
    #[allow(clippy::disallowed_methods, reason = "a test changes the file")]
    std::fs::write(&path, b"other").unwrap();
    assert_eq!(office.findings().await, [format!("attachment {} of {number}: changed", kept.digest)]);
    #[allow(clippy::disallowed_methods, reason = "a test removes the file")]
    std::fs::remove_file(&path).unwrap();
    assert_eq!(office.findings().await, [format!("attachment {} of {number}: missing", kept.digest)]);
}

// I6
#[tokio::test]
async fn what_is_erased_is_nowhere() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let number = office.open("qian.jin", "leak", office.first, &[("title", "a"), ("phone", "13800000000")]).await.unwrap().number;
    let correct = Command::Correct { values: filled(&[("phone", "13900000000")]), reason: "错号".into() };
    ledger.act_on(&office.who("qian.jin"), &number, None, correct).await.unwrap();
    let erase = Command::Erase { fields: vec!["phone".into()], reason: "请求".into() };
    assert_eq!(code(&ledger.act_on(&office.who("sun.li"), &number, None, erase).await.unwrap_err()), "needs-proposal");
    let act = GraveAct::EraseRecord { record: number.clone(), fields: vec!["phone".into()] };
    let head = office.who("sun.li");
    let (proposer, approver) = (office.who("li.na"), head.clone());
    let id = match ledger.propose(&proposer, &act, "", "依法删除").await {
        Ok(id) => id,
        Err(error) => panic!("{error:?}"),
    };
    let state = ledger.proposals(&proposer).await.unwrap().remove(0).row.state;
    ledger.approve(&approver, id, &state, "").await.unwrap();
    ledger.erase_record(&approver, id, "依法删除").await.unwrap();
    let all = format!(
        "{:?}",
        office
            .room
            .entries()
            .await
            .iter()
            .map(|row| row.fields.iter().map(|field| field.value.clone()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    );
    let bytes = |text: &str| format!("{:?}", text.as_bytes()).trim_matches(['[', ']']).to_owned();
    assert!(!all.contains(&bytes("13800000000")) && !all.contains(&bytes("13900000000")));
    let shown = ledger.record(&office.who("sun.li"), &number).await.unwrap().unwrap();
    assert_eq!(shown.record.erased, ["phone"]);
    assert!(ledger.erase_record(&approver, id, "again").await.is_err());
    office.assert_sound().await;
}

#[tokio::test]
async fn limits_hold() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let none: Vec<String> = (0..=MANY).map(|n| format!("LS-2026-{n:04}")).collect();
    let done = ledger.act_on_many(&office.who("sun.li"), &none, Command::Note { text: "x".into() }).await;
    assert_eq!(done.len(), MANY + 1);
    assert!(matches!(done[MANY].1, Err(LedgerError::Full { .. })));
    assert!(matches!(done[MANY - 1].1, Err(LedgerError::NotFound { .. })));
    for n in 0..=50 {
        let saved = ledger.save_view("sun.li", &format!("v{n}"), "state=open").await;
        assert_eq!(saved.is_ok(), n < 50, "{n}");
    }
    ledger.save_view("sun.li", "v3", "state=all").await.unwrap();
    ledger.drop_view("sun.li", "v4").await.unwrap();
    assert_eq!(ledger.saved_views("sun.li").await.unwrap().len(), 49);
    office.assert_sound().await;
}

#[tokio::test]
async fn a_damaged_record_keeps_nobody_waiting() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let (damaged, sound) = (office.leak("坏").await, office.leak("好").await);
    office.room.tamper("DELETE FROM record_entry WHERE record = (SELECT id FROM record WHERE number = 'LS-2026-0001')").await;
    office.advance(20 * DAY);
    let ticked = ledger.tick().await.unwrap();
    assert_eq!((ticked.woken, ticked.failed.len(), ticked.more), (1, 1, false));
    let row = ledger.list(&office.who("sun.li"), &of_leaks(StateAsk::Overdue)).await.unwrap().rows;
    assert_eq!(row.iter().filter(|row| row.missed).map(|row| row.number.as_str()).collect::<Vec<_>>(), [sound.as_str()]);
    assert!(matches!(ledger.record(&office.who("sun.li"), &damaged).await, Err(LedgerError::Damaged { .. })));
}
