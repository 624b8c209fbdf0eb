//! Serves the console with made-up lines over plain HTTP on loopback, to look at the pages: `cargo run -p anlan-web --example preview [PORT] [ACCOUNT]`.
//!
//! It is signed in already, the clock stands still, and everything is gone afterwards. Cookies lose `Secure` here and nowhere else.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a developer's example")]

#[path = "../tests/house/mod.rs"]
mod house;
#[path = "../tests/law_texts/mod.rs"]
mod law_texts;

use anlan_base::{SourceKey, parse_time};
use anlan_ledger::Actor;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use house::{House, NOW, Person};

/// [`DAYS`] before now.
const FIRST_DAY: &str = "2026-05-05T14:07:31+08:00";
const DAYS: u64 = 200;

/// A line of the made-up day: how many seconds before now, from whom, and what.
const LINES: [(u64, &str, &str); 18] = [
    (
        80_000,
        "ip:10.2.0.5",
        "<38>Nov 20 15:54:11 srv05 sshd[24101]: Accepted publickey for deploy from 10.1.1.9 port 40022 ssh2: ED25519 SHA256:abc",
    ),
    (61_200, "ip:10.2.0.5", "<86>Nov 20 21:07:31 srv05 sudo: zhang.wei : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/usr/bin/apt upgrade"),
    (50_000, "ip:10.1.0.1", "<189>Nov 21 00:14:11 sw-3f %%10SHELL/5/SHELL_LOGIN: netadmin logged in from 10.1.1.9."),
    (
        43_000,
        "ip:10.2.0.8",
        "<190>Nov 21 02:10:51 web08 nginx: 203.0.113.77 - - [21/Nov/2026:02:10:51 +0800] \"GET /wp-login.php HTTP/1.1\" 404 153 \"-\" \"Mozilla/5.0\"",
    ),
    (
        21_000,
        "ip:10.0.0.1",
        "<188>Nov 21 2026 08:17:31 fw01 %%01SECLOG/4/SESSION_DENY(l): policy=trust2dmz srcip=203.0.113.77 dstip=10.2.0.5 dstport=22",
    ),
    (
        10_000,
        "ip:10.1.40.1",
        "<30>Nov 21 11:20:51 dhcp01 dhcpd[811]: DHCPACK on 10.3.12.73 to 85:6f:f3:6e:61:01 (DESKTOP-05391) via 10.1.40.1",
    ),
    (5_000, "ip:10.1.0.2", "<189>Nov 21 12:44:11 教学楼二层 用户 netadmin 从 10.1.1.9 登录失败：口令错误"),
    (
        3_000,
        "token:sso",
        "{\"@timestamp\":\"2026-11-21T13:17:31+08:00\",\"level\":\"warn\",\"msg\":\"登录失败\",\"user\":{\"name\":\"20230117\"},\"ip\":\"10.3.8.21\"}",
    ),
    (
        900,
        "ip:10.2.0.8",
        "<190>Nov 21 13:52:31 web08 nginx: 10.3.8.21 - - [21/Nov/2026:13:52:31 +0800] \"POST /api/score HTTP/1.1\" 500 41 \"-\" \"okhttp/4\"",
    ),
    (
        320,
        "ip:10.2.0.5",
        "<38>1 2026-11-21T14:02:11.482133+08:00 srv05 sshd 24680 - - Failed password for invalid user admin from 203.0.113.77 port 51022 ssh2",
    ),
    (
        318,
        "ip:10.2.0.5",
        "<38>1 2026-11-21T14:02:13.120+08:00 srv05 sshd 24680 - - Failed password for root from 203.0.113.77 port 50988 ssh2",
    ),
    (
        300,
        "ip:10.0.0.1",
        "<188>Nov 21 2026 14:02:31 fw01 %%01SECLOG/4/SESSION_DENY(l): policy=trust2dmz srcip=203.0.113.77 dstip=10.2.0.5 dstport=22",
    ),
    (240, "ip:10.2.0.5", "<38>1 2026-11-21T14:03:31+08:00 srv05 sshd 24681 - - Failed password for root from 203.0.113.77 port 50990 ssh2"),
    (200, "ip:10.1.40.1", "<30>Nov 21 14:04:11 dhcp01 dhcpd[811]: DHCPACK on 10.3.12.80 to 40:8d:5c:11:20:9a (LAPTOP-TY-22) via 10.1.40.1"),
    (
        120,
        "ip:10.2.0.8",
        "<190>Nov 21 14:05:31 web08 nginx: 203.0.113.77 - - [21/Nov/2026:14:05:31 +0800] \"GET /<script>alert(1)</script> HTTP/1.1\" 400 0 \"-\" \"curl/8\"",
    ),
    (60, "ip:10.1.0.1", "<189>Nov 21 14:06:31 sw-3f %%10IFNET/3/LINK_UPDOWN: GigabitEthernet1/0/12 link status is down.\u{1b}[0m"),
    (20, "ip:10.2.0.5", "<78>Nov 21 14:07:11 srv05 CRON[25011]: (root) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.daily)"),
    (
        4,
        "token:sso",
        "{\"@timestamp\":\"2026-11-21T14:07:27+08:00\",\"level\":\"info\",\"msg\":\"登录成功\",\"user\":{\"name\":\"chen.lin\"},\"ip\":\"10.1.1.9\"}",
    ),
];

const NAMES: [(&str, &str); 4] =
    [("ip:10.2.0.5", "教务服务器 srv05"), ("ip:10.0.0.1", "出口防火墙"), ("ip:10.1.0.1", "教学楼三层交换机"), ("token:sso", "统一认证")];

/// Half a year of days, each source with its own holes; then the last day densely.
async fn fill(house: &House) {
    let now = parse_time(NOW).unwrap();
    for back in (1..DAYS).rev() {
        house.clock.set(now.minus_seconds(back * 86_400));
        for (i, (_, source, line)) in LINES.iter().enumerate() {
            let silent = (i % 5 == 2 && back < 19) || (back * 7 + i as u64 * 13).is_multiple_of(41) || back > 120 + 20 * i as u64;
            if !silent {
                house.keep(source, &vec![line.as_bytes(); 1 + (back as usize * (i + 3)) % 9]);
            }
        }
        house.vault.turn().unwrap();
    }
    for minute in (6..1440).rev().step_by(3) {
        house.clock.set(now.minus_seconds(minute * 60));
        let storm = (500..620).contains(&minute);
        let wave = 2 + (minute * minute / 97) % 5 + if storm { 9 } else { 0 };
        for i in 0..wave {
            let (_, source, line) = LINES[((minute + i * 5) % 18) as usize];
            house.keep(source, &[line.as_bytes()]);
        }
    }
    for (back, source, line) in LINES.iter().filter(|(back, ..)| *back < 340) {
        house.clock.set(now.minus_seconds(*back));
        house.keep(source, &[line.as_bytes()]);
    }
    house.clock.set(now.minus_seconds(2));
    house.keep("ip:10.9.9.9", &[b"\x16\x03\x01\x02\x00\x01\xfc\x03\x03 \xff\xfe binary", &encode_gb18030()]);
    house.clock.set(now);
    name(house).await;
}

/// 用户登录失败 in GB18030.
fn encode_gb18030() -> Vec<u8> {
    let mut line = b"<189>Nov 21 14:07:29 sw-old ".to_vec();
    line.extend_from_slice(&[0xd3, 0xc3, 0xbb, 0xa7, 0xb5, 0xc7, 0xc2, 0xbc, 0xca, 0xa7, 0xb0, 0xdc]);
    line
}

async fn name(house: &House) {
    for (_, source, _) in LINES {
        house.ledger.source(&SourceKey::new(source).unwrap()).await.unwrap();
    }
    house.ledger.source(&SourceKey::new("ip:10.1.0.77").unwrap()).await.unwrap();
    for (key, name) in NAMES {
        house.ledger.name_source(&Actor::System, &SourceKey::new(key).unwrap(), name).await.unwrap();
    }
    house.token("web01").await;
    house.token("sso").await;
    house.token("old-portal").await;
    house.ledger.revoke_token(&Actor::System, "old-portal").await.unwrap();
}

/// A damaged page and a whole text of the newest version, both made up.
async fn bring_texts(house: &House) {
    let actor = Actor::User(house::USER.to_owned());
    house.ledger.import_law_text(&actor, Some("csl@2016"), "某单位网页摘录.txt", law_texts::DAMAGED).await.unwrap();
    house.ledger.import_law_text(&actor, Some("csl@2025"), "网络安全法（示例全文）.txt", &law_texts::whole("csl@2025")).await.unwrap();
}

/// Signs every request in, unless it asks for a page of the entrance; lets cookies work without TLS.
async fn relax(person: Person, mut request: Request, next: Next) -> Response {
    let entrance = matches!(request.uri().path(), "/login" | "/first-run");
    if !entrance && !person.cookie.is_empty() {
        request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(&person.cookie).unwrap());
    }
    let mut response = next.run(request).await;
    response.headers_mut().remove(header::STRICT_TRANSPORT_SECURITY);
    response
}

async fn serve(house: House, person: Person, port: u16) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!("http://{}/", listener.local_addr().unwrap());
    let router = house.router.clone().layer(from_fn(move |request, next| relax(person.clone(), request, next)));
    axum::serve(listener, router).await.unwrap();
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let full = House::new_at(FIRST_DAY).await;
    full.first_run().await;
    fill(&full).await;
    let staff = full.staff().await;
    full.work(&staff, parse_time(NOW).unwrap()).await;
    let account = std::env::args().nth(2).unwrap_or_else(|| staff.teacher.account.to_owned());
    let person = full.session_of(&account).await;
    let (empty, nobody) = House::with_person().await;
    let fresh = House::new().await;
    println!("one-time code {}", fresh.ledger.first_run_code().await.unwrap());
    bring_texts(&empty).await;
    let port: u16 = std::env::args().nth(1).map_or(8600, |port| port.parse().unwrap());
    let full = serve(full, person, port);
    let empty = serve(empty, nobody, port + 1);
    let fresh = serve(fresh, Person::default(), port + 2);
    tokio::join!(full, empty, fresh);
}
