//! Many who sign in at once: nothing is taken twice, nobody slips by a delay, every session follows from an entry.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod authenticator;
mod room;

use std::future::Future;

use anlan_ledger::{FREE_FAILURES, HASH_QUEUE, HASHES_AT_ONCE, LedgerError, RECOVERY_CODES, Standing, Step};
use authenticator::{opened, room_with_app, sign_in, wanted};
use room::{PASSWORD, PEER, Room, admin, room_with_user};

/// Runs all at once and gives their answers in order.
async fn at_once<T: Send + 'static>(tasks: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::with_capacity(running.len());
    for task in running {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn waiting(room: &Room, peer: &str) -> String {
    wanted(room.ledger.sign_in("zhang.wei", PASSWORD, peer, Standing::Administrator).await.unwrap()).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_entered_by_many_opens_one_session() {
    for _ in 0..5 {
        let (room, app) = room_with_app().await;
        let mut tasks = Vec::new();
        for n in 0..=FREE_FAILURES {
            let (pending, ledger, code) = (waiting(&room, &format!("192.0.2.{n}")).await, room.ledger.clone(), app.code(&room));
            tasks.push(async move { ledger.enter_code(&pending, &code, &format!("192.0.2.{n}")).await });
        }
        let answers = at_once(tasks).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        assert_eq!(room.acts().await.iter().filter(|act| *act == "factor.use").count(), 1);
        room.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_recovery_code_entered_by_many_opens_one_session() {
    let (room, app) = room_with_app().await;
    for code in app.recovery.iter().take(RECOVERY_CODES / 2) {
        let mut tasks = Vec::new();
        for n in 0..3 {
            let (pending, ledger, code) = (waiting(&room, &format!("192.0.2.{n}")).await, room.ledger.clone(), code.clone());
            tasks.push(async move { ledger.enter_code(&pending, &code, &format!("192.0.2.{n}")).await });
        }
        let answers = at_once(tasks).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        // A success clears the failures of the others.
        let pending = waiting(&room, PEER).await;
        opened(room.ledger.enter_code(&pending, &app.code(&room), PEER).await.unwrap());
        room.clock.advance_seconds(900);
    }
    room.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wrong_codes_at_once_do_not_slip_by_the_delay() {
    let (room, _) = room_with_app().await;
    let mut pendings = Vec::new();
    for n in 0..5 {
        pendings.push(waiting(&room, &format!("192.0.2.{n}")).await);
    }
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let (pending, ledger) = (pendings[n % 5].clone(), room.ledger.clone());
            async move { ledger.enter_code(&pending, "000000", &format!("198.51.100.{n}")).await }
        })
        .collect();
    let answers = at_once(tasks).await;
    let judged = answers.iter().filter(|answer| matches!(answer, Err(LedgerError::Refused))).count();
    assert_eq!(judged, FREE_FAILURES as usize + 1);
    assert!(answers.iter().all(|answer| matches!(answer, Err(LedgerError::Refused | LedgerError::Wait { .. }))), "{answers:?}");
    room.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_signs_in_and_nobody_is_mistaken_for_another() {
    let room = room_with_user().await;
    let crowd = HASHES_AT_ONCE + HASH_QUEUE;
    let mut tasks = Vec::new();
    for n in 0..crowd {
        let name = format!("user{n}");
        let one_time = room.ledger.add_account(&admin(), &name).await.unwrap();
        let ledger = room.ledger.clone();
        tasks.push(async move {
            let peer = format!("198.51.100.{n}");
            let mut step = ledger.sign_in(&name, &one_time, &peer, Standing::Ordinary).await;
            while matches!(step, Err(LedgerError::Busy)) {
                tokio::task::yield_now().await;
                step = ledger.sign_in(&name, &one_time, &peer, Standing::Ordinary).await;
            }
            let (pending, _) = wanted(step.unwrap());
            loop {
                match ledger.choose_password(&pending, "kettle harbour nine").await {
                    Ok(Step::Open(secret)) => return (name, secret),
                    Err(LedgerError::Busy) => tokio::task::yield_now().await,
                    other => panic!("{other:?}"),
                }
            }
        });
    }
    for (name, secret) in at_once(tasks).await {
        assert_eq!(room.ledger.session(&secret).await.unwrap().unwrap().user.name, name);
    }
    room.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_disabled_while_signing_in_ends_outside() {
    for _ in 0..20 {
        let (room, app) = room_with_app().await;
        let (pending, code) = (waiting(&room, PEER).await, app.code(&room));
        let actor = admin();
        let (entered, disabled) =
            tokio::join!(room.ledger.enter_code(&pending, &code, PEER), room.ledger.disable_account(&actor, "zhang.wei", "left"));
        disabled.unwrap();
        if let Ok(step) = entered {
            assert_eq!(room.ledger.session(&opened(step)).await.unwrap(), None);
        }
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM session").fetch_one(&mut room.intruder().await).await.unwrap();
        assert_eq!(left, 0);
        room.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_new_passwords_at_once_one_holds() {
    for _ in 0..5 {
        let room = room_with_user().await;
        let one_time = room.ledger.add_account(&admin(), "li.si").await.unwrap();
        let begin = || room.ledger.sign_in("li.si", &one_time, PEER, Standing::Ordinary);
        let (first, second) = (wanted(begin().await.unwrap()).0, wanted(begin().await.unwrap()).0);
        let (a, b) = tokio::join!(
            room.ledger.choose_password(&first, "kettle harbour nine"),
            room.ledger.choose_password(&second, "lantern harbour ten")
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let holds = if a.is_ok() { "kettle harbour nine" } else { "lantern harbour ten" };
        room.ledger.login("li.si", holds, PEER).await.unwrap();
        room.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_confirmations_at_once_one_is_taken() {
    let (room, app) = room_with_app().await;
    let secret = sign_in(&room, &app).await;
    for _ in 0..5 {
        let offer = room.ledger.offer_authenticator(&secret).await.unwrap();
        let code = authenticator::code_of(&offer.secret, anlan_base::Clock::now(&*room.clock));
        let (a, b) = tokio::join!(room.ledger.confirm_authenticator(&secret, &code), room.ledger.confirm_authenticator(&secret, &code));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        room.assert_sound().await;
    }
}
