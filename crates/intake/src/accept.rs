//! Accepts connections of one listener and runs each as a task of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anlan_base::Origin;
use rustls::ServerConfig;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::connections::{Rarely, Seat};
use crate::desk::Desk;
use crate::{relp, stream};

/// After a failed accept (no file descriptor left, most likely).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Peers that are gone without a word are found by the kernel after some five minutes.
const KEEPALIVE: TcpKeepalive =
    TcpKeepalive::new().with_time(Duration::from_secs(180)).with_interval(Duration::from_secs(30)).with_retries(4);

/// What a listener's connections speak.
#[derive(Clone)]
pub(crate) enum Speech {
    Plain,
    Tls(Arc<ServerConfig>),
    Relp,
}

/// Accepts until the receivers stop, then waits for the connections to end.
pub(crate) async fn accept(listener: TcpListener, speech: Speech, desk: Arc<Desk>) {
    let mut sessions = JoinSet::new();
    let rarely = Rarely::default();
    loop {
        tokio::select! {
            biased;
            () = desk.stopping() => break,
            Some(ended) = sessions.join_next(), if !sessions.is_empty() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection's task ended badly");
                }
            }
            accepted = listener.accept() => match accepted {
                Ok((connection, peer)) => admit(connection, peer, &speech, &desk, &mut sessions, &rarely),
                Err(error) => {
                    if let Some(more) = rarely.may_say() {
                        tracing::error!(%error, more, "accepting a connection failed");
                    }
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    // Every session watches the time itself; one that does not is no reason to hang.
    let patience = desk.limits.shutdown_patience * 3;
    if tokio::time::timeout(patience, async { while sessions.join_next().await.is_some() {} }).await.is_err() {
        tracing::error!(connections = sessions.len(), "connections did not end in time and were cut");
    }
}

fn admit(connection: TcpStream, peer: SocketAddr, speech: &Speech, desk: &Arc<Desk>, sessions: &mut JoinSet<()>, rarely: &Rarely) {
    match desk.connections.admit(peer.ip()) {
        Ok(seat) => {
            if let Err(error) = SockRef::from(&connection).set_tcp_keepalive(&KEEPALIVE) {
                tracing::debug!(%error, "no keep-alive");
            }
            sessions.spawn(serve(connection, speech.clone(), seat, Arc::clone(desk)));
        }
        Err(reason) => {
            if let Some(more) = rarely.may_say() {
                tracing::warn!(%peer, %reason, open = desk.connections.open(), more, "a connection was refused");
            }
        }
    }
}

async fn serve(connection: TcpStream, speech: Speech, seat: Seat, desk: Arc<Desk>) {
    match speech {
        Speech::Plain => stream::receive(connection, Origin::Tcp, &seat, &desk).await,
        Speech::Tls(config) => serve_tls(connection, config, &seat, &desk).await,
        Speech::Relp => {
            // Answers are small and waited for.
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "answers may be held back");
            }
            let (reader, writer) = connection.into_split();
            relp::receive(reader, writer, &seat, &desk).await;
        }
    }
}

async fn serve_tls(connection: TcpStream, config: Arc<ServerConfig>, seat: &Seat, desk: &Desk) {
    let handshake = tokio::time::timeout(desk.limits.handshake, TlsAcceptor::from(config).accept(connection));
    let done = tokio::select! {
        done = handshake => done,
        () = desk.stopping() => return,
    };
    match done {
        Ok(Ok(tls)) => stream::receive(Box::new(tls), Origin::Tls, seat, desk).await,
        Ok(Err(error)) => tracing::debug!(peer = %seat.peer(), %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(peer = %seat.peer(), "a TLS handshake took too long"),
    }
}
