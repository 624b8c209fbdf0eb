//! What becomes reachable when a listener is bound, as data for the shell to print.

use std::net::{IpAddr, SocketAddr};

/// What a listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    SyslogUdp,
    SyslogTcp,
    SyslogTls,
    Relp,
}

impl Service {
    /// The word in log lines and in the `source` of a loss.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SyslogUdp => "udp",
            Self::SyslogTcp => "tcp",
            Self::SyslogTls => "tls",
            Self::Relp => "relp",
        }
    }

    /// Whether what is sent can be read and changed on its way.
    #[must_use]
    pub fn is_plain(self) -> bool {
        !matches!(self, Self::SyslogTls)
    }
}

/// Who can reach a bound address, as far as the address itself tells (a firewall may narrow it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Programs on this machine only.
    Loopback,
    /// Whoever can send to this one address.
    Address(IpAddr),
    /// Whoever can reach any IPv4 address of this machine.
    AllIpv4,
    /// Whoever can reach any address of this machine, IPv6 or IPv4.
    All,
}

impl Reach {
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) if v4.is_unspecified() => Self::AllIpv4,
            IpAddr::V6(v6) if v6.is_unspecified() => Self::All,
            other if other.to_canonical().is_loopback() => Self::Loopback,
            other => Self::Address(other),
        }
    }
}

/// One line of what `serve` says when it begins to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reachable {
    pub service: Service,
    /// The address as bound, with the port that the kernel gave where 0 was asked.
    pub address: SocketAddr,
    pub reach: Reach,
}

impl Reachable {
    #[must_use]
    pub fn new(service: Service, address: SocketAddr) -> Self {
        Self { service, address, reach: Reach::of(address.ip()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_who_can_reach_it() {
        let v6: IpAddr = "2001:db8::1".parse().unwrap();
        for (address, reach) in [
            ("127.0.0.1", Reach::Loopback),
            ("127.8.9.1", Reach::Loopback),
            ("::1", Reach::Loopback),
            ("::ffff:127.0.0.1", Reach::Loopback),
            ("0.0.0.0", Reach::AllIpv4),
            ("::", Reach::All),
            ("192.0.2.7", Reach::Address("192.0.2.7".parse().unwrap())),
            ("2001:db8::1", Reach::Address(v6)),
        ] {
            assert_eq!(Reach::of(address.parse().unwrap()), reach, "{address}");
        }
    }

    #[test]
    fn only_tls_is_not_plain() {
        let plain = [Service::SyslogUdp, Service::SyslogTcp, Service::SyslogTls, Service::Relp].map(Service::is_plain);
        assert_eq!(plain, [true, true, false, true]);
    }
}
