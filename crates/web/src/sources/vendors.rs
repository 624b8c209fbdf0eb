//! Settings to copy, for what really speaks syslog, with this server's address and ports filled in.

use std::net::SocketAddr;

use crate::console::Receivers;

/// Settings of one kind of sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) id: &'static str,
    /// Key of the title; `{key}-why` says where it goes.
    pub(super) key: &'static str,
    pub(super) text: String,
}

/// One for each kind of sender that a receiver which listens can take.
pub(super) fn settings(host: &str, receivers: Receivers) -> Vec<Setting> {
    let mut out = Vec::new();
    if let Some(syslog) = receivers.syslog {
        let port = syslog.port();
        out.push(Setting { id: "set-rsyslog", key: "connect-rsyslog", text: rsyslog(host, port) });
        out.push(Setting { id: "set-windows", key: "connect-windows", text: nxlog(host, port) });
        out.push(Setting { id: "set-huawei", key: "connect-huawei", text: huawei(host, port) });
        out.push(Setting { id: "set-h3c", key: "connect-h3c", text: h3c(host, port) });
        out.push(Setting { id: "set-cisco", key: "connect-cisco", text: cisco(host, port) });
        out.push(Setting { id: "set-ruijie", key: "connect-ruijie", text: ruijie(host, port) });
    }
    if let Some(relp) = receivers.relp {
        out.push(Setting { id: "set-relp", key: "connect-relp", text: rsyslog_relp(host, relp.port()) });
    }
    out
}

/// The address to send to: what the receiver is bound to, else what the browser reached this server by.
pub(super) fn host_to_send_to(receivers: Receivers, asked: &str) -> String {
    let bound = receivers.syslog.map(|address| address.ip()).filter(|ip| !ip.is_unspecified() && !ip.is_loopback());
    bound.map_or_else(|| asked.to_owned(), |ip| ip.to_string())
}

/// Whether a host is this machine itself: no other can send there.
pub(super) fn is_own(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What listens only for this machine itself.
pub(super) fn is_loopback(receivers: Receivers) -> bool {
    receivers.syslog.is_some_and(|address: SocketAddr| address.ip().is_loopback())
}

fn rsyslog(host: &str, port: u16) -> String {
    format!(
        "*.* action(type=\"omfwd\" target=\"{host}\" port=\"{port}\" protocol=\"tcp\" TCP_Framing=\"octet-counted\"\n           template=\"RSYSLOG_SyslogProtocol23Format\"\n           queue.type=\"LinkedList\" action.resumeRetryCount=\"-1\")"
    )
}

fn rsyslog_relp(host: &str, port: u16) -> String {
    format!(
        "module(load=\"omrelp\")\n*.* action(type=\"omrelp\" target=\"{host}\" port=\"{port}\"\n           template=\"RSYSLOG_SyslogProtocol23Format\"\n           queue.type=\"LinkedList\" queue.filename=\"anlan\" queue.saveOnShutdown=\"on\"\n           action.resumeRetryCount=\"-1\")"
    )
}

/// Syslog_TLS is the writer with octet counts, over plain TCP too: an event of several lines stays one.
fn nxlog(host: &str, port: u16) -> String {
    format!(
        "<Extension syslog>\n    Module      xm_syslog\n</Extension>\n<Input eventlog>\n    Module      im_msvistalog\n</Input>\n<Output anlan>\n    Module      om_tcp\n    Host        {host}\n    Port        {port}\n    OutputType  Syslog_TLS\n    Exec        to_syslog_ietf();\n</Output>\n<Route anlan>\n    Path        eventlog => anlan\n</Route>"
    )
}

fn huawei(host: &str, port: u16) -> String {
    format!(
        "system-view\n info-center enable\n info-center loghost {host} port {port} facility local7\n info-center source default channel loghost log level informational\n return\nsave"
    )
}

fn h3c(host: &str, port: u16) -> String {
    format!(
        "system-view\n info-center enable\n info-center loghost {host} port {port} facility local7\n info-center source default loghost level informational\n return\nsave"
    )
}

fn cisco(host: &str, port: u16) -> String {
    format!(
        "configure terminal\n service timestamps log datetime msec localtime show-timezone year\n logging host {host} transport udp port {port}\n logging trap informational\n logging facility local7\n end\nwrite memory"
    )
}

fn ruijie(host: &str, port: u16) -> String {
    format!(
        "configure terminal\n service timestamps log datetime\n logging on\n logging server {host} udp-port {port}\n logging trap informational\n end\nwrite"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receivers(syslog: Option<&str>, relp: Option<&str>) -> Receivers {
        let read = |address: &str| address.parse().unwrap();
        Receivers { syslog: syslog.map(read), syslog_tls: None, relp: relp.map(read) }
    }

    #[test]
    fn each_setting_names_this_server_and_its_port() {
        let all = settings("10.2.0.9", receivers(Some("0.0.0.0:5514"), Some("0.0.0.0:20514")));
        assert_eq!(all.len(), 7);
        for setting in &all {
            let port = if setting.id == "set-relp" { "20514" } else { "5514" };
            assert!(setting.text.contains("10.2.0.9") && setting.text.contains(port), "{}", setting.id);
        }
        assert!(settings("10.2.0.9", receivers(None, None)).is_empty());
    }

    #[test]
    fn the_address_is_the_bound_one_where_there_is_one() {
        for (bound, host) in [("0.0.0.0:514", "anlan.example"), ("127.0.0.1:514", "anlan.example"), ("10.2.0.9:514", "10.2.0.9")] {
            assert_eq!(host_to_send_to(receivers(Some(bound), None), "anlan.example"), host);
        }
        assert!(is_own("127.0.0.1") && is_own("::1") && is_own("localhost") && !is_own("10.2.0.9"));
        assert!(is_loopback(receivers(Some("127.0.0.1:514"), None)));
        assert!(!is_loopback(receivers(Some("10.2.0.9:514"), None)));
    }
}
