//! What lines of real kinds of devices say, one table a format. Each entry: the line, the time it claims (`-`: none), its notes, its fields, its message.
#![allow(clippy::unwrap_used)]

use anlan_base::{Instant, parse_time};
use anlan_wire::{Event, parse};

const RECEIVED: &str = "2026-11-21T09:00:30+08:00";
const NINE: &str = "2026-11-21T09:00:00+08:00";

struct Line<'a> {
    raw: &'a str,
    claimed: &'a str,
    notes: &'a str,
    /// `name=value`, all of them but those that begin with `kv.`, `cef.` and their like and are not named here.
    fields: &'a [&'a str],
    message: &'a str,
}

fn received() -> Instant {
    parse_time(RECEIVED).unwrap()
}

fn notes(event: &Event<'_>) -> String {
    let mut codes: Vec<_> = event.notes.iter().map(|n| n.code()).collect();
    codes.sort_unstable();
    codes.join(",")
}

fn check(line: &Line<'_>) {
    let event = parse(line.raw.as_bytes(), received());
    let raw = line.raw;
    let claimed = if line.claimed == "-" { None } else { Some(parse_time(line.claimed).unwrap()) };
    assert_eq!(event.claimed.map(Instant::to_rfc3339), claimed.map(Instant::to_rfc3339), "{raw}");
    assert_eq!(notes(&event), line.notes, "{raw}");
    assert_eq!(&raw[event.message.clone()], line.message, "{raw}");
    let prefixes = ["kv.", "cef.", "leef.", "json.", "sd."];
    let mut got: Vec<String> = event.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    got.retain(|f| line.fields.contains(&f.as_str()) || !prefixes.iter().any(|p| f.starts_with(p)));
    got.sort_unstable();
    let mut expected: Vec<String> = line.fields.iter().map(|f| (*f).to_owned()).collect();
    expected.sort_unstable();
    assert_eq!(got, expected, "{raw}");
}

/// Lines of which only what the message says is in question.
fn check_body(header: &str, host_fields: &[&str], lines: &[(&str, &[&str])]) {
    for (message, fields) in lines {
        let raw = format!("{header}{message}");
        let fields: Vec<&str> = host_fields.iter().chain(*fields).copied().collect();
        let trimmed = message.trim_end_matches('\r');
        check(&Line { raw: &raw, claimed: NINE, notes: "", fields: &fields, message: trimmed });
    }
}

#[test]
fn rfc_3164_as_it_is_written() {
    let both = "no-year,no-zone";
    for (raw, claimed, notes, fields, message) in [
        ("<34>Nov 21 09:00:00 web01 app[12]: hello", NINE, both, &["host.name=web01", "process.name=app", "process.pid=12"][..], "hello"),
        ("<34>Nov 21 09:00:00 web01 app: hello", NINE, both, &["host.name=web01", "process.name=app"], "hello"),
        ("Nov 21 09:00:00 web01 app[12]: hello", NINE, both, &["host.name=web01", "process.name=app", "process.pid=12"], "hello"),
        ("<34>Nov 21 09:00:00 app[12]: hello", NINE, both, &["process.name=app", "process.pid=12"], "hello"),
        ("<34>Nov 21 09:00:00 web01 last message repeated 3 times", NINE, both, &["host.name=web01"], "last message repeated 3 times"),
        ("<34>app[12]: hello", "-", "no-time", &["process.name=app", "process.pid=12"], "hello"),
        ("<34>hello there", "-", "no-time", &[], "hello there"),
        ("hello: there", "-", "no-time", &[], "hello: there"),
        ("<34>", "-", "no-time", &[], ""),
        ("", "-", "no-time", &[], ""),
        ("<192>Nov 21 09:00:00 web01 app: x", NINE, "bad-priority,no-year,no-zone", &["host.name=web01", "process.name=app"], "x"),
        ("<abc>Nov 21 09:00:00 web01", "-", "bad-priority,no-time", &[], "<abc>Nov 21 09:00:00 web01"),
        ("<9999>x", "-", "bad-priority,no-time", &[], "x"),
        ("<34>Nov  1 09:00:00 h a: x", "2026-11-01T09:00:00+08:00", "no-year,no-zone,skew", &["host.name=h", "process.name=a"], "x"),
        ("<34>Nov 21 09:00:00 fe80::1 a: x", NINE, both, &["host.name=fe80::1", "process.name=a"], "x"),
        ("<34>Nov 21 09:00:00 办公室-sw1 a: x", NINE, both, &["host.name=办公室-sw1", "process.name=a"], "x"),
        ("<34>Nov 21 09:00:00 h sshd(pam_unix)[5]: x", NINE, both, &["host.name=h", "process.name=sshd", "process.pid=5"], "x"),
        ("<34>Nov 21 09:00:00 h /usr/sbin/app[5]: x", NINE, both, &["host.name=h", "process.name=/usr/sbin/app", "process.pid=5"], "x"),
        // rsyslog's RSYSLOG_ForwardFormat and RSYSLOG_FileFormat.
        (
            "<34>2026-11-21T01:00:00.000000+00:00 web01 app[12]: hello",
            NINE,
            "",
            &["host.name=web01", "process.name=app", "process.pid=12"],
            "hello",
        ),
        (
            "2026-11-21T09:00:00.5+08:00 web01 app: hello",
            "2026-11-21T09:00:00.5+08:00",
            "",
            &["host.name=web01", "process.name=app"],
            "hello",
        ),
        ("<34>2026-11-21 09:00:00 web01 app: hello", NINE, "no-zone", &["host.name=web01", "process.name=app"], "hello"),
        // A program's own file: what follows the time is no host.
        ("2026-11-21 09:00:00 INFO starting: all well", NINE, "no-zone", &[], "INFO starting: all well"),
        ("2026-11-21 09:00:00,123 web01 text", "2026-11-21T09:00:00.123+08:00", "no-zone", &[], "web01 text"),
        ("<34>2026-11-21 09:00:00 ERROR disk: full", NINE, "no-zone", &[], "ERROR disk: full"),
        // What ends the line is not the message.
        ("<34>Nov 21 09:00:00 h a: x\r", NINE, both, &["host.name=h", "process.name=a"], "x"),
        ("<34>Nov 21 09:00:00 h a: x\0", NINE, both, &["host.name=h", "process.name=a"], "x"),
    ] {
        check(&Line { raw, claimed, notes, fields, message });
    }
}

#[test]
fn priorities() {
    for (raw, priority) in [
        ("<0>x", Some(0)),
        ("<13>x", Some(13)),
        ("<191>x", Some(191)),
        ("<192>x", None),
        ("<>x", None),
        ("<13x", None),
        ("<013>x", Some(13)),
        ("x", None),
    ] {
        assert_eq!(parse(raw.as_bytes(), received()).priority, priority, "{raw}");
    }
}

#[test]
fn skew_has_a_limit() {
    for (seconds, skewed) in
        [(anlan_wire::SKEW_SECONDS - 1, false), (anlan_wire::SKEW_SECONDS, false), (anlan_wire::SKEW_SECONDS + 1, true)]
    {
        let claimed = parse_time(NINE).unwrap();
        for received in [claimed.plus_seconds(seconds), claimed.minus_seconds(seconds)] {
            let event = parse(b"<34>2026-11-21T09:00:00+08:00 h a: x", received);
            assert_eq!(notes(&event) == "skew", skewed, "{seconds}");
        }
    }
}

#[test]
fn years_turn() {
    for (raw, received, claimed) in [
        ("<34>Dec 31 23:59:59 h a: x", "2027-01-01T00:00:10+08:00", "2026-12-31T23:59:59+08:00"),
        ("<34>Jan  1 00:00:02 h a: x", "2026-12-31T23:59:58+08:00", "2027-01-01T00:00:02+08:00"),
    ] {
        let event = parse(raw.as_bytes(), parse_time(received).unwrap());
        assert_eq!(event.claimed, Some(parse_time(claimed).unwrap()), "{raw}");
        assert_eq!(notes(&event), "no-year,no-zone");
    }
}

#[test]
fn rfc_5424() {
    let header = ["host.name=web01", "process.name=app", "process.pid=12", "log.syslog.msgid=ID47"];
    for (raw, claimed, notes, fields, message) in [
        ("<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 - hello", NINE, "", &[][..], "hello"),
        ("<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 - \u{feff}你好", NINE, "", &[], "你好"),
        ("<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 -", NINE, "", &[], ""),
        ("<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47", NINE, "", &[], ""),
        (
            "<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 [a@1 x=\"1\" y=\"z\"] hello",
            NINE,
            "",
            &["sd.a@1.x=1", "sd.a@1.y=z"],
            "hello",
        ),
        (
            "<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 [a][b c=\"\"][d e=\"[f]\\]\"] m",
            NINE,
            "",
            &["sd.b.c=", "sd.d.e=[f]]"],
            "m",
        ),
        (r#"<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 [a q="say \"x\" \\ \n"]"#, NINE, "", &[r#"sd.a.q=say "x" \ \n"#], ""),
        ("<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 [a x=\"1] m", NINE, "bad-sd", &[], "[a x=\"1] m"),
        ("<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 [a x=\"1\"]m", NINE, "bad-sd", &["sd.a.x=1"], "m"),
        ("<165>1 2026-11-21T09:00:00.000+08:00 web01 app 12 ID47 hello", NINE, "bad-sd", &[], "hello"),
        ("<165>1 - web01 app 12 ID47 - hello", "-", "no-time", &[], "hello"),
        ("<165>1 2026-11-21T09:00:00 web01 app 12 ID47 - hello", NINE, "no-zone", &[], "hello"),
    ] {
        let fields: Vec<&str> = header.iter().chain(fields).copied().collect();
        check(&Line { raw, claimed, notes, fields: &fields, message });
    }
    for (raw, claimed, notes, fields, message) in [
        ("<165>1 2026-11-21T01:00:00Z - - - - - x", NINE, "", &[][..], "x"),
        ("<165>1 - - - - - -", "-", "no-time", &[], ""),
        (
            "<165>1 2026-11-21T09:00:00+08:00 h app main - - x",
            NINE,
            "",
            &["host.name=h", "process.name=app", "log.syslog.procid=main"],
            "x",
        ),
        ("<165>1 2026-11-21T09:00:00+08:00 h app", NINE, "bad-header", &[], "h app"),
        ("<165>1 hello", "-", "no-time", &[], "1 hello"),
        ("<165>2 2026-11-21T09:00:00+08:00 h app 1 - - x", "-", "no-time", &[], "2 2026-11-21T09:00:00+08:00 h app 1 - - x"),
    ] {
        check(&Line { raw, claimed, notes, fields, message });
    }
}

#[test]
fn cisco_ios() {
    let both = "no-year,no-zone";
    let config = &[
        "process.name=SYS",
        "event.code=SYS-5-CONFIG_I",
        "user.name=admin",
        "source.ip=192.0.2.9",
        "event.action=configuration_changed",
        "event.outcome=success",
    ];
    let message = "Configured from console by admin on vty0 (192.0.2.9)";
    for (raw, claimed, notes, host) in [
        ("<189>123: Nov 21 09:00:00.000: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)", NINE, both, ""),
        (
            "<189>000123: *Nov 21 09:00:00: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)",
            NINE,
            "clock-unset,no-year,no-zone",
            "",
        ),
        (
            "<189>000123: .Nov 21 01:00:00.0 UTC: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)",
            NINE,
            "clock-unset,no-year",
            "",
        ),
        (
            "<189>123: sw01: Nov 21 09:00:00.000 CST: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)",
            NINE,
            "no-year",
            "host.name=sw01",
        ),
        (
            "<189>Nov 21 09:00:00 sw01 123: *Mar  1 00:00:01.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)",
            NINE,
            both,
            "host.name=sw01",
        ),
        ("Nov 21 09:00:00 sw01: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)", NINE, both, "host.name=sw01"),
        ("<189>%SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)", "-", "no-time", ""),
        ("Nov 21 2026 09:00:00: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)", NINE, "no-zone", ""),
    ] {
        let fields: Vec<&str> = config.iter().copied().chain(Some(host).filter(|h| !h.is_empty())).collect();
        check(&Line { raw, claimed, notes, fields: &fields, message });
    }
    check(&Line {
        raw: "*Mar  1 00:00:01.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up",
        claimed: "2027-03-01T00:00:01.123+08:00",
        notes: "clock-unset,no-year,no-zone,skew",
        fields: &["process.name=LINK", "event.code=LINK-3-UPDOWN", "event.action=UPDOWN", "event.outcome=unknown"],
        message: "Interface GigabitEthernet0/1, changed state to up",
    });
    let header = "<189>1 2026-11-21T09:00:00+08:00 sw01 ios - - - ";
    check_body(
        header,
        &["host.name=sw01", "process.name=ios"],
        &[
            (
                "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: admin] [Source: 192.0.2.9] [localport: 22] at 09:00:00 CST Sat Nov 21 2026",
                &[
                    "event.code=SEC_LOGIN-5-LOGIN_SUCCESS",
                    "user.name=admin",
                    "source.ip=192.0.2.9",
                    "event.action=login",
                    "event.outcome=success",
                ],
            ),
            (
                "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: root] [Source: 192.0.2.9] [localport: 22] [Reason: Login Authentication Failed]",
                &[
                    "event.code=SEC_LOGIN-4-LOGIN_FAILED",
                    "user.name=root",
                    "source.ip=192.0.2.9",
                    "event.action=login",
                    "event.outcome=failure",
                    "event.reason=Login Authentication Failed",
                ],
            ),
            (
                "%SYS-6-LOGOUT: User admin has exited tty session 2(192.0.2.9)",
                &["event.code=SYS-6-LOGOUT", "user.name=admin", "source.ip=192.0.2.9", "event.action=logout", "event.outcome=success"],
            ),
            (
                "%SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.9(1234) -> 198.51.100.2(80), 1 packet",
                &[
                    "event.code=SEC-6-IPACCESSLOGP",
                    "rule.name=101",
                    "source.ip=192.0.2.9",
                    "source.port=1234",
                    "destination.ip=198.51.100.2",
                    "destination.port=80",
                    "event.action=flow_denied",
                    "event.outcome=failure",
                ],
            ),
        ],
    );
}

#[test]
fn cisco_asa() {
    let flow = ["source.ip=10.1.2.3", "source.port=44366", "destination.ip=198.51.100.7", "destination.port=443", "network.transport=tcp"];
    let built =
        "Built outbound TCP connection 7 for outside:198.51.100.7/443 (198.51.100.7/443) to inside:10.1.2.3/44366 (203.0.113.1/44366)";
    for (header, host) in [
        ("<166>Nov 21 2026 09:00:00+08:00: ", ""),
        ("<166>Nov 21 2026 09:00:00+08:00 fw1 : ", "host.name=fw1"),
        ("<166>Nov 21 2026 09:00:00+08:00 fw1 ", "host.name=fw1"),
    ] {
        let raw = format!("{header}%ASA-6-302013: {built}");
        let fields: Vec<&str> = flow
            .into_iter()
            .chain(["process.name=ASA", "event.code=302013", "event.action=flow_created", "event.outcome=success"])
            .chain(Some(host).filter(|h| !h.is_empty()))
            .collect();
        check(&Line { raw: &raw, claimed: NINE, notes: "", fields: &fields, message: built });
    }
    check_body(
        "<166>1 2026-11-21T09:00:00+08:00 fw1 asa - - - ",
        &["host.name=fw1", "process.name=asa"],
        &[
            (
                "%ASA-6-302013: Built inbound TCP connection 8 for outside:198.51.100.7/5000 (198.51.100.7/5000) to dmz:10.1.2.3/80 (203.0.113.1/80) (alice)",
                &[
                    "event.code=302013",
                    "source.ip=198.51.100.7",
                    "source.port=5000",
                    "destination.ip=10.1.2.3",
                    "destination.port=80",
                    "network.transport=tcp",
                    "user.name=alice",
                    "event.action=flow_created",
                    "event.outcome=success",
                ],
            ),
            (
                "%ASA-6-302016: Teardown UDP connection 9 for outside:198.51.100.7/53 to inside:10.1.2.3/5353 duration 0:00:01 bytes 90",
                &[
                    "event.code=302016",
                    "source.ip=198.51.100.7",
                    "source.port=53",
                    "destination.ip=10.1.2.3",
                    "destination.port=5353",
                    "network.transport=udp",
                    "event.action=flow_ended",
                    "event.outcome=unknown",
                ],
            ),
            (
                "%ASA-4-106023: Deny tcp src outside:198.51.100.7/5000 dst inside:10.1.2.3/22 by access-group \"OUT\" [0x0, 0x0]",
                &[
                    "event.code=106023",
                    "source.ip=198.51.100.7",
                    "source.port=5000",
                    "destination.ip=10.1.2.3",
                    "destination.port=22",
                    "network.transport=tcp",
                    "rule.name=OUT",
                    "event.action=flow_denied",
                    "event.outcome=failure",
                ],
            ),
            (
                "%ASA-4-106023: Deny udp src outside:2001:db8::7/5000 dst inside:2001:db8::1/22 by access-group \"OUT\"",
                &[
                    "event.code=106023",
                    "source.ip=2001:db8::7",
                    "source.port=5000",
                    "destination.ip=2001:db8::1",
                    "destination.port=22",
                    "network.transport=udp",
                    "rule.name=OUT",
                    "event.action=flow_denied",
                    "event.outcome=failure",
                ],
            ),
            (
                "%ASA-2-106001: Inbound TCP connection denied from 198.51.100.7/5000 to 10.1.2.3/22 flags SYN on interface outside",
                &[
                    "event.code=106001",
                    "source.ip=198.51.100.7",
                    "source.port=5000",
                    "destination.ip=10.1.2.3",
                    "destination.port=22",
                    "network.transport=tcp",
                    "event.action=flow_denied",
                    "event.outcome=failure",
                ],
            ),
            (
                "%ASA-6-106100: access-list IN permitted tcp inside/10.1.2.3(44366) -> outside/198.51.100.7(443) hit-cnt 1 first hit",
                &[
                    "event.code=106100",
                    "rule.name=IN",
                    "source.ip=10.1.2.3",
                    "source.port=44366",
                    "destination.ip=198.51.100.7",
                    "destination.port=443",
                    "network.transport=tcp",
                    "event.action=flow_allowed",
                    "event.outcome=success",
                ],
            ),
            (
                "%ASA-6-113004: AAA user authentication Successful : server = 10.1.0.5 : user = alice",
                &["event.code=113004", "user.name=alice", "event.action=authentication", "event.outcome=success"],
            ),
            (
                "%ASA-6-113005: AAA user authentication Rejected : reason = Invalid password : server = 10.1.0.5 : user = alice : user IP = 192.0.2.9",
                &["event.code=113005", "user.name=alice", "source.ip=192.0.2.9", "event.action=authentication", "event.outcome=failure"],
            ),
            (
                "%ASA-6-605004: Login denied from 192.0.2.9/4321 to inside:10.1.0.1/ssh for user \"root\"",
                &["event.code=605004", "user.name=root", "source.ip=192.0.2.9", "event.action=login", "event.outcome=failure"],
            ),
            (
                "%ASA-6-722051: Group <STAFF> User <alice> IP <192.0.2.9> IPv4 Address <10.9.1.4> IPv6 address <::> assigned to session",
                &["event.code=722051", "user.name=alice", "source.ip=192.0.2.9", "event.action=session_opened", "event.outcome=success"],
            ),
            (
                "%ASA-5-111010: User 'alice', running 'CLI' from IP 192.0.2.9, executed 'write memory'",
                &[
                    "event.code=111010",
                    "user.name=alice",
                    "source.ip=192.0.2.9",
                    "process.command_line=write memory",
                    "event.action=command",
                    "event.outcome=success",
                ],
            ),
            ("%ASA-4-733100: [ Scanning] drop rate-1 exceeded.", &["event.code=733100", "event.action=733100", "event.outcome=unknown"]),
        ],
    );
}
