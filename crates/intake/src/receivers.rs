//! The listening receivers as a whole: started, told to stop, waited for.

use std::sync::Arc;

use anlan_base::Clock;
use anlan_vault::Inlet;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::accept::{Speech, accept};
use crate::connections::Connections;
use crate::desk::Desk;
use crate::limits::{Limits, SPARE_DESCRIPTORS};
use crate::listening::{BindError, Bound, Listening, bind_syslog, bind_tcp};
use crate::long_frames::LongFrames;
use crate::losses::{LossSink, Losses};
use crate::reachable::{Reachable, Service};
use crate::sources::{Senders, SourceBook};
use crate::udp::{self, DropWatch};

/// Receivers at work. Dropped without [`Receivers::shutdown`], they are cut off where they are.
pub struct Receivers {
    bound: Bound,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    desk: Arc<Desk>,
    watches: Vec<Arc<DropWatch>>,
}

impl Receivers {
    /// Binds all listeners, or none, and begins to receive. Must be called inside a tokio runtime.
    pub fn start(
        listening: Listening,
        inlet: Inlet,
        sources: Arc<dyn SourceBook>,
        losses: Arc<dyn LossSink>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BindError> {
        let limits = within_descriptors(listening.limits);
        let (stop, stopped) = watch::channel(false);
        let desk = Arc::new(Desk {
            inlet,
            senders: Senders::new(sources),
            losses: Arc::new(Losses::new(clock, losses)),
            connections: Connections::new(limits),
            long_frames: LongFrames::new(&limits),
            limits,
            stop: stopped,
        });
        let mut receivers = Self { bound: Bound::default(), stop, tasks: JoinSet::new(), desk, watches: Vec::new() };
        receivers.listen(listening)?;
        receivers.note_losses_by_the_clock();
        Ok(receivers)
    }

    fn listen(&mut self, listening: Listening) -> Result<(), BindError> {
        let syslog = listening.syslog.map(|address| bind_syslog(address, self.desk.limits.udp_buffer_bytes)).transpose()?;
        let tls = listening.syslog_tls.map(|(address, config)| Ok((bind_tcp(Service::SyslogTls, address)?, config))).transpose()?;
        let relp = listening.relp.map(|address| bind_tcp(Service::Relp, address)).transpose()?;
        if let Some((tcp, udp)) = syslog {
            self.bound.syslog = tcp.local_addr().ok();
            let name =
                format!("{}:{}", Service::SyslogUdp.as_str(), self.bound.syslog.map(|address| address.to_string()).unwrap_or_default());
            let watch = Arc::new(DropWatch::new(&udp, name, self.desk.losses.now()));
            self.watches.push(Arc::clone(&watch));
            self.tasks.spawn(udp::receive(udp, watch, Arc::clone(&self.desk)));
            self.tasks.spawn(accept(tcp, Speech::Plain, Arc::clone(&self.desk)));
        }
        if let Some((listener, config)) = tls {
            self.bound.syslog_tls = listener.local_addr().ok();
            self.tasks.spawn(accept(listener, Speech::Tls(config), Arc::clone(&self.desk)));
        }
        if let Some(listener) = relp {
            self.bound.relp = listener.local_addr().ok();
            self.tasks.spawn(accept(listener, Speech::Relp, Arc::clone(&self.desk)));
        }
        Ok(())
    }

    fn note_losses_by_the_clock(&mut self) {
        let (desk, watches) = (Arc::clone(&self.desk), self.watches.clone());
        self.tasks.spawn(async move {
            let mut turns = tokio::time::interval(desk.limits.note_losses_every);
            turns.tick().await;
            loop {
                tokio::select! {
                    () = desk.stopping() => return,
                    _ = turns.tick() => note_losses(&desk, &watches).await,
                }
            }
        });
    }

    #[must_use]
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// What has become reachable, for the shell to print.
    #[must_use]
    pub fn reachable(&self) -> Vec<Reachable> {
        self.bound.reachable()
    }

    /// Connections that are open now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.desk.connections.open()
    }

    /// Notes all losses known so far, now. (It happens by itself every [`Limits::note_losses_every`].)
    pub async fn note_losses(&self) {
        note_losses(&self.desk, &self.watches).await;
    }

    /// Stops listening, takes what the kernel has already received, hands it over, answers what RELP peers are owed, and notes the losses. The inlet must
    /// still be open. Takes up to four times [`Limits::shutdown_patience`] where peers or the queue do not move.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        let ended = async {
            while let Some(ended) = self.tasks.join_next().await {
                if let Err(error) = ended {
                    tracing::error!(%error, "a receiver ended badly");
                }
            }
        };
        if tokio::time::timeout(self.desk.limits.shutdown_patience * 4, ended).await.is_err() {
            tracing::error!("receivers did not end in time and were cut");
            self.tasks.shutdown().await;
        }
        self.desk.losses.note_all().await;
    }
}

async fn note_losses(desk: &Desk, watches: &[Arc<DropWatch>]) {
    for watch in watches {
        watch.count(&desk.losses);
    }
    desk.losses.note_all().await;
}

/// Fewer connections where the process may not open that many files.
fn within_descriptors(mut limits: Limits) -> Limits {
    let Some(files) = std::fs::read_to_string("/proc/self/limits").ok().as_deref().and_then(open_files) else { return limits };
    let most = files.saturating_sub(SPARE_DESCRIPTORS).max(files / 2);
    if most < limits.connections {
        tracing::warn!(files, connections = most, "this process may open few files, so fewer connections are taken (raise LimitNOFILE)");
        limits.connections = most;
        limits.connections_of_one_source = limits.connections_of_one_source.min(most);
    }
    limits
}

/// The soft limit in the row `Max open files  1024  524288  files`.
fn open_files(table: &str) -> Option<usize> {
    table.lines().find_map(|row| row.strip_prefix("Max open files"))?.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_files_is_read() {
        let table = "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n";
        assert_eq!(open_files(table), Some(1_024));
        assert_eq!(open_files("Max open files            unlimited            unlimited            files"), None);
    }
}
