//! Unix hosts and web servers: who came, from where, what for, and whether it went well.
#![allow(clippy::unwrap_used)]

use anlan_base::{Instant, parse_time};
use anlan_wire::{line_text, parse};

fn received() -> Instant {
    parse_time("2026-11-21T09:00:30+08:00").unwrap()
}

/// Each message behind a header of `program`: all its fields but the header's.
fn check(program: &str, cases: &[(&str, &[&str])]) {
    for (message, fields) in cases {
        let raw = format!("<38>1 2026-11-21T09:00:00+08:00 h {program} 7 - - {message}");
        let event = parse(raw.as_bytes(), received());
        let mut got: Vec<String> = event.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        got.retain(|f| {
            !f.starts_with("kv.") && !["host.name=h", "process.pid=7", &format!("process.name={program}")].contains(&f.as_str())
        });
        got.sort_unstable();
        let mut expected: Vec<String> = fields.iter().map(|f| (*f).to_owned()).collect();
        expected.sort_unstable();
        assert_eq!(got, expected, "{message}");
        assert_eq!(&raw[event.message.clone()], message.trim_end_matches('\r'));
    }
}

#[test]
fn sshd() {
    let (ip, port) = ("source.ip=192.0.2.9", "source.port=5000");
    let (login, success, failure, unknown) =
        ("event.action=ssh_login", "event.outcome=success", "event.outcome=failure", "event.outcome=unknown");
    check(
        "sshd",
        &[
            (
                "Accepted publickey for alice from 192.0.2.9 port 5000 ssh2: ED25519 SHA256:abc",
                &["user.name=alice", ip, port, login, success],
            ),
            (
                "Accepted password for root from 2001:db8::9 port 5000 ssh2",
                &["user.name=root", "source.ip=2001:db8::9", port, login, success],
            ),
            ("Failed password for root from 192.0.2.9 port 5000 ssh2", &["user.name=root", ip, port, login, failure]),
            ("Failed password for root from 192.0.2.9 port 5000 ssh2\r", &["user.name=root", ip, port, login, failure]),
            ("Failed password for invalid user admin from 192.0.2.9 port 5000 ssh2", &["user.name=admin", ip, port, login, failure]),
            ("Failed password for invalid user a from b from 192.0.2.9 port 5000 ssh2", &["user.name=a from b", ip, port, login, failure]),
            ("Failed none for invalid user  from 192.0.2.9 port 5000 ssh2", &[ip, port, login, failure]),
            ("Invalid user 0101 from 192.0.2.9", &["user.name=0101", ip, login, failure]),
            ("Invalid user bob from 192.0.2.9 port 5000", &["user.name=bob", ip, port, login, failure]),
            ("input_userauth_request: invalid user bob [preauth]", &["user.name=bob", login, failure]),
            (
                "error: maximum authentication attempts exceeded for invalid user bob from 192.0.2.9 port 5000 ssh2 [preauth]",
                &["user.name=bob", ip, port, login, failure],
            ),
            ("error: PAM: Authentication failure for bob from 192.0.2.9", &["user.name=bob", ip, login, failure]),
            ("User bob from 192.0.2.9 not allowed because not listed in AllowUsers", &["user.name=bob", ip, login, failure]),
            ("Connection closed by 192.0.2.9 port 5000 [preauth]", &[ip, port, "event.action=ssh_disconnect", unknown]),
            (
                "Connection closed by authenticating user root 192.0.2.9 port 5000 [preauth]",
                &["user.name=root", ip, port, "event.action=ssh_disconnect", unknown],
            ),
            ("Connection closed by 192.0.2.9 [preauth]", &[ip, "event.action=ssh_disconnect", unknown]),
            ("Connection from 192.0.2.9 port 5000 on 192.0.2.1 port 22", &[ip, port, "event.action=ssh_connect", unknown]),
            ("Disconnected from user alice 192.0.2.9 port 5000", &["user.name=alice", ip, port, "event.action=ssh_disconnect", unknown]),
            ("Disconnected from 192.0.2.9 port 5000 [preauth]", &[ip, port, "event.action=ssh_disconnect", unknown]),
            ("Received disconnect from 192.0.2.9: 11: Bye Bye [preauth]", &[ip, "event.action=ssh_disconnect", unknown]),
            ("Received disconnect from 192.0.2.9 port 5000:11: Bye Bye [preauth]", &[ip, port, "event.action=ssh_disconnect", unknown]),
            (
                "Disconnecting invalid user bob 192.0.2.9 port 5000: Too many authentication failures [preauth]",
                &["user.name=bob", ip, port, "event.action=ssh_disconnect", unknown],
            ),
            (
                "Disconnecting: Too many authentication failures for root [preauth]",
                &["user.name=root", "event.action=ssh_disconnect", unknown],
            ),
            ("Did not receive identification string from 192.0.2.9 port 5000", &[ip, port, "event.action=ssh_connect", failure]),
            ("Did not receive identification string from 192.0.2.9", &[ip, "event.action=ssh_connect", failure]),
            (
                "Unable to negotiate with 192.0.2.9 port 5000: no matching host key type found.",
                &[ip, port, "event.action=ssh_connect", failure],
            ),
            (
                "reverse mapping checking getaddrinfo for x.example.org [192.0.2.9] failed - POSSIBLE BREAK-IN ATTEMPT!",
                &[ip, "source.domain=x.example.org", "event.action=ssh_reverse_mapping", failure],
            ),
            (
                "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)",
                &["user.name=alice", "event.action=session_opened", success],
            ),
            (
                "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.9  user=root",
                &["user.name=root", ip, "event.action=authentication", failure],
            ),
            (
                "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=x.example.org",
                &["source.domain=x.example.org", "event.action=authentication", failure],
            ),
            ("pam_unix(sshd:auth): check pass; user unknown", &["event.action=authentication", failure]),
            (
                "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.9  user=root",
                &["user.name=root", ip, "event.action=authentication", failure],
            ),
            ("Server listening on 0.0.0.0 port 22.", &[]),
            ("Accepted", &[login, success]),
            (
                "message repeated 2 times: [ Failed password for root from 192.0.2.9 port 5000 ssh2]",
                &["user.name=root", ip, port, login, failure],
            ),
        ],
    );
}

#[test]
fn accounts() {
    let (success, failure, unknown) = ("event.outcome=success", "event.outcome=failure", "event.outcome=unknown");
    let sudo = ["user.name=alice", "user.effective.name=root", "process.working_directory=/home/alice", "event.action=sudo"];
    check(
        "sudo",
        &[
            (
                "   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls ; true",
                &[&sudo[..], &["process.command_line=/bin/ls ; true", success]].concat(),
            ),
            (
                "alice : user NOT in sudoers ; TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls",
                &[&sudo[..], &["process.command_line=/bin/ls", "event.reason=user NOT in sudoers", failure]].concat(),
            ),
            (
                "alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls",
                &[&sudo[..], &["process.command_line=/bin/ls", "event.reason=3 incorrect password attempts", failure]].concat(),
            ),
            ("pam_unix(sudo:session): session closed for user root", &["user.name=root", "event.action=session_closed", success]),
        ],
    );
    let su = ["user.name=alice", "user.effective.name=root", "event.action=su"];
    for (message, outcome) in [
        ("(to root) alice on pts/0", success),
        ("FAILED SU (to root) alice on pts/0", failure),
        ("Successful su for root by alice", success),
        ("FAILED su for root by alice", failure),
        ("+ pts/0 alice:root", success),
        ("- pts/0 alice:root", failure),
        ("alice to root on /dev/ttyp0", success),
        ("BAD SU alice to root on /dev/ttyp0", failure),
    ] {
        check("su", &[(message, &[&su[..], &[outcome]].concat())]);
    }
    check(
        "CRON",
        &[
            (
                "(root) CMD (run-parts /etc/cron.hourly)",
                &["user.name=root", "process.command_line=run-parts /etc/cron.hourly", "event.action=cron_command", unknown],
            ),
            ("(alice) BEGIN EDIT (alice)", &["user.name=alice", "event.action=crontab_edit", unknown]),
            (
                "pam_unix(cron:session): session opened for user root by (uid=0)",
                &["user.name=root", "event.action=session_opened", success],
            ),
            ("(CRON) info (No MTA installed, discarding output)", &[]),
        ],
    );
    check(
        "useradd",
        &[("new user: name=bob, UID=1001, GID=1001, home=/home/bob", &["user.name=bob", "event.action=user_created", success])],
    );
    check(
        "login",
        &[
            (
                "FAILED LOGIN 1 FROM 192.0.2.9 FOR root, Authentication failure",
                &["user.name=root", "source.ip=192.0.2.9", "event.action=login", failure],
            ),
            ("ROOT LOGIN ON tty1", &["user.name=root", "event.action=login", success]),
        ],
    );
    check("systemd-logind", &[("New session 5 of user alice.", &["user.name=alice", "event.action=session_opened", success])]);
    check(
        "chpasswd",
        &[("pam_unix(chpasswd:chauthtok): password changed for alice", &["user.name=alice", "event.action=password_changed", success])],
    );
}

const GET: [&str; 5] =
    ["source.ip=192.0.2.9", "http.request.method=GET", "url.original=/a?b=%20c", "http.version=1.1", "event.action=http_request"];

#[test]
fn access_logs() {
    let ok = ["http.response.status_code=200", "http.response.body.bytes=512", "event.outcome=success"];
    let common = r#"192.0.2.9 - - [21/Nov/2026:09:00:00 +0800] "GET /a?b=%20c HTTP/1.1" 200 512"#;
    let agent = ["http.request.referrer=http://x/", r#"user_agent.original=Mozilla/5.0 (\"q\")"#];
    let combined = format!(r#"{common} "http://x/" "Mozilla/5.0 (\"q\")""#);
    let all: Vec<&str> = GET.into_iter().chain(ok).collect();
    let with_agent: Vec<&str> = all.iter().copied().chain(agent).collect();
    check(
        "nginx",
        &[
            (common, &all),
            (&combined, &with_agent),
            // The whole line in quotes.
            (&format!("\"{combined}\""), &with_agent),
            (&format!("example.org:443 {combined}"), &with_agent),
            (&combined.replace("192.0.2.9", "192.0.2.9, 198.51.100.1"), &with_agent),
            (&combined.replace("- - [", "- alice ["), &[&with_agent[..], &["user.name=alice"]].concat()),
            (&format!("{common} \"-\" \"-\""), &all),
            (&common.replace("200 512", "404 -"), &[&GET[..], &["http.response.status_code=404", "event.outcome=failure"]].concat()),
            (
                r#"192.0.2.9 - - [21/Nov/2026:09:00:00 +0800] "\x16\x03\x01" 400 150"#,
                &[
                    "source.ip=192.0.2.9",
                    r"url.original=\x16\x03\x01",
                    "http.response.status_code=400",
                    "http.response.body.bytes=150",
                    "event.action=http_request",
                    "event.outcome=failure",
                ],
            ),
            (
                r#"192.0.2.9 - - [21/Nov/2026:09:00:00 +0800] "GET /cut"#,
                &["source.ip=192.0.2.9", "event.action=http_request", "event.outcome=unknown"],
            ),
        ],
    );
    // A file's line, without a syslog header.
    for raw in [combined.clone(), format!("\"{combined}\"")] {
        let event = parse(raw.as_bytes(), received());
        assert_eq!(event.claimed, parse_time("2026-11-21T09:00:00+08:00").ok());
        assert!(event.notes.is_empty() && event.message == (0..raw.len()), "{event:?}");
        assert_eq!(event.field("source.ip"), Some("192.0.2.9"));
        assert_eq!(event.field("user_agent.original"), Some(r#"Mozilla/5.0 (\"q\")"#));
    }
}

#[test]
fn error_logs() {
    for (raw, time, fields, message) in [
        (
            "[Sat Nov 21 09:00:00.000000 2026] [core:error] [pid 12:tid 34] [client 192.0.2.9:5000] AH00124: Request exceeded",
            "no-zone",
            &["log.level=error", "process.pid=12", "source.ip=192.0.2.9", "source.port=5000"][..],
            "AH00124: Request exceeded",
        ),
        (
            "[Sat Nov 21 09:00:00 2026] [notice] jk2_init() Found child 6725",
            "no-zone",
            &["log.level=notice"],
            "jk2_init() Found child 6725",
        ),
        (
            "[Sat Nov 21 09:00:00 2026] [error] [client 192.0.2.9] Directory index forbidden",
            "no-zone",
            &["log.level=error", "source.ip=192.0.2.9"],
            "Directory index forbidden",
        ),
        (
            "2026/11/21 09:00:00 [error] 12#34: *56 open() \"/x\" failed, client: 192.0.2.9, server: s, request: \"GET /x HTTP/1.1\", host: \"example.org\"",
            "no-zone",
            &[
                "log.level=error",
                "process.pid=12",
                "source.ip=192.0.2.9",
                "url.domain=example.org",
                "http.request.method=GET",
                "url.original=/x",
                "http.version=1.1",
            ],
            "[error] 12#34: *56 open() \"/x\" failed, client: 192.0.2.9, server: s, request: \"GET /x HTTP/1.1\", host: \"example.org\"",
        ),
    ] {
        let event = parse(raw.as_bytes(), received());
        let codes: Vec<_> = event.notes.iter().map(|n| n.code()).collect();
        assert_eq!(codes.join(","), time, "{raw}");
        assert_eq!(event.claimed, parse_time("2026-11-21T09:00:00+08:00").ok(), "{raw}");
        let got: Vec<String> = event.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(got, fields, "{raw}");
        assert_eq!(&raw[event.message], message);
    }
}

#[test]
fn services() {
    check(
        "named",
        &[(
            "client @0x7f 192.0.2.9#26877 (example.org): query: example.org IN A + (192.0.2.53)",
            &[
                "source.ip=192.0.2.9",
                "source.port=26877",
                "dns.question.name=example.org",
                "event.action=dns_query",
                "event.outcome=unknown",
            ],
        )],
    );
    check(
        "dhcpd",
        &[(
            "DHCPACK on 192.0.2.9 to 00:00:5e:00:53:01 (pc1) via eth0",
            &["source.ip=192.0.2.9", "source.mac=00:00:5e:00:53:01", "source.domain=pc1", "event.action=DHCPACK", "event.outcome=success"],
        )],
    );
    check(
        "squid",
        &[(
            "1795222800.743    361 192.0.2.9 TCP_DENIED/403 2463 CONNECT example.org:443 alice HIER_NONE/- text/html",
            &[
                "source.ip=192.0.2.9",
                "user.name=alice",
                "http.request.method=CONNECT",
                "url.original=example.org:443",
                "http.response.status_code=403",
                "http.response.body.bytes=2463",
                "event.code=TCP_DENIED",
                "event.action=http_request",
                "event.outcome=failure",
            ],
        )],
    );
    check(
        "vsftpd",
        &[(
            "[alice] OK LOGIN: Client \"::ffff:192.0.2.9\"",
            &["user.name=alice", "source.ip=192.0.2.9", "event.action=ftp_login", "event.outcome=success"],
        )],
    );
}

#[test]
fn honeypots() {
    let ip = "source.ip=192.0.2.9";
    check(
        "cowrie",
        &[
            (
                "[CowrieTelnetTransport,7,192.0.2.9] CMD: ls -l",
                &[ip, "process.command_line=ls -l", "event.action=command", "event.outcome=unknown"],
            ),
            (
                "[CowrieTelnetTransport,7,192.0.2.9] login attempt [root/x] failed",
                &[ip, "user.name=root", "event.action=login", "event.outcome=failure"],
            ),
            (
                "[x.Factory] New connection: 192.0.2.9:5000 (10.0.0.1:22) [session: a]",
                &[ip, "source.port=5000", "event.action=connect", "event.outcome=unknown"],
            ),
        ],
    );
}

#[test]
fn chinese_in_both_encodings() {
    let text = "<13>Nov 21 09:00:00 主机 app[3]: 用户 user=张三 ip=192.0.2.9 登录";
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    for (raw, note) in [(text.as_bytes(), None), (&gb[..], Some("gb18030"))] {
        let event = parse(raw, received());
        assert_eq!(event.field("host.name"), Some("主机"));
        assert_eq!(event.field("user.name"), Some("张三"));
        assert_eq!(line_text(&raw[event.message.clone()]), "用户 user=张三 ip=192.0.2.9 登录");
        let codes: Vec<_> = event.notes.iter().map(|n| n.code()).filter(|c| !c.starts_with("no-")).collect();
        assert_eq!(codes, note.into_iter().collect::<Vec<_>>());
    }
    // Cut inside a character; and bytes that are neither.
    let utf8 = "<13>Nov 21 09:00:00 h app: 登录".as_bytes();
    let event = parse(&utf8[..utf8.len() - 1], received());
    assert!(event.notes.iter().any(|n| n.code() == "cut-character"));
    assert_eq!(event.message, utf8.len() - 6..utf8.len() - 1);
    let event = parse(b"<13>Nov 21 09:00:00 h app: \xff\xfe user=root ip=192.0.2.9", received());
    assert!(event.notes.iter().any(|n| n.code() == "not-text"));
    assert_eq!((event.field("user.name"), event.field("source.ip")), (Some("root"), Some("192.0.2.9")));
}

#[test]
fn codes_of_notes_are_their_own() {
    let codes: std::collections::BTreeSet<_> = anlan_wire::Note::ALL.iter().map(|n| n.code()).collect();
    assert_eq!(codes.len(), anlan_wire::Note::ALL.len());
    assert!(codes.iter().all(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
}
