//! What devices call the things that ECS has a name for. Shared by key=value, JSON, CEF and LEEF.

use std::borrow::Cow;

use crate::event::{Ecs, Outcome, Sheet, is_ip, is_number};

/// Gives the value to the ECS name that `key` is another word for. `Err` returns it when there is none, when it was said before, or when it does not fit.
pub(crate) fn assign<'a>(key: &str, value: Cow<'a, str>, sheet: &mut Sheet<'a>) -> Result<(), Cow<'a, str>> {
    let Some(name) = ecs_of(key) else { return Err(value) };
    if sheet.has(name) {
        return Err(value);
    }
    match name {
        Ecs::SourceIp | Ecs::DestinationIp if !is_ip(&value) => Err(value),
        Ecs::SourcePort | Ecs::DestinationPort | Ecs::ProcessPid | Ecs::HttpBytes if !is_number(&value) => Err(value),
        Ecs::EventOutcome => outcome(value, sheet),
        Ecs::NetworkTransport => transport(value, sheet),
        Ecs::EventAction => {
            let outcome = Outcome::of(&value);
            if sheet.set(Ecs::EventAction, value) {
                sheet.outcome(outcome);
            }
            Ok(())
        }
        _ => {
            sheet.set(name, value);
            Ok(())
        }
    }
}

/// A word for success or failure, or an HTTP status.
fn outcome<'a>(value: Cow<'a, str>, sheet: &mut Sheet<'a>) -> Result<(), Cow<'a, str>> {
    if let Some(outcome) = Outcome::of(&value) {
        sheet.outcome(Some(outcome));
        return Ok(());
    }
    if value.len() == 3 && is_number(&value) && !sheet.has(Ecs::HttpStatus) {
        sheet.set(Ecs::HttpStatus, value);
        return Ok(());
    }
    Err(value)
}

fn transport<'a>(value: Cow<'a, str>, sheet: &mut Sheet<'a>) -> Result<(), Cow<'a, str>> {
    let name = match value.as_ref() {
        "TCP" | "tcp" | "6" => "tcp",
        "UDP" | "udp" | "17" => "udp",
        "ICMP" | "icmp" | "1" => "icmp",
        "ICMPv6" | "icmpv6" | "ipv6-icmp" | "58" => "ipv6-icmp",
        _ => return Err(value),
    };
    sheet.set(Ecs::NetworkTransport, name);
    Ok(())
}

fn ecs_of(key: &str) -> Option<Ecs> {
    Some(match key {
        "srcip" | "src_ip" | "src" | "SRC" | "sip" | "source_ip" | "sourceip" | "srcaddr" | "src_addr" | "client_ip" | "clientip"
        | "client" | "remote_addr" | "remote_ip" | "remip" | "rhost" | "addr" | "ip" | "IP" | "Ip" | "UserIP" | "UserIp" | "userip"
        | "IPAddress" | "IpAddress" | "IPAddr" | "sourceAddress" | "src-ip" | "srcIp" | "SrcIP" | "SourceIP" | "SrcIp" => Ecs::SourceIp,
        "srcport" | "src_port" | "SPT" | "spt" | "sport" | "srcPort" | "client_port" | "remote_port" | "SourcePort" | "SrcPort"
        | "Port" => Ecs::SourcePort,
        "dstip" | "dst_ip" | "dst" | "DST" | "dip" | "dest_ip" | "destip" | "destination_ip" | "dstaddr" | "dst_addr" | "server_ip"
        | "destinationAddress" | "dst-ip" | "dstIp" | "DstIP" | "DestinationIP" | "DstIp" => Ecs::DestinationIp,
        "dstport" | "dst_port" | "DPT" | "dpt" | "dport" | "dest_port" | "dstPort" | "DestinationPort" | "DstPort" => Ecs::DestinationPort,
        "user" | "username" | "user_name" | "userName" | "usrName" | "UserName" | "User" | "acct" | "account" | "uname" | "Uname"
        | "suser" | "Username" => Ecs::UserName,
        "action" | "act" | "Action" | "op" | "event_type" | "eventType" => Ecs::EventAction,
        "outcome" | "status" | "result" | "res" | "Result" | "Status" => Ecs::EventOutcome,
        "host" | "hostname" | "devname" | "dvchost" | "device_name" | "_HOSTNAME" => Ecs::HostName,
        "process" | "program" | "appname" | "app_name" | "SYSLOG_IDENTIFIER" => Ecs::ProcessName,
        "pid" | "_PID" => Ecs::ProcessPid,
        "cmd" | "command" | "Command" | "CommandLine" => Ecs::ProcessCommandLine,
        "proto" | "PROTO" | "protocol" | "Protocol" => Ecs::NetworkTransport,
        "level" | "severity" | "loglevel" | "log_level" => Ecs::LogLevel,
        "logid" | "eventid" | "event_id" | "EventID" => Ecs::EventCode,
        "reason" | "FailedReason" | "Reason" => Ecs::EventReason,
        "policyname" | "rule" | "rulename" => Ecs::RuleName,
        "method" | "request_method" | "requestMethod" => Ecs::HttpMethod,
        "url" | "uri" | "request_uri" | "request" => Ecs::UrlOriginal,
        "user_agent" | "http_user_agent" | "useragent" | "requestClientApplication" => Ecs::UserAgent,
        "http_referer" | "referer" => Ecs::HttpReferrer,
        "body_bytes_sent" => Ecs::HttpBytes,
        "status_code" => Ecs::HttpStatus,
        "srcmac" | "smac" => Ecs::SourceMac,
        "dstmac" | "dmac" => Ecs::DestinationMac,
        "shost" => Ecs::SourceDomain,
        "dhost" => Ecs::DestinationDomain,
        _ => return None,
    })
}
