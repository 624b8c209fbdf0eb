//! Brings facts in: the receivers that listen for syslog over UDP, TCP and TLS and for RELP, and hand what they get to the vault's [`Inlet`](anlan_vault::Inlet).
//!
//! Invariants:
//! - bytes reach the vault as the sender wrote them, less the transport's framing (I3);
//! - RELP is answered after fsync, never before (I1);
//! - whatever is known to be lost is counted and noted (I5): [`LossSink`];
//! - memory is bounded: every buffer, queue and number of connections has a limit in [`limits`], and TCP, TLS and RELP are not read while the queue is full;
//! - one source cannot silence others: shares in the queue, in connections and in long frames;
//! - no law, no HTML; what is needed from above is asked through [`SourceBook`] and [`LossSink`].
#![forbid(unsafe_code)]

mod accept;
mod connections;
mod desk;
mod inflow;
mod kernel_drops;
pub mod limits;
mod listening;
mod long_frames;
mod losses;
mod reachable;
mod receivers;
mod relp;
mod sources;
mod stream;
mod udp;

pub use limits::Limits;
pub use listening::{BindError, Bound, Listening};
pub use losses::LossSink;
pub use reachable::{Reach, Reachable, Service};
pub use receivers::Receivers;
pub use sources::{BoxFuture, OpenBook, SourceBook};
