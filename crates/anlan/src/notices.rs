//! Carries notices to the mail server. The ledger keeps what is to go out; this says when, and hands it over.
//!
//! Invariants: what a server took is kept as sent before the next letter begins, so at most one letter can go out twice after a kill, under the same Message-ID;
//! while the server cannot be talked to nothing is crossed off.

use std::sync::Arc;
use std::time::Duration;

use anlan_ledger::Delivery;
use anlan_ledger::engine::PersonId;
use anlan_web::Mail as _;

use crate::instance::Instance;
use crate::mail::{Failed, Post};

/// How often letters are looked for.
const EVERY: Duration = Duration::from_secs(5);
/// Pause after a server that cannot be talked to: this, doubled each time, up to that.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Looks between two times of putting old notices aside.
const TIDY_LOOKS: u32 = 720;

/// Ends only with the task.
pub async fn run(instance: Arc<Instance>) {
    let post = Post::new(&instance);
    let (mut pause, mut stuck) = (FIRST_PAUSE, None);
    for look in (0..TIDY_LOOKS).cycle() {
        if look == 0
            && let Err(error) = instance.ledger.tidy_notices().await
        {
            tracing::warn!(%error, "old notices stay for now");
        }
        if !post.is_set() {
            tokio::time::sleep(EVERY).await;
            continue;
        }
        match round(&instance, &post, &mut stuck).await {
            Ok(()) => {
                pause = FIRST_PAUSE;
                tokio::time::sleep(EVERY).await;
            }
            Err(why) => {
                tracing::warn!(why, seconds = pause.as_secs(), "letters wait: the mail server did not take them");
                rest(&post, pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Waits, but no longer once other settings are in force.
async fn rest(post: &Post, pause: Duration) {
    let settings = post.settings();
    let until = tokio::time::Instant::now() + pause;
    while tokio::time::Instant::now() < until && post.settings() == settings {
        tokio::time::sleep(EVERY).await;
    }
}

/// Which letter the server was last asked to take when it could not be talked to.
type Stuck = Option<(u64, PersonId)>;

/// Hands over what waits; an error where the server cannot be talked to. A letter at which that happens twice lets the others go first.
async fn round(instance: &Instance, post: &Post, stuck: &mut Stuck) -> Result<(), String> {
    let ledger = &instance.ledger;
    loop {
        let letters = ledger.letters().await.map_err(|error| error.to_string())?;
        if letters.is_empty() {
            return Ok(());
        }
        let kinds = ledger.kinds();
        for letter in &letters {
            let delivery = match letter.email {
                None => Delivery::Never,
                Some(_) => match post.send(letter, &kinds).await {
                    Ok(()) => Delivery::Sent,
                    Err(Failed::Server(why)) => {
                        let this = Some((letter.notice.entry, letter.notice.person));
                        if *stuck == this {
                            ledger.letter_done(letter, Delivery::NotNow).await.map_err(|error| error.to_string())?;
                        }
                        *stuck = this.filter(|_| *stuck != this);
                        return Err(why);
                    }
                    Err(Failed::Letter(why)) => {
                        tracing::warn!(record = letter.notice.record, why, "a letter was refused and is tried again later");
                        Delivery::NotNow
                    }
                    Err(Failed::Address) => Delivery::Never,
                },
            };
            ledger.letter_done(letter, delivery).await.map_err(|error| error.to_string())?;
        }
    }
}
