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
    if key.len() > WORD_BYTES {
        return None;
    }
    let mut slot = slot_of(key.as_bytes());
    while let Some(index) = SLOTS.get(slot).filter(|index| **index != EMPTY) {
        let (word, name) = WORDS.get(usize::from(*index))?;
        if *word == key {
            return Some(*name);
        }
        slot = (slot + 1) % SLOT_COUNT;
    }
    None
}

/// The longest word.
const WORD_BYTES: usize = 24;
const SLOT_COUNT: usize = 1_024;
const EMPTY: u8 = u8::MAX;
/// Where each word stands in [`WORDS`], by its hash or in the next free slot.
static SLOTS: [u8; SLOT_COUNT] = slots();

const fn slots() -> [u8; SLOT_COUNT] {
    assert!(WORDS.len() < EMPTY as usize);
    let mut slots = [EMPTY; SLOT_COUNT];
    let mut index = 0;
    while index < WORDS.len() {
        let mut slot = slot_of(WORDS[index].0.as_bytes());
        while slots[slot] != EMPTY {
            slot = (slot + 1) % SLOT_COUNT;
        }
        slots[slot] = index as u8;
        index += 1;
    }
    slots
}

/// FNV-1a, folded.
const fn slot_of(key: &[u8]) -> usize {
    let (mut hash, mut rest) = (0x811c_9dc5_u32, key);
    while let [first, more @ ..] = rest {
        hash = (hash ^ *first as u32).wrapping_mul(0x0100_0193);
        rest = more;
    }
    (hash ^ (hash >> 15)) as usize % SLOT_COUNT
}

/// The words of many vendors, and the names that mean the same.
#[rustfmt::skip]
const WORDS: [(&str, Ecs); 165] = [
    ("IP", Ecs::SourceIp), ("Ip", Ecs::SourceIp), ("ip", Ecs::SourceIp), ("op", Ecs::EventAction), ("DPT", Ecs::DestinationPort),
    ("DST", Ecs::DestinationIp), ("SPT", Ecs::SourcePort), ("SRC", Ecs::SourceIp), ("act", Ecs::EventAction),
    ("cmd", Ecs::ProcessCommandLine), ("dip", Ecs::DestinationIp), ("dpt", Ecs::DestinationPort), ("dst", Ecs::DestinationIp),
    ("pid", Ecs::ProcessPid), ("res", Ecs::EventOutcome), ("sip", Ecs::SourceIp), ("spt", Ecs::SourcePort), ("src", Ecs::SourceIp),
    ("uri", Ecs::UrlOriginal), ("url", Ecs::UrlOriginal), ("Port", Ecs::SourcePort), ("USER", Ecs::UserName), ("User", Ecs::UserName),
    ("_PID", Ecs::ProcessPid), ("acct", Ecs::UserName), ("addr", Ecs::SourceIp), ("dmac", Ecs::DestinationMac), ("host", Ecs::HostName),
    ("rule", Ecs::RuleName), ("smac", Ecs::SourceMac), ("user", Ecs::UserName), ("DstIP", Ecs::DestinationIp),
    ("DstIp", Ecs::DestinationIp), ("PROTO", Ecs::NetworkTransport), ("SrcIP", Ecs::SourceIp), ("SrcIp", Ecs::SourceIp),
    ("Uname", Ecs::UserName), ("dhost", Ecs::DestinationDomain), ("dport", Ecs::DestinationPort), ("dstIp", Ecs::DestinationIp),
    ("dstip", Ecs::DestinationIp), ("level", Ecs::LogLevel), ("logid", Ecs::EventCode), ("proto", Ecs::NetworkTransport),
    ("remip", Ecs::SourceIp), ("rhost", Ecs::SourceIp), ("shost", Ecs::SourceDomain), ("sport", Ecs::SourcePort),
    ("srcIp", Ecs::SourceIp), ("srcip", Ecs::SourceIp), ("suser", Ecs::UserName), ("uname", Ecs::UserName), ("源IP", Ecs::SourceIp),
    ("Action", Ecs::EventAction), ("IPAddr", Ecs::SourceIp), ("Reason", Ecs::EventReason), ("Result", Ecs::EventOutcome),
    ("Status", Ecs::EventOutcome), ("UserIP", Ecs::SourceIp), ("UserIp", Ecs::SourceIp), ("action", Ecs::EventAction),
    ("client", Ecs::SourceIp), ("destip", Ecs::DestinationIp), ("dst-ip", Ecs::DestinationIp), ("dst_ip", Ecs::DestinationIp),
    ("dstmac", Ecs::DestinationMac), ("method", Ecs::HttpMethod), ("reason", Ecs::EventReason), ("result", Ecs::EventOutcome),
    ("src-ip", Ecs::SourceIp), ("src_ip", Ecs::SourceIp), ("srcmac", Ecs::SourceMac), ("status", Ecs::EventOutcome),
    ("userip", Ecs::SourceIp), ("动作", Ecs::EventAction), ("协议", Ecs::NetworkTransport), ("操作", Ecs::EventAction), ("用户", Ecs::UserName),
    ("结果", Ecs::EventOutcome), ("Command", Ecs::ProcessCommandLine), ("DstPort", Ecs::DestinationPort), ("EventID", Ecs::EventCode),
    ("SrcPort", Ecs::SourcePort), ("account", Ecs::UserName), ("appname", Ecs::ProcessName), ("command", Ecs::ProcessCommandLine),
    ("dest_ip", Ecs::DestinationIp), ("devname", Ecs::HostName), ("dstPort", Ecs::DestinationPort), ("dstaddr", Ecs::DestinationIp),
    ("dstport", Ecs::DestinationPort), ("dvchost", Ecs::HostName), ("eventid", Ecs::EventCode), ("outcome", Ecs::EventOutcome),
    ("process", Ecs::ProcessName), ("program", Ecs::ProcessName), ("referer", Ecs::HttpReferrer), ("request", Ecs::UrlOriginal),
    ("srcPort", Ecs::SourcePort), ("srcaddr", Ecs::SourceIp), ("srcport", Ecs::SourcePort), ("usrName", Ecs::UserName),
    ("Protocol", Ecs::NetworkTransport), ("SourceIP", Ecs::SourceIp), ("UserName", Ecs::UserName), ("Username", Ecs::UserName),
    ("app_name", Ecs::ProcessName), ("clientip", Ecs::SourceIp), ("dst_addr", Ecs::DestinationIp), ("dst_port", Ecs::DestinationPort),
    ("event_id", Ecs::EventCode), ("hostname", Ecs::HostName), ("loglevel", Ecs::LogLevel), ("protocol", Ecs::NetworkTransport),
    ("rulename", Ecs::RuleName), ("severity", Ecs::LogLevel), ("sourceip", Ecs::SourceIp), ("src_addr", Ecs::SourceIp),
    ("src_port", Ecs::SourcePort), ("userName", Ecs::UserName), ("username", Ecs::UserName), ("目的IP", Ecs::DestinationIp),
    ("IPAddress", Ecs::SourceIp), ("IpAddress", Ecs::SourceIp), ("_HOSTNAME", Ecs::HostName), ("client_ip", Ecs::SourceIp),
    ("dest_port", Ecs::DestinationPort), ("eventType", Ecs::EventAction), ("log_level", Ecs::LogLevel), ("loginname", Ecs::UserName),
    ("remote_ip", Ecs::SourceIp), ("server_ip", Ecs::DestinationIp), ("source_ip", Ecs::SourceIp), ("user_name", Ecs::UserName),
    ("useragent", Ecs::UserAgent), ("源地址", Ecs::SourceIp), ("源端口", Ecs::SourcePort), ("用户名", Ecs::UserName),
    ("SourcePort", Ecs::SourcePort), ("event_type", Ecs::EventAction), ("login_name", Ecs::UserName), ("policyname", Ecs::RuleName),
    ("user_agent", Ecs::UserAgent), ("CommandLine", Ecs::ProcessCommandLine), ("client_port", Ecs::SourcePort),
    ("device_name", Ecs::HostName), ("remote_addr", Ecs::SourceIp), ("remote_port", Ecs::SourcePort), ("request_uri", Ecs::UrlOriginal),
    ("status_code", Ecs::HttpStatus), ("FailedReason", Ecs::EventReason), ("http_referer", Ecs::HttpReferrer),
    ("目的地址", Ecs::DestinationIp), ("目的端口", Ecs::DestinationPort), ("DestinationIP", Ecs::DestinationIp),
    ("requestMethod", Ecs::HttpMethod), ("sourceAddress", Ecs::SourceIp), ("destination_ip", Ecs::DestinationIp),
    ("request_method", Ecs::HttpMethod), ("DestinationPort", Ecs::DestinationPort), ("body_bytes_sent", Ecs::HttpBytes),
    ("http_user_agent", Ecs::UserAgent), ("SYSLOG_IDENTIFIER", Ecs::ProcessName), ("destinationAddress", Ecs::DestinationIp),
    ("requestClientApplication", Ecs::UserAgent),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found() {
        for (word, name) in WORDS {
            assert!(word.len() <= WORD_BYTES);
            assert_eq!(ecs_of(word), Some(name), "{word}");
        }
        assert_eq!(ecs_of("nobody"), None);
    }
}
