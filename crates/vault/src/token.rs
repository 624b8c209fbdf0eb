//! Tokens of a line, as the filters know them (spec/segment.md): runs of ASCII word characters, whole addresses, pairs of neighbouring Chinese characters.
//!
//! Invariant: every token of a text `T` is a token of each line in which `T` matches (spec/query.md), so that a filter never hides a line.

/// Letters, digits and `_`: what a word is made of.
#[must_use]
pub(crate) fn is_word(b: u8) -> bool {
    WORD[usize::from(b)]
}

const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 256 {
        let c = b as u8;
        table[b] = c.is_ascii_alphanumeric() || c == b'_';
        b += 1;
    }
    table
};

/// CJK ideographs: the unified block and its extensions A to H, and the compatibility ideographs.
#[must_use]
pub(crate) fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}')
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// 64-bit FNV-1a over the token in ASCII lower case, then the finaliser of SplitMix64.
#[must_use]
pub(crate) fn hash(token: &[u8]) -> u64 {
    finish(token.iter().fold(FNV_OFFSET, |h, &b| step(h, b)))
}

#[inline]
fn step(h: u64, b: u8) -> u64 {
    (h ^ u64::from(b.to_ascii_lowercase())).wrapping_mul(FNV_PRIME)
}

#[inline]
fn finish(h: u64) -> u64 {
    let z = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Calls `each` with the hash of every token of `text`.
pub(crate) fn each_token(text: &str, mut each: impl FnMut(u64)) {
    let bytes = text.as_bytes();
    let mut addresses = Addresses::default();
    let mut chinese = None;
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        if is_word(b) {
            let (end, hash) = run(bytes, at);
            if !is_commonplace(bytes.get(at..end).unwrap_or_default()) {
                each(hash);
            }
            addresses.run(bytes, at, end, &mut each);
            chinese = None;
            at = end;
        } else if b.is_ascii() {
            chinese = None;
            at += 1;
        } else {
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return };
            let end = at + c.len_utf8();
            let before = chinese.take();
            if is_chinese(c) {
                if let Some(start) = before {
                    each(hash(&bytes[start..end]));
                }
                chinese = Some(at);
            }
            at = end;
        }
    }
}

/// Digits of a number that is no token by itself: ports, process ids, counts stand in nearly every page and would be a third of a filter.
const SHORT_NUMBER: usize = 5;

/// Runs that part no page from another: short numbers, and `123456z`, the fraction of a second in a UTC time.
fn is_commonplace(run: &[u8]) -> bool {
    let (digits, zulu) = match run.split_last() {
        Some((b'z' | b'Z', digits)) => (digits, true),
        _ => (run, false),
    };
    let few = if zulu { (3..=9).contains(&digits.len()) } else { digits.len() <= SHORT_NUMBER };
    few && digits.iter().all(u8::is_ascii_digit)
}

fn run(bytes: &[u8], start: usize) -> (usize, u64) {
    let mut h = FNV_OFFSET;
    let mut at = start;
    while let Some(&b) = bytes.get(at) {
        if !is_word(b) {
            break;
        }
        h = step(h, b);
        at += 1;
    }
    (at, finish(h))
}

/// Follows the runs of a text and says where an address ends.
///
/// Every window that reads as an address counts, also inside a longer chain (`1.2.3.4.5` holds two), or else a line in which the address
/// matches by the rule of words could lack its token.
#[derive(Default)]
struct Addresses {
    end: usize,
    numbers: [usize; 4],
    number_count: usize,
    groups: [Group; 8],
    group_count: usize,
    /// Groups since the last `::`, which stands before the oldest of them.
    since_gap: usize,
}

#[derive(Clone, Copy, Default)]
struct Group {
    start: usize,
    /// A `::` stands before it.
    gap: bool,
}

impl Addresses {
    fn run(&mut self, bytes: &[u8], start: usize, end: usize, each: &mut impl FnMut(u64)) {
        let between = &bytes[self.end..start];
        self.end = end;
        let run = &bytes[start..end];
        if run.len() > 4 {
            self.number_count = 0;
            self.group_count = 0;
            return;
        }
        self.number(bytes, run, between, start, each);
        self.group(bytes, run, between, start, each);
    }

    fn number(&mut self, bytes: &[u8], run: &[u8], between: &[u8], start: usize, each: &mut impl FnMut(u64)) {
        if run.len() > 3 || !run.iter().all(u8::is_ascii_digit) {
            self.number_count = 0;
            return;
        }
        if between != b"." {
            self.number_count = 0;
        }
        self.numbers.rotate_left(1);
        self.numbers[3] = start;
        self.number_count += 1;
        if self.number_count >= 4 {
            each(hash(&bytes[self.numbers[0]..self.end]));
        }
    }

    fn group(&mut self, bytes: &[u8], run: &[u8], between: &[u8], start: usize, each: &mut impl FnMut(u64)) {
        if !run.iter().all(u8::is_ascii_hexdigit) {
            self.group_count = 0;
            return;
        }
        let gap = between == b"::";
        if !gap && between != b":" {
            self.group_count = 0;
        }
        self.since_gap = if gap && self.group_count > 0 { 1 } else { self.since_gap + 1 };
        if self.group_count == 0 {
            self.since_gap = 9;
        }
        self.groups.rotate_left(1);
        self.groups[7] = Group { start, gap };
        self.group_count = (self.group_count + 1).min(8);
        if self.group_count == 8 || self.since_gap < 8 {
            self.windows(bytes, each);
        }
    }

    /// Addresses that end with the newest group: eight groups, or up to seven with one `::` among them.
    fn windows(&self, bytes: &[u8], each: &mut impl FnMut(u64)) {
        let mut gaps = 0;
        for (back, group) in self.groups.iter().rev().take(self.group_count).enumerate() {
            let groups = back + 1;
            if (gaps == 1 && groups < 8) || (gaps == 0 && groups == 8) {
                each(hash(&bytes[group.start..self.end]));
            }
            gaps += usize::from(group.gap);
            if gaps > 1 {
                return;
            }
        }
    }
}

/// Hashes of all tokens of a text, each once.
#[must_use]
pub(crate) fn tokens(text: &str) -> Vec<u64> {
    let mut found = Vec::new();
    each_token(text, |h| found.push(h));
    found.sort_unstable();
    found.dedup();
    found
}

/// A set of hashes, fast for one writer; the hashes are well mixed already.
pub(crate) struct TokenSet {
    slots: Vec<u64>,
    count: usize,
    zero: bool,
}

impl TokenSet {
    const FIRST_SLOTS: usize = 1 << 12;

    pub(crate) fn new() -> Self {
        Self { slots: vec![0; Self::FIRST_SLOTS], count: 0, zero: false }
    }

    pub(crate) fn insert(&mut self, hash: u64) {
        if hash == 0 {
            self.zero = true;
            return;
        }
        if Self::place(&mut self.slots, hash) {
            self.count += 1;
            if self.count * 2 > self.slots.len() {
                self.grow();
            }
        }
    }

    fn place(slots: &mut [u64], hash: u64) -> bool {
        let mask = slots.len() - 1;
        let mut at = usize::try_from(hash & mask as u64).unwrap_or(0);
        loop {
            if slots[at] == hash {
                return false;
            }
            if slots[at] == 0 {
                slots[at] = hash;
                return true;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let mut slots = vec![0; self.slots.len() * 2];
        for &hash in self.slots.iter().filter(|&&h| h != 0) {
            Self::place(&mut slots, hash);
        }
        self.slots = slots;
    }

    /// The hashes in rising order; the set is empty afterwards and keeps its room.
    pub(crate) fn drain(&mut self) -> Vec<u64> {
        let mut all: Vec<u64> = self.slots.iter().copied().filter(|&h| h != 0).collect();
        if self.zero {
            all.push(0);
        }
        all.sort_unstable();
        self.slots.fill(0);
        self.count = 0;
        self.zero = false;
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, token: &str) -> bool {
        tokens(text).contains(&hash(token.as_bytes()))
    }

    #[test]
    fn the_hash_is_fnv_1a_then_splitmix() {
        assert_eq!(step(FNV_OFFSET, b'a'), 0xaf63_dc4c_8601_ec8c, "FNV-1a of `a` as published");
        assert_eq!(finish(0x9e37_79b9_7f4a_7c15), 0xe220_a839_7b1d_cdaf, "first output of SplitMix64 with seed 0");
        assert_eq!(hash(b"a"), finish(0xaf63_dc4c_8601_ec8c));
    }

    #[test]
    fn tokens_of_lines() {
        for (text, token, there) in [
            ("Failed password for root", "failed", true),
            ("Failed password for root", "fail", false),
            ("user_name=x9", "user_name", true),
            ("from 203.0.113.77 port 22", "203.0.113.77", true),
            ("from 203.0.113.77 port 22", "113", false),
            ("port 12345 of", "12345", false),
            ("port 123456 of", "123456", true),
            ("port 1234a of", "1234a", true),
            ("from 1203.0.113.77 port", "203.0.113.77", false),
            ("v 1.2.3.4.5", "2.3.4.5", true),
            ("v 1.2.3.4.5", "1.2.3.4", true),
            ("v 1..2.3.4", "1..2.3.4", false),
            ("x 2001:DB8::1 y", "2001:db8::1", true),
            ("x 2001:db8::1: y", "2001:db8::1", true),
            ("x 443:2001:db8::1:9 y", "2001:db8::1", true),
            ("x 2001:db8:0:0:0:0:0:1 y", "2001:db8:0:0:0:0:0:1", true),
            ("x 2001:db8:0:0:0:0:0:1:9 y", "db8:0:0:0:0:0:1:9", true),
            ("at 00:00:01 y", "00:00:01", false),
            ("a::b::c", "a::b", true),
            ("a::b::c", "b::c", true),
            ("a::b::c", "a::b::c", false),
            ("1:2:3:4::5:6:7:8", "1:2:3:4::5:6:7:8", false),
            ("1:2:3:4::5:6:7:8", "2:3:4::5:6:7:8", true),
            ("1:2:3:4::5:6:7:8", "4::5:6:7", true),
            ("用户登录失败", "登录", true),
            ("用户登录失败", "户登", true),
            ("用户登录失败", "用登", false),
            ("用户abc失败", "abc", true),
            ("𠀀𠀁", "𠀀𠀁", true),
            ("é用é户", "用户", false),
            ("T00:00:01.279491Z x", "279491z", false),
            ("T00:00:01.27Z x", "27z", true),
            ("T00:00:01.1234567890Z x", "1234567890z", true),
            ("123456zz", "123456zz", true),
        ] {
            assert_eq!(has(text, token), there, "{token} in {text}");
        }
    }

    #[test]
    fn a_token_set_holds_each_hash_once() {
        let mut set = TokenSet::new();
        for i in 0..20_000_u64 {
            set.insert(hash((i % 10_000).to_string().as_bytes()));
        }
        set.insert(0);
        set.insert(0);
        let all = set.drain();
        assert_eq!(all.len(), 10_001);
        assert!(all.windows(2).all(|w| w[0] < w[1]));
        assert!(set.drain().is_empty());
    }
}
