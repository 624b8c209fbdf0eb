//! An authenticator app, written a second time, and people who use one.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use anlan_base::{Clock as _, Instant};
use anlan_ledger::{CODE_STEP_SECONDS, Standing, Step, Wanted};
use ring::hmac;

use crate::room::{PASSWORD, PEER, Room, room_with};

/// What the app of zhang.wei keeps.
#[derive(Clone)]
pub struct App {
    pub secret: String,
    pub recovery: Vec<String>,
}

fn unbase32(text: &str) -> Vec<u8> {
    let bits: String = text.chars().map(|c| format!("{:05b}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap())).collect();
    bits.as_bytes().chunks_exact(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect()
}

/// The code of a secret at a moment.
pub fn code_of(secret: &str, at: Instant) -> String {
    let step = at.0 / 1_000_000_000 / CODE_STEP_SECONDS;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &unbase32(secret)), &step.to_be_bytes());
    let tag = tag.as_ref();
    let from = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[from..from + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

impl App {
    pub fn code(&self, room: &Room) -> String {
        code_of(&self.secret, room.clock.now())
    }
}

pub fn opened(step: Step) -> String {
    match step {
        Step::Open(secret) => secret,
        other => panic!("{other:?}"),
    }
}

pub fn wanted(step: Step) -> (String, Wanted) {
    match step {
        Step::Wanted { pending, what } => (pending, what),
        other => panic!("{other:?}"),
    }
}

/// zhang.wei as an administrator with an authenticator, which was confirmed one step ago.
pub async fn room_with_app() -> (Room, App) {
    let room = room_with(crate::room::options()).await;
    let code = room.ledger.first_run_code().await.unwrap();
    room.ledger.redeem_first_run(&code, "zhang.wei", PASSWORD).await.unwrap();
    let app = enrol(&room).await;
    (room, app)
}

pub async fn enrol(room: &Room) -> App {
    let step = room.ledger.sign_in("zhang.wei", PASSWORD, PEER, Standing::Administrator).await.unwrap();
    let (pending, what) = wanted(step);
    assert_eq!(what, Wanted::SecondFactor);
    let offer = room.ledger.offer_first_authenticator(&pending).await.unwrap();
    let code = code_of(&offer.secret, room.clock.now());
    let (recovery, step) = room.ledger.confirm_first_authenticator(&pending, &code).await.unwrap();
    opened(step);
    room.clock.advance_seconds(CODE_STEP_SECONDS);
    App { secret: offer.secret, recovery }
}

/// Password and code.
pub async fn sign_in(room: &Room, app: &App) -> String {
    let (pending, what) = wanted(room.ledger.sign_in("zhang.wei", PASSWORD, PEER, Standing::Administrator).await.unwrap());
    assert_eq!(what, Wanted::Code);
    let secret = opened(room.ledger.enter_code(&pending, &app.code(room), PEER).await.unwrap());
    room.clock.advance_seconds(CODE_STEP_SECONDS);
    secret
}
