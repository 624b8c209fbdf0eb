//! What is covered in a masked pack: places in a line that may point to a person, and persons' names in papers.
//!
//! Invariants: what is not recognised is left as it is, and the papers say so; a line that is no UTF-8 is covered whole; a copy has no control characters.

use std::net::{Ipv4Addr, Ipv6Addr};

const COVER: &str = "***";
/// A name of fewer characters would be found in anything.
const NAME_CHARS: usize = 2;
/// Words after which an account or a person is named.
const KEYS: [&str; 26] = [
    "user",
    "username",
    "usrname",
    "usr",
    "user-name",
    "user_name",
    "account",
    "acct",
    "acc",
    "login",
    "logname",
    "uid",
    "suser",
    "duser",
    "srcuser",
    "src_user",
    "ruser",
    "principal",
    "用户",
    "用户名",
    "账号",
    "帐号",
    "姓名",
    "学号",
    "工号",
    "手机号",
];
/// Words that stand between such a word and the name.
const BETWEEN: [&str; 4] = ["name", "id", "invalid", "is"];

/// Names of persons and accounts that the register knows.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    names: Vec<String>,
}

impl Mask {
    /// Names of fewer than two characters are passed over.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let mut names: Vec<String> = names.into_iter().filter(|name| name.chars().count() >= NAME_CHARS).collect();
        // The longest first, so that a name within another does not split it.
        names.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        names.dedup();
        Self { names }
    }

    /// The copy of a line in which something had to be covered.
    #[must_use]
    pub fn line(&self, raw: &[u8]) -> Option<String> {
        let Ok(text) = std::str::from_utf8(raw) else { return Some(format!("{COVER} ({} bytes)", raw.len())) };
        let named = self.text(text);
        let covered = words(&named);
        (covered != text).then(|| covered.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    }

    /// A text of a paper: known names keep their first character.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for name in self.names.iter().filter(|name| text.contains(name.as_str())) {
            out = replaced(&out, name);
        }
        out
    }
}

/// A name in Latin letters stands alone: `li` is not covered within `invalid`.
fn replaced(text: &str, name: &str) -> String {
    if !name.is_ascii() {
        return text.replace(name, &short(name));
    }
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once(name) {
        let is_inside = is_part(before.chars().next_back()) || is_part(after.chars().next());
        out.push_str(before);
        out.push_str(&if is_inside { name.to_owned() } else { short(name) });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn short(name: &str) -> String {
    name.chars().take(1).chain("**".chars()).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | ':' | '\\' | '$')
}

/// Covers words that look like an address, a number of a person, or stand where a name stands.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut named = Named::No;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside = is_word(first);
        let end = rest.find(|c| is_word(c) != inside).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        if inside {
            word(run, &mut named, &mut out);
        } else {
            // A name stands right behind its key, not in the next clause.
            named = if run.contains([',', ';', ')', ']', '}']) { Named::No } else { named };
            out.push_str(run);
        }
    }
    out
}

/// Whether the next word is a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    No,
    Next,
}

fn word(run: &str, named: &mut Named, out: &mut String) {
    let tail = run.len() - run.trim_end_matches(['.', ':', '-']).len();
    let (word, tail) = run.split_at(run.len() - tail);
    if let Some(covered) = address(word) {
        out.push_str(&covered);
        *named = Named::No;
    } else if let Some((left, right)) = word.split_once(':').filter(|_| *named == Named::No || KEYS.contains(&word.to_lowercase().as_str()))
    {
        single(left, named, out);
        out.push(':');
        self::word(right, named, out);
    } else {
        single(word, named, out);
    }
    out.push_str(tail);
}

fn single(word: &str, named: &mut Named, out: &mut String) {
    if word.is_empty() {
        return;
    }
    let low = word.to_lowercase();
    if KEYS.contains(&low.as_str()) || low == "for" {
        *named = Named::Next;
        out.push_str(word);
    } else if *named == Named::Next && !BETWEEN.contains(&low.as_str()) {
        *named = Named::No;
        out.push_str(COVER);
    } else {
        out.push_str(&address(word).unwrap_or_else(|| word.to_owned()));
    }
}

/// A word that is an address or a number of a person, covered.
fn address(word: &str) -> Option<String> {
    if let Ok(address) = word.parse::<Ipv4Addr>() {
        let [a, b, ..] = address.octets();
        return Some(format!("{a}.{b}.*.*"));
    }
    if word.parse::<Ipv6Addr>().is_ok() {
        return Some(format!("{}:*", word.split(':').next().unwrap_or_default()));
    }
    let hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    for (separator, groups, width) in [(':', 6, 2), ('-', 6, 2), ('.', 3, 4), ('-', 3, 4)] {
        let parts: Vec<&str> = word.split(separator).take(groups + 1).collect();
        if parts.len() == groups && parts.iter().all(|part| part.len() == width && hex(part)) {
            return Some(format!("{}{separator}*", parts.first().copied().unwrap_or_default()));
        }
    }
    if word.contains('@') || (word.contains('\\') && !word.ends_with('\\')) {
        return Some(COVER.to_owned());
    }
    number(word)
}

/// Mobile numbers (11 digits) and numbers of identity cards (18, the last may be X).
fn number(word: &str) -> Option<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mobile = word.len() == 11 && word.starts_with('1') && digits(word);
    let card = word.len() == 18
        && word.get(..17).is_some_and(digits)
        && word.get(17..).is_some_and(|last| digits(last) || last.eq_ignore_ascii_case("x"));
    (mobile || card).then(|| format!("{}{COVER}", word.get(..3).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_to_a_person_is_covered_and_the_rest_is_not() {
        let mask = Mask::new(["王小明".to_owned(), "li".to_owned(), "x".to_owned()]);
        for (line, copy) in [
            (
                "<13>sshd[812]: Failed password for root from 203.0.113.9 port 22",
                Some("<13>sshd[812]: Failed password for *** from 203.0.*.* port 22"),
            ),
            ("Failed password for invalid user bob from 192.0.2.1", Some("Failed password for invalid user *** from 192.0.*.*")),
            ("session opened for user root", Some("session opened for user ***")),
            ("{\"msg\":\"登录失败\",\"user\":\"王五\"}", Some("{\"msg\":\"登录失败\",\"user\":\"***\"}")),
            ("user=alice, result=ok", Some("user=***, result=ok")),
            ("user:alice x", Some("user:*** x")),
            ("src 192.0.2.1:443 dst [2001:db8::1]", Some("src 192.0.*.*:443 dst [2001:*]")),
            ("mac 00:1a:2b:3c:4d:5e and 001a-2b3c-4d5e", Some("mac 00:* and 001a-*")),
            ("mail a.b@example.net", Some("mail ***")),
            ("tel 13800138000 id 11010519491231002X", Some("tel 138*** id 110***")),
            ("教师王小明 已登录", Some("教师王** 已登录")),
            ("CORP\\bob logged on", Some("*** logged on")),
            ("<13>router: link down at 09:00:01, port 3/1/2", None),
            ("%LINK-3-UPDOWN: Interface GigabitEthernet0/1", None),
            ("", None),
        ] {
            assert_eq!(mask.line(line.as_bytes()).as_deref(), copy, "{line}");
        }
        assert_eq!(mask.line(&[0xff, 0, b'\n', 0xd6]).as_deref(), Some("*** (4 bytes)"));
        assert_eq!(mask.line(b"from\t192.0.2.1\x1b").as_deref(), Some("from 192.0.*.* "));
        assert_eq!(mask.text("由王小明填报，张三审核"), "由王**填报，张三审核");
    }
}
