//! Huawei, H3C, firewalls that write pairs, CEF, LEEF, JSON.
#![allow(clippy::unwrap_used)]

use anlan_base::{Instant, parse_time};
use anlan_wire::{FIELDS, JSON_DEPTH, parse};

fn received() -> Instant {
    parse_time("2026-11-21T09:00:30+08:00").unwrap()
}

/// Line, notes, message, some of its fields.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [&'a str]);

fn check(cases: &[Case<'_>]) {
    for (raw, notes, message, fields) in cases {
        let event = parse(raw.as_bytes(), received());
        let mut codes: Vec<_> = event.notes.iter().map(|n| n.code()).collect();
        codes.sort_unstable();
        assert_eq!(codes.join(","), *notes, "{raw}");
        assert_eq!(&raw[event.message.clone()], *message, "{raw}");
        if !notes.contains("no-time") {
            assert_eq!(event.claimed, parse_time("2026-11-21T09:00:00+08:00").ok(), "{raw}");
        }
        for field in *fields {
            let (name, value) = field.split_once('=').unwrap();
            assert_eq!(event.field(name), Some(value), "{name} of {raw}: {:?}", event.fields);
        }
        let others = ["user.name", "source.ip", "event.action", "event.outcome", "host.name"];
        for name in others.iter().filter(|name| !fields.iter().any(|f| f.split_once('=').is_some_and(|(n, _)| n == **name))) {
            assert_eq!(event.field(name), None, "{name} of {raw}");
        }
    }
}

#[test]
fn huawei() {
    let login = "VTY login from 192.0.2.9";
    let fields = &[
        "host.name=SW-Core",
        "process.name=SHELL",
        "event.code=SHELL/5/LOGIN",
        "source.ip=192.0.2.9",
        "event.action=login",
        "event.outcome=success",
    ];
    check(&[
        ("<189>Nov 21 2026 09:00:00+08:00 SW-Core %%01SHELL/5/LOGIN(l)[12]:VTY login from 192.0.2.9", "", login, fields),
        ("Nov 21 2026 09:00:00+08:00 SW-Core %%01SHELL/5/LOGIN(l)[12]:VTY login from 192.0.2.9", "", login, fields),
        ("<189>Nov 21 2026 09:00:00 SW-Core %%01SHELL/5/LOGIN(l):VTY login from 192.0.2.9", "no-zone", login, fields),
        ("<189>2026-11-21 09:00:00 SW-Core %%01SHELL/5/LOGIN(l)[12]: VTY login from 192.0.2.9", "no-zone", login, fields),
        ("2026-11-21 09:00:00 SW-Core %%01SHELL/5/LOGIN(l)[12]: VTY login from 192.0.2.9", "no-zone", login, fields),
        (
            "<188>Nov 21 2026 09:00:00+08:00 SW-Core %%01SHELL/4/LOGINFAILED(s)[26]:Failed to login. (Ip=192.0.2.9, UserName=admin, Times=1, AccessType=TELNET, VpnName=)",
            "",
            "Failed to login. (Ip=192.0.2.9, UserName=admin, Times=1, AccessType=TELNET, VpnName=)",
            &[
                "host.name=SW-Core",
                "source.ip=192.0.2.9",
                "user.name=admin",
                "event.action=login",
                "event.outcome=failure",
                "kv.AccessType=TELNET",
            ],
        ),
        (
            "<189>Nov 21 2026 09:00:00+08:00 SW-Core %%01SHELL/5/CMDRECORD(s)[3]:Recorded command information. (Task=VTY0, Ip=192.0.2.9, VpnName=, User=admin, AuthenticationMethod=\"Password\", Command=\"display version\")",
            "",
            "Recorded command information. (Task=VTY0, Ip=192.0.2.9, VpnName=, User=admin, AuthenticationMethod=\"Password\", Command=\"display version\")",
            &[
                "host.name=SW-Core",
                "source.ip=192.0.2.9",
                "user.name=admin",
                "process.command_line=display version",
                "event.action=command",
                "event.outcome=unknown",
            ],
        ),
        (
            "<188>Nov 21 2026 09:00:00+08:00 SW-Core %%01SSH/4/SSH_FAIL(s)[7]:Failed to login through SSH. (IP=192.0.2.9, UserName=root, Times=1, FailedReason=User public key authentication failed)",
            "",
            "Failed to login through SSH. (IP=192.0.2.9, UserName=root, Times=1, FailedReason=User public key authentication failed)",
            &[
                "host.name=SW-Core",
                "source.ip=192.0.2.9",
                "user.name=root",
                "event.action=login",
                "event.outcome=failure",
                "event.reason=User public key authentication failed",
            ],
        ),
        (
            "<187>Nov 21 2026 09:00:00+08:00 SW-Core %%01IFNET/4/LINK_STATE(l)[1]:The line protocol IP on the interface GE0/0/1 has entered the DOWN state.",
            "",
            "The line protocol IP on the interface GE0/0/1 has entered the DOWN state.",
            &["host.name=SW-Core", "event.code=IFNET/4/LINK_STATE", "event.action=LINK_STATE", "event.outcome=unknown"],
        ),
    ]);
}

#[test]
fn h3c() {
    let login = "admin logged in from 192.0.2.9.";
    let fields = &[
        "host.name=H3C-Core",
        "process.name=SHELL",
        "event.code=SHELL/5/SHELL_LOGIN",
        "user.name=admin",
        "source.ip=192.0.2.9",
        "event.action=login",
        "event.outcome=success",
    ];
    check(&[
        ("%Nov 21 09:00:00:000 2026 H3C-Core SHELL/5/SHELL_LOGIN: admin logged in from 192.0.2.9.", "no-zone", login, fields),
        ("<189>Nov 21 09:00:00 2026 H3C-Core %%10SHELL/5/SHELL_LOGIN: admin logged in from 192.0.2.9.", "no-zone", login, fields),
        ("<189>%Nov 21 09:00:00:000 2026 H3C-Core SHELL/5/SHELL_LOGIN: admin logged in from 192.0.2.9.", "no-zone", login, fields),
        (
            "<189>Nov 21 09:00:00 2026 H3C-Core %%10SHELL/5/SHELL_LOGIN(l): -DevIP=10.0.0.2; VTY logged in from 192.0.2.9.",
            "no-zone",
            "-DevIP=10.0.0.2; VTY logged in from 192.0.2.9.",
            &["host.name=H3C-Core", "source.ip=192.0.2.9", "event.action=login", "event.outcome=success"],
        ),
        (
            "<190>Nov 21 09:00:00 2026 H3C-Core %%10SHELL/6/SHELL_CMD: -Line=vty0-IPAddr=192.0.2.9-User=admin; Command is display version",
            "no-zone",
            "-Line=vty0-IPAddr=192.0.2.9-User=admin; Command is display version",
            &[
                "host.name=H3C-Core",
                "user.name=admin",
                "source.ip=192.0.2.9",
                "process.command_line=display version",
                "event.action=command",
                "event.outcome=unknown",
            ],
        ),
        (
            "<188>Nov 21 09:00:00 2026 H3C-Core %%10LOGIN/5/LOGIN_FAILED: admin failed to log in from 192.0.2.9.",
            "no-zone",
            "admin failed to log in from 192.0.2.9.",
            &["host.name=H3C-Core", "user.name=admin", "source.ip=192.0.2.9", "event.action=login", "event.outcome=failure"],
        ),
        (
            "<190>Nov 21 09:00:00 2026 H3C-Core %%10SSHS/6/SSHS_LOG: Accepted password for admin from 192.0.2.9 port 1055 ssh2.",
            "no-zone",
            "Accepted password for admin from 192.0.2.9 port 1055 ssh2.",
            &[
                "host.name=H3C-Core",
                "user.name=admin",
                "source.ip=192.0.2.9",
                "source.port=1055",
                "event.action=ssh_login",
                "event.outcome=success",
            ],
        ),
    ]);
}

#[test]
fn pairs() {
    check(&[
        (
            r#"<189>date=2026-11-21 time=09:00:00 devname="FGT-1" devid="F1" tz="+0800" logid="0000000013" type="traffic" srcip=10.1.2.3 srcport=6252 dstip=198.51.100.7 dstport=443 proto=6 action="deny" user="alice" policyid=0"#,
            "",
            r#"date=2026-11-21 time=09:00:00 devname="FGT-1" devid="F1" tz="+0800" logid="0000000013" type="traffic" srcip=10.1.2.3 srcport=6252 dstip=198.51.100.7 dstport=443 proto=6 action="deny" user="alice" policyid=0"#,
            &[
                "host.name=FGT-1",
                "event.code=0000000013",
                "source.ip=10.1.2.3",
                "source.port=6252",
                "destination.ip=198.51.100.7",
                "destination.port=443",
                "network.transport=tcp",
                "event.action=deny",
                "event.outcome=failure",
                "user.name=alice",
                "kv.policyid=0",
            ],
        ),
        (
            r#"<190>date=2026-11-21 time=09:00:00 tz="+0800" logdesc="Admin login successful" user="admin" ui="https(192.0.2.9)" action="login" status="success" srcip=192.0.2.9 msg="Administrator admin logged in""#,
            "",
            r#"date=2026-11-21 time=09:00:00 tz="+0800" logdesc="Admin login successful" user="admin" ui="https(192.0.2.9)" action="login" status="success" srcip=192.0.2.9 msg="Administrator admin logged in""#,
            &[
                "user.name=admin",
                "source.ip=192.0.2.9",
                "event.action=login",
                "event.outcome=success",
                "kv.ui=https(192.0.2.9)",
                "kv.msg=Administrator admin logged in",
            ],
        ),
        (
            "<4>1 2026-11-21T09:00:00+08:00 fw kernel - - - [12.5] [UFW BLOCK] IN=eth0 OUT= MAC=00:00 SRC=198.51.100.7 DST=10.1.2.3 LEN=40 DF PROTO=TCP SPT=31748 DPT=23 SYN URGP=0",
            "",
            "[12.5] [UFW BLOCK] IN=eth0 OUT= MAC=00:00 SRC=198.51.100.7 DST=10.1.2.3 LEN=40 DF PROTO=TCP SPT=31748 DPT=23 SYN URGP=0",
            &[
                "host.name=fw",
                "source.ip=198.51.100.7",
                "source.port=31748",
                "destination.ip=10.1.2.3",
                "destination.port=23",
                "network.transport=tcp",
                "rule.name=UFW BLOCK",
                "event.action=flow_denied",
                "event.outcome=failure",
                "kv.IN=eth0",
                "kv.LEN=40",
            ],
        ),
        (
            "<4>Nov 21 09:00:00 fw kernel: ACCEPT-FORWARD: IN=eth0 OUT=eth1 SRC=10.1.2.3 DST=198.51.100.7 PROTO=UDP SPT=53 DPT=53",
            "no-year,no-zone",
            "ACCEPT-FORWARD: IN=eth0 OUT=eth1 SRC=10.1.2.3 DST=198.51.100.7 PROTO=UDP SPT=53 DPT=53",
            &["host.name=fw", "source.ip=10.1.2.3", "network.transport=udp", "event.action=flow_allowed", "event.outcome=success"],
        ),
        (
            "<13>1 2026-11-21T09:00:00+08:00 h audit - - - type=USER_LOGIN msg=audit(1795222800.123:456): pid=812 uid=0 auid=1000 msg='op=login acct=\"root\" exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.9 terminal=ssh res=failed'",
            "",
            "type=USER_LOGIN msg=audit(1795222800.123:456): pid=812 uid=0 auid=1000 msg='op=login acct=\"root\" exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.9 terminal=ssh res=failed'",
            &[
                "host.name=h",
                "user.name=root",
                "source.ip=192.0.2.9",
                "event.action=login",
                "event.outcome=failure",
                "process.pid=812",
                "kv.exe=/usr/sbin/sshd",
            ],
        ),
        (
            "<13>1 2026-11-21T09:00:00+08:00 h app - - - user=alice,ip=192.0.2.9;result=成功",
            "",
            "user=alice,ip=192.0.2.9;result=成功",
            &["host.name=h", "user.name=alice", "source.ip=192.0.2.9", "event.outcome=success"],
        ),
        (
            "<13>1 2026-11-21T09:00:00+08:00 h app - - - 登录 用户名=张三 源IP=192.0.2.9 动作=登录 结果=失败",
            "",
            "登录 用户名=张三 源IP=192.0.2.9 动作=登录 结果=失败",
            &["host.name=h", "user.name=张三", "source.ip=192.0.2.9", "event.action=登录", "event.outcome=failure"],
        ),
        ("<13>1 2026-11-21T09:00:00+08:00 h app - - - one pair a=1 is an accident", "", "one pair a=1 is an accident", &["host.name=h"]),
    ]);
}

#[test]
fn cef_and_leef() {
    check(&[
        (
            r"<13>1 2026-11-21T09:00:00+08:00 h waf - - - CEF:0|Some\|One|WAF|1.0|100|SQL injection|8|src=198.51.100.7 spt=5000 dst=10.1.2.3 dpt=80 suser=alice act=blocked request=http://x/?a\=1 msg=two words, and \= more cs1=last",
            "",
            r"CEF:0|Some\|One|WAF|1.0|100|SQL injection|8|src=198.51.100.7 spt=5000 dst=10.1.2.3 dpt=80 suser=alice act=blocked request=http://x/?a\=1 msg=two words, and \= more cs1=last",
            &[
                "host.name=h",
                "observer.vendor=Some|One",
                "observer.product=WAF",
                "event.code=100",
                "cef.name=SQL injection",
                "cef.severity=8",
                "source.ip=198.51.100.7",
                "source.port=5000",
                "destination.ip=10.1.2.3",
                "destination.port=80",
                "user.name=alice",
                "event.action=blocked",
                "event.outcome=failure",
                "url.original=http://x/?a=1",
                "cef.msg=two words, and = more",
                "cef.cs1=last",
            ],
        ),
        (
            "CEF:0|V|P|1|7|Login|3|duser=bob src=192.0.2.9 outcome=success rt=1795222800000",
            "",
            "CEF:0|V|P|1|7|Login|3|duser=bob src=192.0.2.9 outcome=success rt=1795222800000",
            &["user.name=bob", "source.ip=192.0.2.9", "event.action=Login", "event.outcome=success"],
        ),
        ("CEF:0|V|P", "no-time", "CEF:0|V|P", &[]),
        (
            "<13>Nov 21 09:00:00 h LEEF:1.0|V|P|1|Logon|usrName=alice\tsrc=192.0.2.9\tx=y",
            "no-year,no-zone",
            "LEEF:1.0|V|P|1|Logon|usrName=alice\tsrc=192.0.2.9\tx=y",
            &[
                "host.name=h",
                "event.code=Logon",
                "user.name=alice",
                "source.ip=192.0.2.9",
                "event.action=Logon",
                "event.outcome=unknown",
                "leef.x=y",
            ],
        ),
        (
            "LEEF:2.0|V|P|1|Logon|x5E|usrName=alice^src=192.0.2.9",
            "no-time",
            "LEEF:2.0|V|P|1|Logon|x5E|usrName=alice^src=192.0.2.9",
            &["user.name=alice", "source.ip=192.0.2.9", "event.action=Logon", "event.outcome=unknown"],
        ),
    ]);
}

#[test]
fn json() {
    check(&[
        (
            r#"{"@timestamp":"2026-11-21T01:00:00Z","message":"hello","host.name":"web01","event":{"action":"login","outcome":"failure"},"user":{"name":"张三","id":7},"source":{"ip":"192.0.2.9","port":5000},"extra":{"deep":[1,"two",true,null]}}"#,
            "",
            "hello",
            &[
                "host.name=web01",
                "event.action=login",
                "event.outcome=failure",
                "user.name=张三",
                "user.id=7",
                "source.ip=192.0.2.9",
                "source.port=5000",
                "json.extra.deep=1",
            ],
        ),
        (
            r#"{"time":1795222800,"user":"alice","client_ip":"192.0.2.9","action":"login","status":"success","msg":"a \"b\" \u4f60","note":"a \"b\" \u4f60\ud842\udfb7\ud842"}"#,
            "",
            r#"a \"b\" \u4f60"#,
            &["user.name=alice", "source.ip=192.0.2.9", "event.action=login", "event.outcome=success", "json.note=a \"b\" 你𠮷\u{fffd}"],
        ),
        (
            r#"<13>1 2026-11-21T09:00:00+08:00 h app - - - {"message":"inner","host":"other","status":404}"#,
            "",
            r#"{"message":"inner","host":"other","status":404}"#,
            &["host.name=h", "json.host=other", "http.response.status_code=404", "json.message=inner"],
        ),
        ("{}", "no-time", "{}", &[]),
        ("{\"a\":1", "bad-json,no-time", "{\"a\":1", &["json.a=1"]),
        ("{\"a\":1} x", "bad-json,no-time", "{\"a\":1} x", &["json.a=1"]),
        ("{a:1}", "bad-json,no-time", "{a:1}", &[]),
        ("{\"a\":\"x}", "bad-json,no-time", "{\"a\":\"x}", &[]),
    ]);
}

#[test]
fn json_has_limits() {
    for (depth, deep) in [(JSON_DEPTH - 1, false), (JSON_DEPTH, false), (JSON_DEPTH + 1, true)] {
        let raw = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        let event = parse(raw.as_bytes(), received());
        assert_eq!(event.notes.iter().any(|n| n.code() == "json-depth"), deep, "{depth}");
        assert_eq!(event.fields.len(), usize::from(!deep), "{depth}");
    }
    for (count, cut) in [(FIELDS - 1, false), (FIELDS, false), (FIELDS + 1, true)] {
        let members: Vec<String> = (0..count).map(|i| format!("\"k{i}\":{i}")).collect();
        let pairs: Vec<String> = (0..count).map(|i| format!("k{i}={i}")).collect();
        for raw in [format!("{{{}}}", members.join(",")), pairs.join(" ")] {
            let event = parse(raw.as_bytes(), received());
            assert_eq!(event.notes.iter().any(|n| n.code() == "fields-cut"), cut, "{count}");
            assert_eq!(event.fields.len(), count.min(FIELDS), "{count}");
        }
    }
    // Bombs: deep, wide, and both. Each is read in one pass and gives few fields.
    for raw in [
        "[".repeat(1 << 20),
        "{\"a\":".repeat(200_000),
        format!("{{\"a\":[{}1]}}", "[1,".repeat(100_000)),
        format!("{{{}}}", "\"a\":1,".repeat(170_000)),
    ] {
        assert!(parse(raw.as_bytes(), received()).fields.len() <= FIELDS + 1);
    }
}
