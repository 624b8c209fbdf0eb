//! The thread that does the housekeeping of a served vault.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::store::{Vault, panicked};

/// Pause between two turns.
const PAUSE: Duration = Duration::from_millis(200);

/// A panic of the housekeeper is a failure of the vault: without sealing, appends would wait for ever.
struct Alarm(Arc<Vault>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.0.fatal::<()>(Err(panicked()));
        }
    }
}

/// Calls [`Vault::turn`] until it is stopped or the vault fails (which [`Vault::failed`] tells).
pub struct Housekeeper {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Housekeeper {
    #[must_use]
    pub fn start(vault: Arc<Vault>) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let _alarm = Alarm(Arc::clone(&vault));
            while vault.turn().is_ok() {
                if !matches!(stopped.recv_timeout(PAUSE), Err(RecvTimeoutError::Timeout)) {
                    return;
                }
            }
        });
        Self { stop, thread }
    }

    /// Ends after the turn that is under way. Blocks until then.
    pub fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the housekeeper panicked");
        }
    }
}
