//! What to listen on, and binding it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

use crate::limits::{BACKLOG, Limits, RELP_SEGMENT_BYTES};
use crate::reachable::{Reachable, Service};

/// How often a port that the kernel chose for TCP is tried for UDP too.
const SAME_PORT_TRIES: usize = 32;

/// The receivers that are to listen, and their limits. Nothing listens that was not asked for.
#[derive(Clone, Default)]
pub struct Listening {
    pub(crate) syslog: Option<SocketAddr>,
    pub(crate) syslog_tls: Option<(SocketAddr, Arc<ServerConfig>)>,
    pub(crate) relp: Option<SocketAddr>,
    pub(crate) limits: Limits,
}

impl Listening {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Syslog over UDP and TCP, both on this address; port 0 gives both the same free port.
    #[must_use]
    pub fn syslog(mut self, address: SocketAddr) -> Self {
        self.syslog = Some(address);
        self
    }

    /// Syslog over TLS with the caller's certificate and rules.
    #[must_use]
    pub fn syslog_tls(mut self, address: SocketAddr, tls: Arc<ServerConfig>) -> Self {
        self.syslog_tls = Some((address, tls));
        self
    }

    #[must_use]
    pub fn relp(mut self, address: SocketAddr) -> Self {
        self.relp = Some(address);
        self
    }

    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// A listener that could not be bound.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen for {} on {address}: {error}", service.as_str())]
pub struct BindError {
    pub service: Service,
    pub address: SocketAddr,
    #[source]
    pub error: io::Error,
}

/// The addresses as bound; `syslog` is UDP and TCP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    pub syslog: Option<SocketAddr>,
    pub syslog_tls: Option<SocketAddr>,
    pub relp: Option<SocketAddr>,
}

impl Bound {
    /// What has become reachable, one row for each listener.
    #[must_use]
    pub fn reachable(&self) -> Vec<Reachable> {
        let rows = [
            (Service::SyslogUdp, self.syslog),
            (Service::SyslogTcp, self.syslog),
            (Service::SyslogTls, self.syslog_tls),
            (Service::Relp, self.relp),
        ];
        rows.into_iter().filter_map(|(service, address)| Some(Reachable::new(service, address?))).collect()
    }
}

pub(crate) fn bind_tcp(service: Service, address: SocketAddr) -> Result<TcpListener, BindError> {
    let bind = || {
        let socket = socket(address, Type::STREAM, Protocol::TCP)?;
        socket.set_reuse_address(true)?;
        if service == Service::Relp {
            socket.set_tcp_mss(RELP_SEGMENT_BYTES)?;
        }
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        TcpListener::from_std(socket.into())
    };
    bind().map_err(|error| BindError { service, address, error })
}

/// Binds TCP and UDP to the same port.
pub(crate) fn bind_syslog(address: SocketAddr, udp_buffer: usize) -> Result<(TcpListener, UdpSocket), BindError> {
    let mut tries = if address.port() == 0 { SAME_PORT_TRIES } else { 1 };
    loop {
        let tcp = bind_tcp(Service::SyslogTcp, address)?;
        let bound = tcp.local_addr().map_err(|error| BindError { service: Service::SyslogTcp, address, error })?;
        tries -= 1;
        match bind_udp(bound, udp_buffer) {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) if tries == 0 => return Err(BindError { service: Service::SyslogUdp, address, error }),
            Err(_) => {}
        }
    }
}

/// No address reuse: a second program on the same port would silently take part of the datagrams.
fn bind_udp(address: SocketAddr, buffer: usize) -> io::Result<UdpSocket> {
    let socket = socket(address, Type::DGRAM, Protocol::UDP)?;
    socket.set_recv_buffer_size(buffer)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

fn socket(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        // `[::]` takes IPv4 too, whatever the system's default is.
        socket.set_only_v6(false)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}
