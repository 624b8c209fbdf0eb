//! The forty devices of the made-up county, and one that nobody listed.

use anlan_base::Origin;

/// In whose words a device writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Make {
    HuaweiFirewall,
    HuaweiSwitch,
    H3cFirewall,
    H3cSwitch,
    H3cWireless,
    RuijieGateway,
    RuijieSwitch,
    CiscoAsa,
    Dnsmasq,
    Linux,
    Nginx,
    Windows,
    RoomMonitor,
    /// What nobody listed.
    Unlisted,
}

impl Make {
    /// Its category on the list of what must log.
    pub fn category(self) -> &'static str {
        match self {
            Self::HuaweiFirewall | Self::H3cFirewall | Self::CiscoAsa => "firewall_nat",
            Self::RuijieGateway => "behaviour",
            Self::Dnsmasq | Self::H3cWireless => "dhcp_ac",
            Self::HuaweiSwitch | Self::H3cSwitch | Self::RuijieSwitch => "switch",
            Self::Nginx => "website",
            Self::Linux | Self::Windows => "server",
            Self::RoomMonitor | Self::Unlisted => "other",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Address that its lines come from.
    pub address: &'static str,
    /// Name that it gives itself.
    pub host: &'static str,
    pub title: &'static str,
    /// Key of its unit.
    pub unit: &'static str,
    pub make: Make,
    pub origin: Origin,
    /// How much it writes on a working day, against the others.
    pub weight: u64,
}

impl Device {
    /// The part of its unit's addresses: `10.2`.
    pub fn net(&self) -> &'static str {
        match self.unit {
            "yizhong" => "10.2",
            "erzhong" => "10.3",
            "xiaoxue" => "10.4",
            _ => "10.1",
        }
    }
}

/// The switch that falls silent.
pub const SILENT: &str = "10.2.0.13";
/// The server that is attacked for a night.
pub const ATTACKED: &str = "10.1.0.11";
/// The switch that says nothing for three days in September.
pub const PAUSED: &str = "10.3.0.12";
/// The device whose datagrams were dropped for some minutes.
pub const DROPPED: &str = "10.2.0.6";
/// The device whose clock is slow.
pub const SLOW: &str = "10.3.0.5";
/// The device that nobody listed.
pub const UNLISTED: &str = "10.4.0.77";

macro_rules! devices {
    ($($address:literal $host:literal $title:literal $unit:ident $make:ident $origin:ident $weight:literal;)*) => {
        &[$(Device {
            address: $address, host: $host, title: $title, unit: stringify!($unit), make: Make::$make, origin: Origin::$origin, weight: $weight,
        }),*]
    };
}

pub const DEVICES: &[Device] = devices![
    "10.1.0.1" "FW-JYJ" "教育局出口防火墙" bureau HuaweiFirewall Tcp 120;
    "10.1.0.2" "SW-JYJ-CORE" "教育局核心交换机" bureau HuaweiSwitch Udp 16;
    "10.1.0.3" "SW-JYJ-2F" "教育局二楼交换机" bureau H3cSwitch Udp 10;
    "10.1.0.4" "EG-JYJ" "教育局上网行为管理" bureau RuijieGateway Tcp 110;
    "10.1.0.5" "dhcp-jyj" "教育局地址分配（DHCP）" bureau Dnsmasq Udp 50;
    "10.1.0.6" "ASA-VPN" "教育局远程接入（VPN）" bureau CiscoAsa Tcp 40;
    "10.1.0.10" "web01" "教育局门户网站" bureau Nginx Tls 110;
    "10.1.0.11" "oa-srv" "办公系统服务器" bureau Linux Relp 36;
    "10.1.0.12" "DC01" "域控制器" bureau Windows Tcp 60;
    "10.1.0.20" "envmon-jyj" "教育局机房环境监控" bureau RoomMonitor Udp 12;
    "10.2.0.1" "FW-YZ" "一中出口防火墙" yizhong H3cFirewall Tcp 90;
    "10.2.0.2" "SW-YZ-CORE" "一中核心交换机" yizhong H3cSwitch Udp 16;
    "10.2.0.11" "SW-YZ-J1" "一中教学楼一层交换机" yizhong H3cSwitch Udp 10;
    "10.2.0.12" "SW-YZ-J2" "一中教学楼二层交换机" yizhong H3cSwitch Udp 10;
    "10.2.0.13" "SW-YZ-J3" "一中教学楼三层交换机" yizhong H3cSwitch Udp 10;
    "10.2.0.4" "EG-YZ" "一中上网行为管理" yizhong RuijieGateway Tcp 90;
    "10.2.0.5" "dhcp-yz" "一中地址分配（DHCP）" yizhong Dnsmasq Udp 60;
    "10.2.0.6" "AC-YZ" "一中无线控制器" yizhong H3cWireless Udp 60;
    "10.2.0.10" "srv-yz" "一中教务服务器" yizhong Linux Tls 28;
    "10.2.0.9" "web-yz" "一中网站" yizhong Nginx Tls 60;
    "10.3.0.1" "FW-EZ" "二中出口防火墙" erzhong HuaweiFirewall Tcp 80;
    "10.3.0.2" "SW-EZ-CORE" "二中核心交换机" erzhong HuaweiSwitch Udp 16;
    "10.3.0.11" "SW-EZ-J1" "二中教学楼交换机" erzhong HuaweiSwitch Udp 10;
    "10.3.0.12" "SW-EZ-S1" "二中实验楼交换机" erzhong RuijieSwitch Udp 10;
    "10.3.0.13" "SW-EZ-SS" "二中宿舍楼交换机" erzhong RuijieSwitch Udp 10;
    "10.3.0.4" "EG-EZ" "二中上网行为管理" erzhong RuijieGateway Tcp 80;
    "10.3.0.5" "dhcp-ez" "二中地址分配（DHCP）" erzhong Dnsmasq Udp 50;
    "10.3.0.6" "AC-EZ" "二中无线控制器" erzhong H3cWireless Udp 50;
    "10.3.0.10" "WIN-EZ-JW" "二中教务服务器" erzhong Windows Tcp 36;
    "10.3.0.20" "envmon-ez" "二中机房环境监控" erzhong RoomMonitor Udp 12;
    "10.4.0.1" "FW-XX" "城关小学出口防火墙" xiaoxue H3cFirewall Tcp 60;
    "10.4.0.2" "SW-XX-CORE" "城关小学核心交换机" xiaoxue RuijieSwitch Udp 14;
    "10.4.0.11" "SW-XX-A" "城关小学教学楼交换机" xiaoxue RuijieSwitch Udp 10;
    "10.4.0.12" "SW-XX-B" "城关小学综合楼交换机" xiaoxue RuijieSwitch Udp 10;
    "10.4.0.4" "EG-XX" "城关小学上网行为管理" xiaoxue RuijieGateway Tcp 60;
    "10.4.0.5" "dhcp-xx" "城关小学地址分配（DHCP）" xiaoxue Dnsmasq Udp 40;
    "10.4.0.6" "AC-XX" "城关小学无线控制器" xiaoxue H3cWireless Udp 40;
    "10.4.0.10" "srv-xx" "城关小学文件服务器" xiaoxue Linux Udp 20;
    "10.4.0.13" "WIN-XX-DB" "城关小学电子班牌服务器" xiaoxue Windows Tcp 24;
    "10.4.0.20" "envmon-xx" "城关小学机房环境监控" xiaoxue RoomMonitor Udp 12;
];

/// It writes, and stands on no list.
pub const STRAY: Device =
    Device { address: UNLISTED, host: "NAS-77", title: "", unit: "", make: Make::Unlisted, origin: Origin::Udp, weight: 4 };

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_forty_each_with_its_own_address_in_its_units_net() {
        assert_eq!(DEVICES.len(), 40);
        let addresses: BTreeSet<&str> = DEVICES.iter().map(|device| device.address).collect();
        assert_eq!(addresses.len(), 40);
        assert!(DEVICES.iter().all(|device| device.address.starts_with(device.net())));
        for named in [SILENT, ATTACKED, PAUSED, DROPPED, SLOW] {
            assert!(addresses.contains(named), "{named}");
        }
        assert!(!addresses.contains(UNLISTED));
    }
}
