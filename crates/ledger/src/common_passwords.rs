//! Passwords that everybody tries first, judged by how they are made: few words, keyboard runs, years and digits in a row.
//!
//! A password is common when it falls apart into three such parts with two signs, or less (see [`COMMON`]), or is digits alone. The words are in
//! `common_words.txt`: stems that people use in China and elsewhere, pinyin among them; no published list was copied.
//! Invariant: the work grows with the length only; passwords have a limit.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What a word, a run or a few digits add to a password's weight.
const PART: u32 = 4;
/// What a sign adds that stands in no run.
const SIGN: u32 = 3;
/// The weight of the heaviest password that is common: three parts and two signs.
const COMMON: u32 = 3 * PART + 2 * SIGN;
/// Letters of the longest word that is looked for.
const WORD_CHARS: usize = 16;
/// Digits in a row that count as one part, whatever they are; more only where they are a run, a pattern or a date.
const DIGITS: usize = 4;
/// Latin letters in a row that count as one part, whatever they are.
const LETTERS: usize = 2;
/// Neighbours on a keyboard (or in the alphabet) that make a part.
const RUN: usize = 3;
/// Times that a part of one to four characters is repeated to be one part.
const REPEATS: usize = 2;

static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_words.txt").lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
});

/// Rows, columns and other ways of a finger over the keyboard, and what is learnt by heart. Read in both directions.
const RUNS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "!@#$%^&*()",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "!qaz@wsx#edc$rfv",
    "1qaz@wsx",
    "!qaz2wsx",
    "qazwsxedcrfvtgbyhnujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qawsedrftgyhujikolp",
    "zaq12wsxcde3",
    "147258369",
    "159357258",
    "741852963",
    "789456123",
    "13579",
    "24680",
    "1123581321",
    "3141592653589793",
    "5201314",
    "1314520",
    "7758521",
    "112233445566778899",
    "aabbccddeeff",
    "100200300400",
    "poiuytrewq0987654321",
];

/// Letters for the signs that people put in their place.
fn letter(c: char, one: char) -> char {
    match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '3' => 'e',
        '$' | '5' => 's',
        '7' => 't',
        '1' | '!' => one,
        c => c,
    }
}

/// Whether a password is one that everybody tries first. `own` are words that belong to the person, such as the name.
pub(crate) fn is_common(password: &str, own: &[&str]) -> bool {
    let plain: Vec<char> = password.to_lowercase().chars().collect();
    is_numbers(&plain) || weight(&plain, own).is_some_and(|weight| weight <= COMMON)
}

/// Digits alone, or with one letter behind: dates, telephone and identity numbers.
fn is_numbers(plain: &[char]) -> bool {
    let letters = plain.iter().filter(|c| !c.is_ascii_digit()).count();
    let ends = plain.first().is_some_and(|c| !c.is_ascii_digit()) || plain.last().is_some_and(|c| !c.is_ascii_digit());
    plain.len() <= 18 && (letters == 0 || letters == 1 && ends)
}

/// The least weight of parts and signs that make up the whole; none where something else stands in it.
fn weight(plain: &[char], own: &[&str]) -> Option<u32> {
    let folded = ['i', 'l'].map(|one| plain.iter().map(|c| letter(*c, one)).collect::<Vec<char>>());
    let mut least: Vec<Option<u32>> = vec![None; plain.len() + 1];
    least[0] = Some(0);
    for at in 0..plain.len() {
        let Some(before) = least[at] else { continue };
        let mut reach = |length: usize, more: u32| {
            if let Some(slot) = least.get_mut(at + length) {
                *slot = Some(slot.map_or(before + more, |known| known.min(before + more)));
            }
        };
        if is_sign(plain[at]) {
            reach(1, SIGN);
        }
        for (class, most) in [(char::is_ascii_digit as fn(&char) -> bool, DIGITS), (char::is_ascii_lowercase, LETTERS)] {
            let length = plain[at..].iter().take(most).take_while(|c| class(c)).count();
            (1..=length).for_each(|length| reach(length, PART));
        }
        longest_runs(&plain[at..], |length| reach(length, PART));
        words_at(plain, &folded, at, own, |length| reach(length, PART));
    }
    least[plain.len()]
}

fn is_sign(c: char) -> bool {
    !c.is_alphanumeric()
}

/// Every length from [`RUN`] on that is a run, a repetition or a date from the beginning.
fn longest_runs(rest: &[char], mut found: impl FnMut(usize)) {
    let run = RUNS.iter().map(|run| along(run.chars(), rest).max(along(run.chars().rev(), rest))).max().unwrap_or(0);
    (RUN..=run).for_each(&mut found);
    let repeated = (1..=4).map(|period| repetition(rest, period)).max().unwrap_or(0);
    (RUN..=repeated).for_each(&mut found);
    for length in [6, 8] {
        if rest.get(..length).is_some_and(is_date) {
            found(length);
        }
    }
}

/// How many characters from the beginning follow one another on a way, wherever on it they begin.
fn along(way: impl Iterator<Item = char>, rest: &[char]) -> usize {
    let way: Vec<char> = way.collect();
    (0..way.len()).map(|from| way[from..].iter().zip(rest).take_while(|(a, b)| a == b).count()).max().unwrap_or(0)
}

/// How many characters from the beginning are the first `period` of them again and again; 0 where less than twice (thrice for one character).
fn repetition(rest: &[char], period: usize) -> usize {
    let same = rest.iter().zip(rest.iter().skip(period)).take_while(|(a, b)| a == b).count();
    let times = if period == 1 { REPEATS + 1 } else { REPEATS };
    let whole = (same + period) / period * period;
    if whole >= period * times { whole } else { 0 }
}

/// `19870523`, `870523`: a day of somebody's life.
fn is_date(digits: &[char]) -> bool {
    let number =
        |range: std::ops::Range<usize>| digits.get(range)?.iter().try_fold(0_u32, |sum, c| c.to_digit(10).map(|digit| sum * 10 + digit));
    let (year, month, day) = match digits.len() {
        8 => (number(0..4), number(4..6), number(6..8)),
        _ => (number(0..2).map(|year| 1900 + year), number(2..4), number(4..6)),
    };
    let (Some(year), Some(month), Some(day)) = (year, month, day) else { return false };
    (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn words_at(plain: &[char], folded: &[Vec<char>; 2], at: usize, own: &[&str], mut found: impl FnMut(usize)) {
    for letters in [plain, folded[0].as_slice(), folded[1].as_slice()] {
        let mut word = String::with_capacity(WORD_CHARS);
        for (length, c) in letters[at..].iter().take(WORD_CHARS).enumerate() {
            word.push(*c);
            if WORDS.contains(word.as_str()) {
                found(length + 1);
            }
        }
        for name in own.iter().filter(|name| !name.is_empty()) {
            let name: Vec<char> = name.chars().collect();
            if letters[at..].starts_with(&name) {
                found(name.len());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_of_common_passwords_are_known() {
        let common = [
            "12345678",
            "987654321",
            "11112222",
            "13800138000",
            "19870523",
            "870523aa",
            "110101198705231234",
            "11010119870523123x",
            "qwertyui",
            "qwerty123",
            "1qaz2wsx",
            "1qaz@WSX",
            "!QAZ2wsx",
            "zaq12wsx",
            "asdfghjkl",
            "asdf1234",
            "qwe123!@#",
            "poiuytre",
            "abcd1234",
            "abcdefgh",
            "aaaaaaaa",
            "abababab",
            "abcabcabc",
            "Abc@12345",
            "147258369",
            "5201314520",
            "1q2w3e4r",
            "Password",
            "p@ssw0rd",
            "P@ssw0rd123",
            "passw0rd!",
            "Password@2024",
            "password1!",
            "pa$$word",
            "Admin@123",
            "admin888",
            "Admin@123456!",
            "adminadmin",
            "administrator",
            "root1234",
            "Root@2025",
            "woaini1314",
            "woaini520",
            "woaini5201314",
            "zhongguo2008",
            "beijing2008!",
            "Zhangsan123",
            "mima123456",
            "guanliyuan1",
            "Welcome@2026",
            "changeme1",
            "letmein!",
            "1loveyou",
            "dragon1987",
            "summer2025!",
            "huawei@123",
            "Huawei12#$",
            "h3c@12345",
            "ruijie123",
            "anlan@2026",
            "Test@1234",
            "school2026",
            "a1234567",
            "aa123456",
            "123456abc",
            "q1w2e3r4t5",
            "qq123456",
            "z12345678",
            "000000001",
        ];
        for password in common {
            assert!(is_common(password, &[]), "{password}");
        }
    }

    #[test]
    fn what_people_make_up_themselves_is_taken() {
        for password in [
            "correct horse battery",
            "another horse battery",
            "Xj7#kQ2pLm",
            "三年二班门口的槐树",
            "kettle-harbour-19",
            "7Q4K-9M2T-XW6P-3FHD",
            "wo jia men kou you ke shu",
            "tGv9!bracken",
            "2719 brass lanterns",
            "2719460385172946031",
        ] {
            assert!(!is_common(password, &[]), "{password}");
        }
    }

    #[test]
    fn the_persons_own_words_count_as_common() {
        for (password, common) in
            [("zhang.wei123", true), ("Zhang.Wei@2026", true), ("123zhang.wei", true), ("zhang.wei brass lantern", false)]
        {
            assert_eq!(is_common(password, &["zhang.wei"]), common, "{password}");
        }
    }

    #[test]
    fn three_parts_and_two_signs_are_common_and_more_are_not() {
        for (password, found) in [
            ("dragonmonkey", 8),
            ("dragon monkey", 11),
            ("dragon monkey12", 15),
            ("dragonmonkeyqwe12", 16),
            ("dragon;monkey;12", 18),
            ("dragonmonkeyqwe;12", 19),
            (";~)_}/", 18),
            (";~)_}/|", 21),
        ] {
            let plain: Vec<char> = password.chars().collect();
            assert_eq!(weight(&plain, &[]), Some(found), "{password}");
            assert_eq!(is_common(password, &[]), found <= COMMON, "{password}");
        }
    }

    #[test]
    fn words_are_in_lower_case_and_fit() {
        assert!(WORDS.len() >= 300, "{}", WORDS.len());
        for word in WORDS.iter() {
            assert!((2..=WORD_CHARS).contains(&word.chars().count()) && *word == word.to_lowercase(), "{word}");
        }
    }

    #[test]
    fn long_texts_of_parts_are_judged_quickly() {
        for text in ["a".repeat(256), "ab".repeat(128), "1qaz".repeat(64), "长".repeat(256), "password".repeat(32)] {
            let _ = is_common(&text, &["a", "ab"]);
        }
        assert!(is_common(&"a".repeat(256), &[]));
    }

    /// The passwords that the first release refused one by one.
    #[test]
    fn rules_cover_what_was_listed_before() {
        let missed: Vec<&str> = include_str!("../tests/data/listed_before.txt").lines().filter(|line| !is_common(line, &[])).collect();
        assert_eq!(missed, Vec::<&str>::new());
    }
}
