//! Words that a page masked or dropped: `***`, `xxxx年`, `20**年`, `20年国家…`, `关于-的`, `签订-`, `“”`, `自年月日起`.

use super::normal::{Flow, is_han};

/// Most of them that are told.
pub const MOST_MASKED: usize = 500;
/// After `20年` these say how long something lasts, and no year is lost.
const NOT_AFTER_TWENTY_YEARS: &str = "以内的后来期，。、；：）前间至到或及和有无未不满制经历工徒";
/// Behind these a name is expected.
const WANT_WORDS: [&str; 5] = ["关于", "根据", "按照", "签订", "遵守"];
/// What may stand between two masks of one place: `[****]**号`, `xx年xx月xx日`.
const JOINING: &str = "[]〔〕（）年月日第号";
const LONGEST_JOINT: usize = 2;
/// After `20` these count something.
const NAMED_AFTER_TWENTY: [&str; 6] = ["国家", "全国", "网络", "我市", "我省", "我校"];

/// A masked place: its glyphs, and the words around it.
pub(super) struct Masked {
    pub at: usize,
    pub found: String,
    pub confidence: f64,
}

pub(super) fn find(flow: &Flow) -> Vec<Masked> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < flow.glyphs.len() && found.len() < MOST_MASKED {
        match masked_at(flow, at) {
            Some((first, confidence)) => {
                let length = joined(flow, at, first);
                let text = super::titles::glyph_text(flow, line_start(flow, at)..line_end(flow, at + length));
                found.push(Masked { at, found: text, confidence });
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// The length of a masked place with the masks that go on directly behind.
fn joined(flow: &Flow, at: usize, first: usize) -> usize {
    let mut length = first;
    loop {
        let joint = (at + length..at + length + LONGEST_JOINT)
            .take_while(|i| flow.glyphs.get(*i).is_some_and(|g| JOINING.contains(g.c) && !g.starts_line()))
            .count();
        let next = (1..=joint).find_map(|skip| masked_at(flow, at + length + skip).map(|(more, _)| skip + more));
        match next {
            Some(more) => length += more,
            None => return length,
        }
    }
}

fn line_start(flow: &Flow, at: usize) -> usize {
    (at.saturating_sub(2)..=at).rev().find(|i| flow.glyphs.get(*i).is_some_and(|g| g.starts_line())).unwrap_or(at.saturating_sub(2))
}

/// Two characters behind the place, but not those of the next line.
fn line_end(flow: &Flow, end: usize) -> usize {
    (end..end + 2).find(|i| flow.glyphs.get(*i).is_none_or(|g| g.starts_line())).unwrap_or(end + 2)
}

fn masked_at(flow: &Flow, at: usize) -> Option<(usize, f64)> {
    let char_at = |i: usize| super::headings::char_at(flow, i);
    let before = at.checked_sub(1).and_then(char_at);
    let han = |c: Option<char>| c.is_some_and(is_han);
    let c = char_at(at)?;
    let run = |same: fn(char) -> bool| (at..flow.glyphs.len()).take_while(|i| char_at(*i).is_some_and(same)).take(64).count();
    match c {
        '*' => stars(before, run(|c| c == '*'), char_at(at + run(|c| c == '*'))),
        'x' | 'X' | '×' if !before.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, 'x' | 'X' | '×')) => {
            let length = run(|c| matches!(c, 'x' | 'X' | '×'));
            let behind = char_at(at + length);
            let stands_alone = !behind.is_some_and(|c| c.is_ascii_alphanumeric())
                && (han(before) || han(behind) || before.is_none_or(|c| c.is_ascii_digit()));
            (length >= 2 && stands_alone).then_some((length, 0.9))
        }
        '“' if char_at(at + 1) == Some('”') => Some((2, 0.9)),
        '《' if char_at(at + 1) == Some('》') => Some((2, 0.9)),
        '-' => dash(flow, at),
        '年' if char_at(at + 1) == Some('月') && char_at(at + 2) == Some('日') => {
            let counted =
                before.is_none_or(|c| c.is_ascii_digit() || crate::numeral::is_numeral(c) || matches!(c, '*' | 'x' | 'X' | '×' | '_'));
            let in_sentence = han(before) && !flow.glyphs.get(at).is_some_and(|g| g.after_gap() || g.starts_line());
            (!counted && in_sentence).then_some((3, 0.95))
        }
        '2' if char_at(at + 1) == Some('0') && !before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/')) => {
            lost_year(flow, at, before)
        }
        _ => None,
    }
}

fn stars(before: Option<char>, length: usize, behind: Option<char>) -> Option<(usize, f64)> {
    let beside = |c: Option<char>| {
        c.is_some_and(|c| is_han(c) || c.is_ascii_digit() || matches!(c, '[' | ']' | '〔' | '〕' | '，' | '。' | '（' | '）'))
    };
    (length >= 2 && (beside(before) || beside(behind)) || length == 1 && is_opt_han(before) && is_opt_han(behind)).then_some((length, 0.9))
}

fn is_opt_han(c: Option<char>) -> bool {
    c.is_some_and(is_han)
}

/// `关于-的有关规定`, `签订-：`: a dash for words; not a range, not a compound of letters.
fn dash(flow: &Flow, at: usize) -> Option<(usize, f64)> {
    let char_at = |i: usize| super::headings::char_at(flow, i);
    let before = at.checked_sub(1).and_then(char_at).filter(|_| !flow.glyphs.get(at).is_some_and(|g| g.starts_line()));
    let behind = char_at(at + 1).filter(|_| !flow.glyphs.get(at + 1).is_some_and(|g| g.starts_line()));
    let opens = before.is_some_and(|c| is_han(c) && !crate::numeral::is_numeral(c) && !matches!(c, '日' | '月' | '年' | '时' | '号'));
    let closes = behind.is_none_or(|c| super::normal::is_stop(c) || matches!(c, '的' | '，' | '、' | '）' | '等' | '和'));
    let wants_words = WANT_WORDS.iter().any(|word| super::headings::ends_with(flow, at, word)) && behind.is_some_and(is_han);
    (opens && (closes || wants_words)).then_some((1, 0.8))
}

/// `20年国家网络安全宣传周`, `20国家网络安全宣传周`.
fn lost_year(flow: &Flow, at: usize, before: Option<char>) -> Option<(usize, f64)> {
    let behind = at + 2;
    if before.is_some_and(|c| matches!(c, '满' | '近' | '达' | '约' | '过' | '的' | '有' | '第')) {
        return None;
    }
    if super::headings::char_at(flow, behind) == Some('年') {
        let next = super::headings::char_at(flow, behind + 1)?;
        return (is_han(next) && !NOT_AFTER_TWENTY_YEARS.contains(next)).then_some((3, 0.7));
    }
    NAMED_AFTER_TWENTY.iter().any(|word| super::headings::starts_with(flow, behind, word)).then_some((2, 0.7))
}

#[cfg(test)]
mod tests {
    use super::super::page::Page;
    use super::*;

    fn count(text: &str) -> usize {
        find(&Flow::new(&Page::new(text))).len()
    }

    #[test]
    fn masked_words_are_found() {
        for text in [
            "国务院令第***号",
            "公通字[****]号",
            "公通字[****]**号",
            "xxxx年xx月xx日",
            "xxxx年9月19日",
            "20**年计划",
            "20xx年工作",
            "根据关于-的有关规定",
            "与本校签订-。",
            "特签订-:",
            "特签订-\n一、甲",
            "根据-有关规定",
            "散布“”言论",
            "“20国家网络安全宣传周”",
            "20年国家网络安全宣传周",
            "本法自年月日起施行",
            "联系电话xx。",
        ] {
            assert_eq!(count(text), 1, "{text}");
        }
    }

    #[test]
    fn plain_words_are_not_masked() {
        for text in [
            "自2017年6月1日起施行",
            "满20年以上",
            "20年以内",
            "2020年国家网络安全宣传周",
            "9:00-10:00",
            "1月-3月",
            "e-mail",
            "京津-沪宁线",
            "网络安全-规章",
            "共20个单位",
            "甲方：    年 月 日",
            "自二〇一七年六月一日起",
            "xml文件和exe文件",
        ] {
            assert_eq!(count(text), 0, "{text}");
        }
    }
}
