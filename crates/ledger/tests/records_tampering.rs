//! Somebody with the disk in hands changes rows of records; the verifier names which.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod office;
mod room;

use anlan_ledger::engine::Command;
use anlan_ledger::records::Attachment;
use office::{Office, filled, office};

/// An office in which every table of records has rows.
async fn full_office() -> Office {
    let office = office().await;
    let ledger = &office.room.ledger;
    let kept = ledger.keep_attachment("a.pdf", &b"%PDF-1.7 one"[..]).await.unwrap();
    let qian = office.people["qian.jin"].to_string();
    let value = Attachment::value_of(&[kept]);
    let first = office
        .open("qian.jin", "leak", office.first, &[("title", "一号漏水"), ("pictures", &value), ("owner", &qian)])
        .await
        .unwrap()
        .number;
    office.open("qian.jin", "leak", office.first, &[("title", "二号漏水"), ("about", &first), ("category", "roof")]).await.unwrap();
    let happened = Some(office.now().minus_seconds(3 * 86_400));
    let late = Command::Open { unit: office.second, values: filled(&[("title", "补录")]), happened };
    ledger.open_record(&office.who("wu.di"), "leak", late).await.unwrap();
    let chore = office.open("wang.fang", "chore", office.root, &[("title", "报送")]).await.unwrap().number;
    let units = format!("[\"{}\",\"{}\"]", office.first, office.second);
    office.make("wang.fang", &chore, "send", &[("units", &units)]).await.unwrap();
    office.make("qian.jin", &first, "fix", &[]).await.unwrap();
    office.make("qian.jin", &first, "close", &[]).await.unwrap();
    ledger.switch_series(&office.who("sun.li"), office.first, "leak", "weekly", true).await.unwrap();
    ledger.save_view("sun.li", "我的", "state=open").await.unwrap();
    office.assert_sound().await;
    office
}

#[tokio::test]
async fn every_changed_row_is_named() {
    let number = "WHERE number = 'LS-2026-0001'";
    let of_record = "= (SELECT id FROM record WHERE number = 'LS-2026-0001')";
    let mut changes: Vec<(String, &str)> = Vec::new();
    for (column, value) in [
        ("kind", "'chore'"),
        ("unit", "3"),
        ("lane", "'end:closed'"),
        ("state", "'closed'"),
        ("title", "'没有漏水'"),
        ("words", "''"),
        ("holder", "1"),
        ("holder", "NULL"),
        ("parent", "'JB-2026-0001'"),
        ("missed", "1"),
        ("pending", "0"),
        ("late_entry", "1"),
        ("opened", "1"),
        ("happened", "1"),
        ("changed", "1"),
        ("version", "version - 1"),
        ("shown", "'{}'"),
        ("f1", "'pipe'"),
        ("f2", "NULL"),
        ("f3", "''"),
    ] {
        let named: &'static str = Box::leak(format!("record LS-2026-0001: {column}").into_boxed_str());
        changes.push((format!("UPDATE record SET {column} = {value} {number}"), named));
    }
    for (sql, named) in [
        ("UPDATE record SET due = due + 1 WHERE number = 'LS-2026-0002'", "record LS-2026-0002: due"),
        ("UPDATE record SET number = 'LS-2026-0009' WHERE number = 'LS-2026-0002'", "record LS-2026-0002: number"),
        ("DELETE FROM record WHERE number = 'LS-2026-0002'", "record LS-2026-0002: removed"),
        (
            "INSERT INTO record (id, number, kind, unit, lane, state, title, words, missed, pending, late_entry, opened, happened, changed, version, shown)
             SELECT 5, 'LS-2026-0077', kind, unit, lane, state, title, words, missed, pending, late_entry, opened, happened, changed, version, shown
             FROM record WHERE number = 'LS-2026-0002'",
            "record LS-2026-0077: added (row 5)",
        ),
        ("UPDATE tally SET records = records + 1 WHERE unit = 1 AND kind = 'chore'", "tally u1 chore open:out"),
        ("DELETE FROM tally WHERE lane = 'late:'", "tally u3 leak late:"),
        ("INSERT INTO tally (unit, kind, lane, records) VALUES (9, 'leak', 'open:found', 1)", "tally u9 leak open:found"),
        ("UPDATE number_run SET last = last + 1 WHERE letters = 'LS'", "number_run LS-2026"),
        ("DELETE FROM number_run WHERE letters = 'HFT'", "number_run HFT-2026"),
        ("UPDATE kind_shape SET title = 'x' WHERE kind = 'leak'", "kind_shape leak"),
        ("UPDATE series_run SET since = 1", "series_run u2 leak weekly"),
        ("UPDATE series_run SET last = 1", "series_run u2 leak weekly"),
        ("DELETE FROM series_run", "series_run u2 leak weekly"),
        ("UPDATE saved_view SET query = ''", "saved_view sun.li 我的"),
        ("DELETE FROM saved_view", "saved_view sun.li 我的"),
        ("INSERT INTO wake (record, at) VALUES (999999, 1)", "wake 999999: added"),
        ("INSERT INTO todo (record, person, why, due) VALUES (-4, 1, 'hold', 1)", "todo -4: added"),
    ] {
        changes.push((sql.to_owned(), named));
    }
    for (table, column, change) in [
        ("record_seat", "id", "UPDATE record_seat SET lane = 'x'"),
        ("record_seat", "id", "UPDATE record_seat SET due = 1"),
        ("record_seat", "id", "UPDATE record_seat SET f2 = NULL"),
        ("record_seat", "id", "DELETE FROM record_seat"),
        ("todo", "record", "UPDATE todo SET person = person + 1"),
        ("todo", "record", "UPDATE todo SET due = 1"),
        ("todo", "record", "DELETE FROM todo"),
        ("attachment_use", "record", "DELETE FROM attachment_use"),
    ] {
        let named: &'static str = Box::leak(format!("{table} LS-2026-0001").into_boxed_str());
        changes.push((format!("{change} WHERE {column} {of_record}"), named));
    }
    for (sql, named) in [
        ("UPDATE wake SET at = at + 1", "wake LS-2026-0002"),
        ("DELETE FROM wake", "wake LS-2026-0002"),
        ("UPDATE record_link SET target = 'LS-2026-0003'", "record_link LS-2026-0002"),
        ("DELETE FROM record_link", "record_link LS-2026-0002"),
    ] {
        changes.push((sql.to_owned(), named));
    }
    let office = full_office().await;
    if !office.room.is_file() {
        println!("left out on PostgreSQL: the file is copied for each change");
        return;
    }
    let file = office.room.file();
    office.room.ledger.close().await;
    for (sql, named) in changes {
        let copy = tempfile::tempdir().unwrap();
        let place = copy.path().join("ledger.db");
        #[allow(clippy::disallowed_methods, reason = "a test copies the ledger to change it")]
        std::fs::copy(&file, &place).unwrap();
        tamper(&place, &sql).await;
        let reader = anlan_ledger::Ledger::open_readonly(&place).await.unwrap();
        let found = reader.check_projections().await.unwrap();
        assert!(found.iter().any(|one| one == named), "{sql}: {found:?}");
    }
}

async fn tamper(file: &std::path::Path, sql: &str) {
    use sqlx::Connection as _;
    let mut conn = sqlx::AnyConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let changed = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
    assert!(changed.rows_affected() > 0, "{sql}");
    conn.close().await.unwrap();
}

// REC-1: a record of which an entry was taken away, or given another, is named.
#[tokio::test]
async fn entries_that_were_moved_about_are_named() {
    for sql in [
        "DELETE FROM record_entry WHERE entry = (SELECT MAX(entry) FROM record_entry)",
        "UPDATE record_entry SET record = (SELECT MAX(record) FROM record_entry) WHERE entry = (SELECT MAX(entry) FROM record_entry)",
        "INSERT INTO record_entry (record, entry) VALUES (3, 3)",
    ] {
        let office = full_office().await;
        office.room.tamper(sql).await;
        let found = office.findings().await;
        assert!(found.iter().any(|one| one.starts_with("record_entry")), "{sql}: {found:?}");
    }
}
