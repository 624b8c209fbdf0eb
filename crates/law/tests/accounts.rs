//! Rules for accounts: what packs may say, and which of several holds.
#![allow(clippy::unwrap_used, reason = "a test may")]

use anlan_law::Fault;
use anlan_law::accounts::AccountRules;
use anlan_law::pack::Lawbook;

fn head(id: &str) -> String {
    format!("schema = \"anlan-lawpack/1\"\nid = \"{id}\"\nversion = \"1\"\ntitle = {{ zh = \"甲\", en = \"A\" }}\n")
}

/// The rules of packs `a`, `b`, … with these files.
fn rules(texts: &[&str]) -> Result<AccountRules, Vec<Fault>> {
    let ids: Vec<String> = (0..texts.len()).map(|n| char::from(b'a' + u8::try_from(n).unwrap()).to_string()).collect();
    let heads: Vec<(String, String)> = ids.iter().map(|id| (format!("{id}/pack.toml"), head(id))).collect();
    let own: Vec<(String, String)> = ids.iter().zip(texts).map(|(id, text)| (format!("{id}/accounts.toml"), (*text).to_owned())).collect();
    let files: Vec<(&str, &str)> = heads.iter().chain(&own).map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let enabled: Vec<&str> = ids.iter().map(String::as_str).collect();
    Lawbook::load(&files, &enabled, None).map(|book| book.accounts)
}

#[test]
fn the_box_has_the_usual_rules() {
    assert_eq!(Lawbook::shipped(&["cn"]).unwrap().accounts, AccountRules { dormant_days: Some(90), ..AccountRules::default() });
    assert_eq!(rules(&[]).unwrap_or_default(), AccountRules::default());
    assert_eq!(rules(&[""]).unwrap(), AccountRules::default());
}

// LAWPACK-80: the stricter of all packs holds.
#[test]
fn of_several_packs_the_stricter_rule_holds() {
    let strict = "[password]\nshortest = 12\nlongest = 128\nclasses = 3\ndays = 90\none_time_days = 3\n[session]\nidle_minutes = 30\nadministrator_idle_minutes = 10\nhours = 8\nfresh_minutes = 2\n[token]\ndays = 90\nlongest_days = 180\n[account]\ndormant_days = 60\n";
    let mixed = "[password]\nshortest = 10\nlongest = 64\nclasses = 4\ndays = 180\n[session]\nidle_minutes = 45\n[token]\ndays = 30\n[account]\ndormant_days = 120\n";
    let both = AccountRules {
        password_shortest: 12,
        password_longest: 64,
        password_classes: 4,
        password_days: Some(90),
        one_time_days: 3,
        idle_minutes: 30,
        administrator_idle_minutes: 10,
        session_hours: 8,
        fresh_minutes: 2,
        token_days: 30,
        token_longest_days: 180,
        dormant_days: Some(60),
    };
    assert_eq!(rules(&[strict, mixed]).unwrap(), both);
    assert_eq!(rules(&[mixed, strict]).unwrap(), both);
    assert_eq!(rules(&[mixed]).unwrap().password_days, Some(180));
}

// LAWPACK-81: numbers out of bounds are refused, with line and key.
#[test]
fn every_number_has_bounds() {
    for (table, key, low, high) in [
        ("password", "shortest", 8, 64),
        ("password", "longest", 64, 256),
        ("password", "classes", 0, 4),
        ("password", "days", 1, 3650),
        ("password", "one_time_days", 1, 30),
        ("session", "idle_minutes", 5, 60),
        ("session", "administrator_idle_minutes", 5, 60),
        ("session", "hours", 1, 12),
        ("session", "fresh_minutes", 1, 60),
        ("token", "days", 1, 365),
        ("token", "longest_days", 1, 365),
        ("account", "dormant_days", 1, 366),
    ] {
        for (number, fits) in
            [(low - 1, false), (low, true), (low + 1, true), (high - 1, true), (high, true), (high + 1, false), (i64::MIN, false)]
        {
            let read = rules(&[&format!("[{table}]\n{key} = {number}\n")]);
            assert_eq!(read.is_ok(), fits, "{table}.{key} = {number}");
            let Err(faults) = read else { continue };
            assert_eq!((faults.len(), faults[0].file.as_str(), faults[0].line), (1, "a/accounts.toml", 2), "{faults:?}");
            assert_eq!((faults[0].code, faults[0].key.as_str()), ("bad-value", format!("{table}.{key}").as_str()));
        }
    }
}

#[test]
fn what_is_not_known_is_refused() {
    for (text, code) in [
        ("[password]\nshort = 9\n", "unknown-key"),
        ("[passwords]\n", "unknown-key"),
        ("[password]\nshortest = \"9\"\n", "bad-value"),
        ("[password]\nshortest = 9.5\n", "bad-value"),
        ("password = 9\n", "bad-value"),
        ("[password\n", "not-toml"),
    ] {
        let faults = rules(&[text]).unwrap_err();
        assert_eq!(faults[0].code, code, "{text}: {faults:?}");
    }
}
