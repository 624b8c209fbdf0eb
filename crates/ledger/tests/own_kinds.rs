//! Kinds that a unit adds itself: in force at once and after the next start, with their files in entries; and what is refused.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod office;
mod room;

use anlan_ledger::{AddKindError, LedgerError};
use office::{book, office};
use room::{admin, room};

const KEYS: &str = r#"schema = "anlan-kind/1"
id = "key-loan"
title = { zh = "钥匙借用", en = "Loan of a key" }
number = "YSJY"
place = "work"
opens = ["handler"]
title_field = "what"

[[field]]
name = "what"
title = { zh = "钥匙", en = "Key" }
type = "text"
required = true

[[state]]
name = "lent"
title = { zh = "已借出", en = "Lent" }

[[state]]
name = "back"
title = { zh = "已归还", en = "Back" }
ends = true

[[move]]
name = "close"
title = { zh = "归还", en = "Bring back" }
past = { zh = "已归还", en = "brought it back" }
from = "lent"
to = "back"
who = ["handler"]
"#;

fn codes(error: AddKindError) -> Vec<(String, &'static str)> {
    match error {
        AddKindError::Faults(faults) => faults.into_iter().map(|fault| (fault.file, fault.code)).collect(),
        AddKindError::Ledger(error) => panic!("{error}"),
    }
}

// KIND-1
#[tokio::test]
async fn a_kind_that_was_added_is_in_force_at_once_and_later() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let row = ledger.add_kind(&admin(), KEYS).await.unwrap();
    assert_eq!((row.kind.as_str(), ledger.own_kinds().await.unwrap()), ("key-loan", vec![row.clone()]));
    assert_eq!(ledger.own_kind_files().await.unwrap()["key-loan"], KEYS);
    let done = office.open("qian.jin", "key-loan", office.first, &[("what", "机房")]).await.unwrap();
    assert!(done.number.starts_with("YSJY-") && done.number.ends_with("-0001"), "{}", done.number);
    office.make("qian.jin", &done.number, "close", &[]).await.unwrap();
    office.assert_sound().await;
    // The packs are read anew at the next start; the unit's own kinds stay over them.
    ledger.set_book(book()).await.unwrap();
    assert_eq!(ledger.kinds().get("key-loan").unwrap().pack, None);
    office.assert_sound().await;
}

// KIND-9
#[tokio::test]
async fn a_changed_kind_keeps_the_states_that_records_are_in() {
    let office = office().await;
    let ledger = &office.room.ledger;
    ledger.add_kind(&admin(), KEYS).await.unwrap();
    office.open("qian.jin", "key-loan", office.first, &[("what", "机房")]).await.unwrap();
    let renamed = KEYS.replace("\"lent\"", "\"away\"");
    let refused = ledger.add_kind(&admin(), &renamed).await.unwrap_err();
    assert_eq!(codes(refused), [("key-loan.toml".to_owned(), "kind-state-in-use")]);
    assert!(ledger.kinds().get("key-loan").unwrap().state("lent").is_some());
    // A state that no record is in may go; a field may come; what was written before is still shown.
    let more = KEYS.replace(
        "[[state]]\nname = \"lent\"",
        "[[field]]\nname = \"whom\"\ntitle = { zh = \"借用人\", en = \"Borrower\" }\ntype = \"text\"\n\n[[state]]\nname = \"lent\"",
    );
    let more = more.replace("\"back\"", "\"returned\"");
    ledger.add_kind(&admin(), &more).await.unwrap();
    assert_eq!(ledger.own_kinds().await.unwrap().len(), 2);
    assert!(ledger.kinds().get("key-loan").unwrap().field("whom").is_some());
    let second = office.open("qian.jin", "key-loan", office.first, &[("what", "弱电间"), ("whom", "甲")]).await.unwrap();
    assert!(second.number.ends_with("-0002"), "{}", second.number);
    office.assert_sound().await;
}

// KIND-1
#[tokio::test]
async fn of_faulty_files_nothing_is_kept() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let before = office.room.acts().await;
    let bad = KEYS.replace("to = \"back\"", "to = \"bck\"");
    assert_eq!(codes(ledger.add_kind(&admin(), &bad).await.unwrap_err()), [("key-loan.toml".to_owned(), "kind-no-state")]);
    let taken = KEYS.replace("YSJY", "YH");
    assert_eq!(codes(ledger.add_kind(&admin(), &taken).await.unwrap_err()), [("key-loan.toml".to_owned(), "kind-number-twice")]);
    let shipped = KEYS.replace("\"key-loan\"", "\"hazard\"");
    assert_eq!(codes(ledger.add_kind(&admin(), &shipped).await.unwrap_err()), [("hazard.toml".to_owned(), "kind-id-twice")]);
    // One sound file beside a faulty one is not kept either.
    let other = KEYS.replace("key-loan", "key-loss").replace("YSJY", "YSYS");
    let both = ledger.add_kinds(&admin(), &[("key-loss.toml", &other), ("key-loan.toml", &bad)]).await;
    assert_eq!(codes(both.unwrap_err()), [("key-loan.toml".to_owned(), "kind-no-state")]);
    for text in ["", "=", "\u{0}", "id = 7"] {
        assert!(matches!(ledger.add_kind(&admin(), text).await, Err(AddKindError::Faults(_))), "{text}");
    }
    assert_eq!(office.room.acts().await, before);
    assert!(ledger.own_kinds().await.unwrap().is_empty());
    office.assert_sound().await;
}

#[tokio::test]
async fn files_that_name_each_other_are_added_together() {
    let office = office().await;
    let link = "[[field]]\nname = \"loan\"\ntitle = { zh = \"借用\", en = \"Loan\" }\ntype = \"link\"\nto = \"key-loan\"\n\n[[state]]\nname = \"lent\"";
    let loss = KEYS.replace("key-loan", "key-loss").replace("YSJY", "YSYS").replace("[[state]]\nname = \"lent\"", link);
    let ledger = &office.room.ledger;
    assert_eq!(codes(ledger.add_kind(&admin(), &loss).await.unwrap_err()), [("key-loss.toml".to_owned(), "kind-no-kind")]);
    let rows = ledger.add_kinds(&admin(), &[("key-loss.toml", &loss), ("key-loan.toml", KEYS)]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["key-loss", "key-loan"]);
    office.assert_sound().await;
}

#[tokio::test]
async fn without_a_lawbook_nothing_can_be_added() {
    let room = room().await;
    assert!(matches!(room.ledger.add_kind(&admin(), KEYS).await, Err(AddKindError::Ledger(LedgerError::NoBook))));
}

#[tokio::test]
async fn a_row_changed_behind_our_back_is_named() {
    for change in
        ["UPDATE own_kind SET kind = 'x'", "UPDATE own_kind SET digest = 'ab'", "UPDATE own_kind SET at = at + 1", "DELETE FROM own_kind"]
    {
        let office = office().await;
        office.room.ledger.add_kind(&admin(), KEYS).await.unwrap();
        office.room.tamper(change).await;
        assert_eq!(office.findings().await, ["own_kind"], "{change}");
    }
}
