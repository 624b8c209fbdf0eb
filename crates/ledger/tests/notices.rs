//! Notices: who is told of what, and letters until a server took them.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod office;
mod room;

use anlan_base::text::Lang;
use anlan_ledger::engine::{Command, PersonId, Urging};
use anlan_ledger::{Delivery, LETTERS, NOTICE_DAYS, Notice, NoticeWhy, PersonChange, TRY_DAYS};
use office::{Office, office};

const DAY: u64 = 86_400;

async fn told(office: &Office, account: &str) -> Vec<(NoticeWhy, String)> {
    let notices = office.room.ledger.notices(office.people[account], None).await.unwrap();
    notices.into_iter().rev().map(|notice| (notice.why, notice.record)).collect()
}

async fn with_address(office: &Office, account: &str) -> PersonId {
    let (ledger, person) = (&office.room.ledger, office.people[account]);
    let change = PersonChange { email: Some(format!("{account}@example.com")), ..PersonChange::default() };
    ledger.change_person(&office.who("zhang.wei"), person, &change).await.unwrap();
    person
}

async fn urge(office: &Office, number: &str) {
    let urge = Command::Urge { text: "快办，内容不进通知".into(), weight: Urging::Supervise };
    office.room.ledger.act_on(&office.who("sun.li"), number, None, urge).await.unwrap();
}

#[tokio::test]
async fn each_is_told_of_what_others_and_time_bring_and_not_of_their_own_acts() {
    let office = office().await;
    let qian = office.people["qian.jin"].to_string();
    let values = [("title", "教学楼漏水"), ("category", "roof"), ("owner", qian.as_str())];
    let number = office.open("sun.li", "leak", office.first, &values).await.unwrap().number;
    assert_eq!(told(&office, "qian.jin").await, [(NoticeWhy::Hand, number.clone())]);
    assert_eq!(told(&office, "sun.li").await, []);
    urge(&office, &number).await;
    assert_eq!(told(&office, "qian.jin").await[1..], [(NoticeWhy::Urge, number.clone())]);
    let refused = Command::Urge { text: String::new(), weight: Urging::Remind };
    assert!(office.room.ledger.act_on(&office.who("wu.di"), &number, None, refused).await.is_err());
    office.advance(60 * DAY);
    while office.room.ledger.tick().await.unwrap().more {}
    let later = told(&office, "qian.jin").await;
    assert!(later.iter().any(|(why, _)| *why == NoticeWhy::Late), "{later:?}");
    let up: Vec<Notice> = office.room.ledger.notices(office.people["sun.li"], None).await.unwrap();
    assert!(up.iter().all(|notice| notice.due.is_some() && notice.record == number), "{up:?}");
    office.assert_sound().await;
}

#[tokio::test]
async fn a_letter_is_tried_until_a_server_took_it() {
    let office = office().await;
    let ledger = &office.room.ledger;
    with_address(&office, "qian.jin").await;
    ledger.set_lang(&anlan_ledger::Actor::System, "qian.jin", Lang::En).await.unwrap();
    let qian = office.people["qian.jin"].to_string();
    office.open("sun.li", "leak", office.first, &[("title", "漏水"), ("category", "roof"), ("owner", &qian)]).await.unwrap();
    let letter = ledger.letters().await.unwrap().remove(0);
    assert_eq!((letter.email.as_deref(), letter.lang, letter.tries), (Some("qian.jin@example.com"), Lang::En, 0));
    ledger.letter_done(&letter, Delivery::NotNow).await.unwrap();
    assert!(ledger.letters().await.unwrap().is_empty(), "not at once");
    office.advance(3_600);
    let again = ledger.letters().await.unwrap().remove(0);
    assert_eq!((again.tries, again.notice.entry), (1, letter.notice.entry));
    ledger.letter_done(&again, Delivery::Sent).await.unwrap();
    office.advance(DAY);
    assert!(ledger.letters().await.unwrap().is_empty());
    // A carrier that was slow says again that it was not taken: it stays sent.
    ledger.letter_done(&letter, Delivery::NotNow).await.unwrap();
    assert!(ledger.letters().await.unwrap().is_empty());
    assert!(ledger.notices(office.people["qian.jin"], None).await.unwrap()[0].sent.is_some());
}

#[tokio::test]
async fn a_letter_that_nobody_takes_is_put_aside_and_a_notice_forgotten_in_the_end() {
    let office = office().await;
    let ledger = &office.room.ledger;
    office.leak("漏水").await;
    let number = office.leak("又漏").await;
    urge(&office, &number).await;
    let before = ledger.letters().await.unwrap().len();
    assert!(before > 0);
    for (days, letters) in [(TRY_DAYS, true), (1, false)] {
        office.advance(days * DAY);
        ledger.tidy_notices().await.unwrap();
        assert_eq!(!ledger.letters().await.unwrap().is_empty(), letters, "{days}");
    }
    let notices = async || ledger.notices(office.people["qian.jin"], None).await.unwrap().len();
    let kept = notices().await;
    assert!(kept > 0);
    office.advance((NOTICE_DAYS - TRY_DAYS - 1) * DAY);
    ledger.tidy_notices().await.unwrap();
    assert_eq!(notices().await, kept);
    office.advance(DAY);
    ledger.tidy_notices().await.unwrap();
    assert_eq!(notices().await, 0);
}

#[tokio::test]
async fn letters_and_notices_come_in_pages() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let number = office.leak("漏水").await;
    for _ in 0..LETTERS + 5 {
        urge(&office, &number).await;
    }
    assert_eq!(ledger.letters().await.unwrap().len(), usize::try_from(LETTERS).unwrap());
    let first = ledger.notices(office.people["qian.jin"], None).await.unwrap();
    assert_eq!(first.len(), usize::try_from(anlan_ledger::NOTICES).unwrap());
    let next = ledger.notices(office.people["qian.jin"], first.last().map(|notice| notice.entry)).await.unwrap();
    assert!((5..20).contains(&next.len()), "{}", next.len());
    assert!(next.iter().all(|notice| first.iter().all(|other| other.entry != notice.entry)));
}
