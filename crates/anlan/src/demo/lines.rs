//! Lines in the words of real devices: made up, with addresses that are nobody's (RFC 1918, RFC 5737) and users that are numbers.

use anlan_base::{Day, Instant, TimeOfDay};

use super::devices::{Device, Make};
use super::dice::Dice;

/// Outside addresses of the made-up world.
const OUTSIDE: [&str; 8] =
    ["203.0.113.10", "203.0.113.25", "203.0.113.80", "198.51.100.7", "198.51.100.34", "198.51.100.120", "192.0.2.18", "192.0.2.66"];
/// Where the night of failed logins comes from.
pub const ATTACKER: &str = "203.0.113.77";
const NAMES_TRIED: [&str; 10] = ["root", "admin", "test", "oracle", "ubuntu", "guest", "postgres", "ftpuser", "backup", "user"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const PAGES: [&str; 8] =
    ["/", "/index.html", "/news/list.html", "/notice/2026.html", "/css/main.css", "/img/top.jpg", "/api/score", "/login"];

/// A moment as devices write it.
struct Stamp {
    year: u32,
    month: &'static str,
    number: u8,
    day: u8,
    clock: String,
}

impl Stamp {
    fn of(at: Instant) -> Self {
        let (date, time) = (Day::of(at).civil(), TimeOfDay::of(at));
        let second = at.since(Day::of(at).start()) / Instant::SECOND % 60;
        Self {
            year: date.year(),
            month: MONTHS.get(usize::from(date.month()).saturating_sub(1)).copied().unwrap_or("Jan"),
            number: date.month(),
            day: date.day_of_month(),
            clock: format!("{time}:{second:02}"),
        }
    }

    /// `Nov  1 09:00:00`
    fn bsd(&self) -> String {
        format!("{} {:>2} {}", self.month, self.day, self.clock)
    }

    /// `Nov 01 2026 09:00:00`
    fn with_year(&self) -> String {
        format!("{} {:02} {} {}", self.month, self.day, self.year, self.clock)
    }

    /// `2026-11-01`
    fn date(&self) -> String {
        format!("{}-{:02}-{:02}", self.year, self.number, self.day)
    }
}

/// Who is behind an address of a unit's net.
struct Guest {
    ip: String,
    mac: String,
    pc: String,
    user: String,
}

impl Guest {
    fn of(device: &Device, dice: &mut Dice) -> Self {
        let n = dice.roll(160);
        let part = device.net().trim_start_matches("10.");
        Self {
            ip: format!("{}.{}.{}", device.net(), 10 + n % 4, 20 + n),
            mac: format!("02:00:5e:{:02x}:{:02x}:{:02x}", part.parse::<u8>().unwrap_or(0), n % 7, n),
            pc: format!("PC-{part}{n:03}"),
            user: format!("js{part}{n:03}"),
        }
    }
}

/// One line of a device, as it would write it at this moment.
pub fn line(device: &Device, at: Instant, dice: &mut Dice) -> String {
    let (stamp, guest) = (Stamp::of(at), Guest::of(device, dice));
    match device.make {
        Make::HuaweiFirewall => huawei_firewall(device, &stamp, &guest, dice),
        Make::HuaweiSwitch => huawei_switch(device, &stamp, dice),
        Make::H3cFirewall => h3c_firewall(device, &stamp, &guest, dice),
        Make::H3cSwitch => h3c_switch(device, &stamp, dice),
        Make::H3cWireless => h3c_wireless(device, &stamp, &guest, dice),
        Make::RuijieGateway => ruijie_gateway(device, &stamp, &guest, dice),
        Make::RuijieSwitch => ruijie_switch(device, &stamp, dice),
        Make::CiscoAsa => cisco_asa(device, &stamp, &guest, dice),
        Make::Dnsmasq => dnsmasq(device, &stamp, &guest, dice),
        Make::Linux => linux(device, &stamp, &guest, dice),
        Make::Nginx => nginx(device, &stamp, &guest, dice),
        Make::Windows => windows(device, &stamp, &guest, dice),
        Make::RoomMonitor => room_monitor(device, &stamp, dice),
        Make::Unlisted => format!("<30>{} {} smbd[{}]: {} opened a share", stamp.bsd(), device.host, dice.between(700, 999), guest.ip),
    }
}

/// One failed login of the bad night.
pub fn failed_login(device: &Device, at: Instant, dice: &mut Dice) -> String {
    let name = dice.pick(&NAMES_TRIED);
    let invalid = if matches!(name, "root" | "backup") { "" } else { "invalid user " };
    let (pid, port) = (dice.between(20_000, 30_000), dice.between(33_000, 60_000));
    format!("<38>{} {} sshd[{pid}]: Failed password for {invalid}{name} from {ATTACKER} port {port} ssh2", Stamp::of(at).bsd(), device.host)
}

fn huawei_firewall(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let head = format!("{}+08:00 {}", stamp.with_year(), device.host);
    let (outside, port) = (dice.pick(&OUTSIDE), dice.between(20_000, 60_000));
    match dice.roll(20) {
        0 => format!("<188>{head} %%01SHELL/5/LOGIN(l)[{}]:VTY login from {}.0.250", dice.roll(99), device.net()),
        1..=3 => format!(
            "<188>{head} %%01POLICY/6/POLICYDENY(l):vsys=public, protocol=6, source-ip={outside}, source-port={port}, destination-ip={}.0.10, destination-port={}, time={} {}, source-zone=untrust, destination-zone=dmz, rule-name=default",
            device.net(),
            dice.pick(&["22", "23", "445", "3389"]),
            stamp.date(),
            stamp.clock
        ),
        _ => format!(
            "<190>{head} %%01POLICY/6/POLICYPERMIT(l):vsys=public, protocol=6, source-ip={}, source-port={port}, destination-ip={outside}, destination-port={}, time={} {}, source-zone=trust, destination-zone=untrust, rule-name=out, user-name={}",
            guest.ip,
            dice.pick(&["80", "443"]),
            stamp.date(),
            stamp.clock,
            guest.user
        ),
    }
}

fn huawei_switch(device: &Device, stamp: &Stamp, dice: &mut Dice) -> String {
    let (head, port) = (format!("{}+08:00 {}", stamp.with_year(), device.host), dice.between(1, 48));
    match dice.roll(6) {
        0 => format!("<189>{head} %%01SHELL/5/LOGIN(l)[{}]:VTY login from {}.0.250", dice.roll(99), device.net()),
        1 => format!(
            "<189>{head} %%01SHELL/5/CMDRECORD(s)[{}]:Recorded command information. (Task=VTY0, Ip={}.0.250, VpnName=, User=netadmin, AuthenticationMethod=\"Password\", Command=\"display interface brief\")",
            dice.roll(99),
            device.net()
        ),
        n => format!(
            "<187>{head} %%01IFNET/4/LINK_STATE(l)[{}]:The line protocol IP on the interface GE0/0/{port} has entered the {} state.",
            dice.roll(99),
            if n % 2 == 0 { "UP" } else { "DOWN" }
        ),
    }
}

fn h3c_firewall(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let head = format!("{} {} {} {} {}", stamp.month, stamp.day, stamp.clock, stamp.year, device.host);
    let (outside, port) = (dice.pick(&OUTSIDE), dice.between(20_000, 60_000));
    match dice.roll(20) {
        0 => format!("<189>{head} %%10SHELL/5/SHELL_LOGIN: netadmin logged in from {}.0.250.", device.net()),
        1..=3 => format!(
            "<190>{head} %%10FILTER/6/FILTER_ZONE_EXECUTION_IPV4: SrcZoneName(1025)=Untrust;DstZoneName(1035)=Local;Type(1067)=ACL;Protocol(1001)=TCP;SrcIPAddr(1003)={outside};SrcPort(1004)={port};DstIPAddr(1007)={}.0.1;DstPort(1008)=22;MatchCount(1069)=1;Action(1053)=Deny;",
            device.net()
        ),
        _ => format!(
            "<190>{head} %%10SESSION/6/SESSION_IPV4_FLOW: Protocol(1001)=TCP;SrcIPAddr(1003)={};SrcPort(1004)={port};NATSrcIPAddr(1005)=192.0.2.2;DstIPAddr(1007)={outside};DstPort(1008)=443;UserName(1113)={};Event(1048)=(8)Session created;",
            guest.ip, guest.user
        ),
    }
}

fn h3c_switch(device: &Device, stamp: &Stamp, dice: &mut Dice) -> String {
    let head = format!("{} {} {} {} {}", stamp.month, stamp.day, stamp.clock, stamp.year, device.host);
    let port = dice.between(1, 48);
    match dice.roll(6) {
        0 => format!("<189>{head} %%10SHELL/5/SHELL_LOGIN: netadmin logged in from {}.0.250.", device.net()),
        1 => format!(
            "<190>{head} %%10SHELL/6/SHELL_CMD: -Line=vty0-IPAddr={}.0.250-User=netadmin; Command is display interface brief",
            device.net()
        ),
        n => format!(
            "<189>{head} %%10IFNET/3/PHY_UPDOWN: Physical state on the interface GigabitEthernet1/0/{port} changed to {}.",
            if n % 2 == 0 { "up" } else { "down" }
        ),
    }
}

fn h3c_wireless(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let head = format!("{} {} {} {} {}", stamp.month, stamp.day, stamp.clock, stamp.year, device.host);
    let (room, verb) = (dice.between(101, 420), dice.pick(&["online", "online", "offline"]));
    let name = if verb == "online" { "STAMGR_CLIENT_ONLINE" } else { "STAMGR_CLIENT_OFFLINE" };
    format!(
        "<190>{head} %%10STAMGR/6/{name}: Client {} went {verb} on BSS of AP room{room}, SSID campus, user name {}, IP address {}.",
        guest.mac, guest.user, guest.ip
    )
}

fn ruijie_gateway(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let head = format!("{} {}", stamp.bsd(), device.host);
    let outside = dice.pick(&OUTSIDE);
    match dice.roll(12) {
        0 => format!("<189>{head} user={}, ip={}, event=login, auth=web, result=success", guest.user, guest.ip),
        1 => format!("<188>{head} user={}, ip={}, event=login, auth=web, result=failure", guest.user, guest.ip),
        _ => format!(
            "<190>{head} user={}, srcip={}, dstip={outside}, dstport=443, app={}, action={}",
            guest.user,
            guest.ip,
            dice.pick(&["web", "video", "update", "mail", "exam"]),
            dice.pick(&["permit", "permit", "permit", "deny"])
        ),
    }
}

fn ruijie_switch(device: &Device, stamp: &Stamp, dice: &mut Dice) -> String {
    let (head, port) = (format!("{} {}", stamp.bsd(), device.host), dice.between(1, 24));
    match dice.roll(5) {
        0 => format!("<189>{head} %SYS-5-CONFIG_I: Configured from console by vty0 ({}.0.250)", device.net()),
        1 => format!("<189>{head} %LOGIN-5-LOGIN_SUCCESS: User login from vty0({}.0.250), user netadmin", device.net()),
        n => format!(
            "<189>{head} %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet 0/{port}, changed state to {}.",
            if n % 2 == 0 { "up" } else { "down" }
        ),
    }
}

fn cisco_asa(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let head = format!("<166>{} {} : ", stamp.with_year(), device.host);
    let (outside, port, id) = (dice.pick(&OUTSIDE), dice.between(20_000, 60_000), dice.between(10_000, 99_999));
    match dice.roll(8) {
        0 => format!("{head}%ASA-6-113004: AAA user authentication Successful : server = 10.1.0.12 : user = {}", guest.user),
        1 => format!(
            "{head}%ASA-6-113005: AAA user authentication Rejected : reason = Invalid password : server = 10.1.0.12 : user = {} : user IP = {outside}",
            guest.user
        ),
        2 => format!(
            "{head}%ASA-4-106023: Deny tcp src outside:{outside}/{port} dst inside:10.1.0.12/3389 by access-group \"outside_in\" [0x0, 0x0]"
        ),
        _ => format!(
            "{head}%ASA-6-302013: Built outbound TCP connection {id} for outside:{outside}/443 ({outside}/443) to inside:{}/{port} ({}/{port})",
            guest.ip, guest.ip
        ),
    }
}

fn dnsmasq(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let head = format!("<30>{} {} dnsmasq-dhcp[811]:", stamp.bsd(), device.host);
    match dice.roll(5) {
        0 => format!("{head} DHCPDISCOVER(br0) {}", guest.mac),
        1 => format!("{head} DHCPREQUEST(br0) {} {}", guest.ip, guest.mac),
        _ => format!("{head} DHCPACK(br0) {} {} {}", guest.ip, guest.mac, guest.pc),
    }
}

fn linux(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let (head, pid) = (format!("{} {}", stamp.bsd(), device.host), dice.between(1_000, 32_000));
    let (port, net) = (dice.between(33_000, 60_000), device.net());
    match dice.roll(8) {
        0 => format!("<38>{head} sshd[{pid}]: Accepted publickey for opsadmin from {net}.0.250 port {port} ssh2: ED25519 SHA256:demo"),
        1 => format!("<38>{head} sshd[{pid}]: Failed password for opsadmin from {} port {port} ssh2", guest.ip),
        2 => format!("<86>{head} sudo: opsadmin : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/systemctl status app"),
        3 => format!("<86>{head} systemd-logind[611]: New session {} of user opsadmin.", dice.between(10, 9_999)),
        _ => format!("<78>{head} CRON[{pid}]: (root) CMD (run-parts /etc/cron.hourly)"),
    }
}

fn nginx(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let from = if dice.roll(3) == 0 { dice.pick(&OUTSIDE).to_owned() } else { guest.ip.clone() };
    let (page, status) = (dice.pick(&PAGES), dice.pick(&["200", "200", "200", "200", "304", "404", "302"]));
    format!(
        "<190>{} {} nginx: {from} - - [{:02}/{}/{}:{} +0800] \"GET {page} HTTP/1.1\" {status} {} \"-\" \"Mozilla/5.0\"",
        stamp.bsd(),
        device.host,
        stamp.day,
        stamp.month,
        stamp.year,
        stamp.clock,
        dice.between(150, 48_000)
    )
}

fn windows(device: &Device, stamp: &Stamp, guest: &Guest, dice: &mut Dice) -> String {
    let head = format!("<13>{} {} Microsoft-Windows-Security-Auditing[620]:", stamp.bsd(), device.host);
    match dice.roll(8) {
        0 => format!("{head} EventID=4625 An account failed to log on. TargetUserName={} IpAddress={} LogonType=3", guest.user, guest.ip),
        1 => format!("{head} EventID=4634 An account was logged off. TargetUserName={} LogonType=3", guest.user),
        2 => format!("{head} EventID=4672 Special privileges assigned to new logon. SubjectUserName=opsadmin"),
        _ => format!(
            "{head} EventID=4624 An account was successfully logged on. TargetUserName={} IpAddress={} LogonType=3",
            guest.user, guest.ip
        ),
    }
}

fn room_monitor(device: &Device, stamp: &Stamp, dice: &mut Dice) -> String {
    format!(
        "<134>{} {} room[77]: temp={}.{} humidity={} ups=normal water=dry door={}",
        stamp.bsd(),
        device.host,
        dice.between(21, 26),
        dice.roll(10),
        dice.between(38, 60),
        dice.pick(&["closed", "closed", "closed", "open"])
    )
}

#[cfg(test)]
mod tests {
    use super::super::devices::{DEVICES, STRAY};
    use super::*;

    #[test]
    fn each_device_says_when_and_who_it_is() {
        let at = anlan_base::parse_time("2026-11-02T09:05:07+08:00").unwrap();
        let mut dice = Dice::new(1, &[]);
        for device in DEVICES.iter().chain([&STRAY]) {
            for _ in 0..40 {
                let line = line(device, at, &mut dice);
                let event = anlan_wire_time(&line);
                assert!(line.contains(device.host) && line.starts_with('<') && line.is_ascii(), "{line}");
                assert!(event, "{line}");
            }
        }
        assert!(failed_login(&DEVICES[7], at, &mut dice).contains("Failed password for"));
    }

    fn anlan_wire_time(line: &str) -> bool {
        line.contains("09:05:07")
            && (line.contains("Nov  2") || line.contains("Nov 02") || line.contains("Nov 2 ") || line.contains("2026-11-02"))
    }
}
