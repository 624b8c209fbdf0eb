//! Which line names a legal text: `中华人民共和国网络安全法（草案）`, `篇二：信息安全责任书`, `2网络安全管理制度第一条…`.

use crate::numeral;

use super::headings::char_at;
use super::marker::Style;
use super::normal::{Flow, is_han, is_stop};

/// Most titles of a page.
pub const MOST_TITLES: usize = 2_000;
/// Most characters of a title.
pub(super) const LONGEST_TITLE: usize = 60;
const SHORTEST_TITLE: usize = 3;

/// Words that a title of a statute or rule set ends with.
const ENDINGS: [&str; 28] = [
    "法",
    "法典",
    "条例",
    "决定",
    "办法",
    "规定",
    "细则",
    "制度",
    "守则",
    "公约",
    "规则",
    "准则",
    "规范",
    "章程",
    "责任书",
    "责任状",
    "责任制",
    "承诺书",
    "保证书",
    "告知书",
    "协议书",
    "协议",
    "规程",
    "须知",
    "责任制度",
    "规章",
    "规约",
    "管理责任",
];
/// `做法` and `合法` name no statute, but `公司法` does.
const NO_STATUTE: [&str; 14] =
    ["做法", "方法", "看法", "想法", "说法", "违法", "合法", "执法", "立法", "普法", "守法", "依法", "非法", "枉法"];
const NO_STATUTE_ALONE: [&str; 4] = ["司法", "用法", "学法", "护法"];
/// Words of sentences; titles have none of them.
const SENTENCES: [&str; 10] = ["实行", "坚决", "必须", "应当", "不得", "可以", "进行", "我们", "开展", "了"];
/// A line that begins so speaks of a text and is not its title.
const SPEAKING: [&str; 34] = [
    "根据",
    "依据",
    "按照",
    "依照",
    "违反",
    "遵守",
    "落实",
    "完善",
    "制定",
    "建立",
    "健全",
    "执行",
    "学习",
    "宣传",
    "贯彻",
    "严格",
    "认真",
    "关于",
    "为了",
    "按",
    "是",
    "本",
    "其他",
    "法律",
    "国家有关",
    "各项",
    "上述",
    "以上",
    "适用",
    "加强",
    "组织",
    "每",
    "签订",
    "下列",
];
/// Behind an inline title the text begins with one of these.
const OPENINGS: [&str; 16] = [
    "第一章",
    "第一条",
    "第一编",
    "一、",
    "1、",
    "1.",
    "（一）",
    "为",
    "根据",
    "甲方",
    "责任单位",
    "按照",
    "（草案",
    "（试行",
    "（全文",
    "依据",
];

/// A title in the page.
#[derive(Clone, Debug)]
pub(super) struct Title {
    /// Its words, without what the page set before and behind.
    pub text: String,
    pub range: std::ops::Range<usize>,
    /// Whether it fills its line.
    pub whole_line: bool,
    /// It starts its line, and the first number of its text follows directly: `3用水规章制度1、…`.
    pub leads: bool,
    /// It stands behind a number of a list, `一、机房管理制度`: then it may be a unit of the text above and no title.
    pub numbered: bool,
}

/// All titles of a page: whole lines, beginnings of lines, and what follows `篇二` inside a line.
pub(super) fn scan(flow: &Flow) -> Vec<Title> {
    let mut titles = Vec::new();
    for line in &flow.lines {
        if titles.len() >= MOST_TITLES {
            break;
        }
        let mut starts = vec![line.start];
        starts.extend(part_markers(flow, line.clone()));
        for (nth, start) in starts.iter().enumerate() {
            let end = starts.get(nth + 1).copied().unwrap_or(line.end);
            titles.extend(title_in(flow, *start..end, line.clone()));
        }
    }
    titles
}

/// Where `篇二` stands inside a line, behind a sentence's end or a space.
fn part_markers(flow: &Flow, line: std::ops::Range<usize>) -> Vec<usize> {
    const MOST_PARTS: usize = 64;
    let inside = line.start + 1..line.end;
    let marks = inside.filter(|at| {
        let Some(glyph) = flow.glyphs.get(*at).filter(|g| g.c == '篇') else { return false };
        let numbered = char_at(flow, at + 1).is_some_and(|c| numeral::is_numeral(c) || c.is_ascii_digit());
        let free = glyph.after_gap()
            || at.checked_sub(1).and_then(|before| char_at(flow, before)).is_some_and(|c| is_stop(c) || c == '）' || c == '日');
        numbered && free
    });
    marks.take(MOST_PARTS).collect()
}

fn title_in(flow: &Flow, part: std::ops::Range<usize>, line: std::ops::Range<usize>) -> Option<Title> {
    if !part.clone().take(LONGEST_TITLE + 20).any(|at| char_at(flow, at).is_some_and(ends_an_ending)) {
        return None;
    }
    let mark = super::marker::read(|i| char_at(flow, i), part.start);
    let unmarked = behind_mark(flow, &part, mark)?;
    let start = skip_prefix(flow, unmarked..part.end);
    let longest = part.end.min(start + LONGEST_TITLE);
    let whole = part.end <= longest;
    let mut best = None;
    for end in start + SHORTEST_TITLE..=longest {
        let last = char_at(flow, end - 1)?;
        if (is_stop(last) || last == '，') && end != part.end {
            break;
        }
        if !is_ending(flow, start, end) {
            continue;
        }
        let behind = tail(flow, end, part.end);
        let opens = OPENINGS.iter().any(|word| super::headings::starts_with(flow, behind, word));
        let gap = flow.glyphs.get(behind).is_some_and(|g| g.after_gap()) && behind < part.end;
        if behind >= part.end || opens || gap {
            best = Some((end, behind));
        }
    }
    let (core, end) = best?;
    let text: String = glyph_text(flow, start..end).trim_end_matches('。').to_owned();
    let words = text.trim_start_matches("最新");
    if SPEAKING.iter().any(|word| words.starts_with(word)) || SENTENCES.iter().any(|word| words.contains(word)) {
        return None;
    }
    // A sentence that ends with the name of a kind of rules is no title; the name of a statute may have a full stop.
    let full_stop = char_at(flow, end - 1) == Some('。') && end >= part.end;
    if full_stop && start == part.start && !super::locate::is_statute_title(words) {
        return None;
    }
    let core_text = glyph_text(flow, start..core);
    if core_text.chars().count() < SHORTEST_TITLE || !balanced(&text) {
        return None;
    }
    let whole_line = whole && part == line && end >= line.end;
    let first_unit = super::marker::read(|i| char_at(flow, i), end).is_some_and(|(_, number, _)| number == 1);
    let leads = part.start == line.start && end < part.end && first_unit;
    Some(Title { text: clean(&text), range: part.start..end.min(part.end), whole_line, leads, numbered: mark.is_some() })
}

/// Where a title starts that may stand behind a number of an outer list; a sentence behind a number is none.
fn behind_mark(flow: &Flow, part: &std::ops::Range<usize>, mark: Option<(Style, u32, usize)>) -> Option<usize> {
    let Some((style, _, length)) = mark else { return Some(part.start) };
    let outer = matches!(style, Style::HanComma | Style::DigitComma | Style::DigitDot);
    let is_sentence = part.end.checked_sub(1).and_then(|last| char_at(flow, last)).is_some_and(is_stop);
    (outer && !is_sentence).then_some(part.start + length)
}

/// `《` and `（` are closed again.
fn balanced(text: &str) -> bool {
    [('（', '）'), ('《', '》')].iter().all(|(open, close)| text.matches(*open).count() <= text.matches(*close).count())
        && !text.contains(['；', '！', '，'])
}

/// Numbers and words of the page before a title: `‘拾’`, `篇二：`, `2`, `附录一`, `《`.
fn skip_prefix(flow: &Flow, part: std::ops::Range<usize>) -> usize {
    let mut at = part.start;
    if char_at(flow, at) == Some('‘')
        && let Some(close) = (at + 1..part.end.min(at + 6)).find(|i| char_at(flow, *i) == Some('’'))
    {
        at = close + 1;
    }
    for word in ["附录", "附件", "附", "篇"] {
        if super::headings::starts_with(flow, at, word) {
            at += word.chars().count();
            at += numbers(flow, at, part.end);
            break;
        }
    }
    let digits = numbers_ascii(flow, at, part.end);
    let next = char_at(flow, at + digits);
    if digits > 0
        && digits <= 2
        && next.is_some_and(|c| is_han(c) || c == '《')
        && !next.is_some_and(|c| matches!(c, '年' | '届' | '号' | '个' | '月'))
    {
        at += digits;
    }
    while at < part.end && matches!(char_at(flow, at), Some('：' | '《' | ':' | '“')) {
        at += 1;
    }
    at
}

fn numbers(flow: &Flow, at: usize, end: usize) -> usize {
    let digits = numbers_ascii(flow, at, end);
    if digits > 0 {
        return digits;
    }
    (at..end).take_while(|i| char_at(flow, *i).is_some_and(numeral::is_numeral)).count()
}

fn numbers_ascii(flow: &Flow, at: usize, end: usize) -> usize {
    (at..end).take_while(|i| char_at(flow, *i).is_some_and(|c| c.is_ascii_digit())).count()
}

/// The last characters of [`ENDINGS`]: asked first, for most lines end with none of them.
fn ends_an_ending(c: char) -> bool {
    "法典例定则度守约范程书状制议知章任".contains(c)
}

fn is_ending(flow: &Flow, start: usize, end: usize) -> bool {
    if !end.checked_sub(1).and_then(|last| char_at(flow, last)).is_some_and(ends_an_ending) {
        return false;
    }
    let ends = |word: &str| end >= start + word.chars().count() && super::headings::ends_with(flow, end, word);
    let Some(word) = ENDINGS.iter().find(|word| ends(word)) else { return false };
    if *word != "法" {
        return true;
    }
    let named = end > start + 1 && char_at(flow, end - 2).is_some_and(is_han);
    let short = end - start <= 3;
    let exact = super::headings::ends_with(flow, end, "公司法") || super::headings::ends_with(flow, end, "适用法");
    named && (exact || !NO_STATUTE.iter().any(|word| ends(word))) && !(short && !exact && NO_STATUTE_ALONE.iter().any(|word| ends(word)))
}

/// Skips what may stand behind a title in its line: `（草案）`, `草案二次审议稿`, `全文`, `》`, `。`.
fn tail(flow: &Flow, mut at: usize, end: usize) -> usize {
    const LONGEST_TAIL: usize = 40;
    let limit = end.min(at + LONGEST_TAIL);
    loop {
        let before = at;
        match char_at(flow, at).filter(|_| at < limit) {
            Some('》' | '。' | '”' | '_' | '-') => at += 1,
            Some('（') if super::marker::read(|i| char_at(flow, i), at).is_none() => {
                if let Some(close) = (at..limit).find(|i| char_at(flow, *i) == Some('）')) {
                    at = close + 1;
                }
            }
            Some('草') if super::headings::starts_with(flow, at, "草案二次审议稿") => at += 7,
            Some('草') if super::headings::starts_with(flow, at, "草案") => at += 2,
            Some('全') if super::headings::starts_with(flow, at, "全文") => at += 2,
            Some(c) if c.is_ascii_digit() && (super::headings::starts_with(flow, at + 4, "年修")) => {
                at += 4 + (at + 4..limit).take_while(|i| char_at(flow, *i).is_some_and(|c| "年修正订版".contains(c))).count();
            }
            _ => {}
        }
        if at == before {
            return at;
        }
    }
}

/// The title as it is shown: without `最新`, `（全文）`, quotation marks.
fn clean(text: &str) -> String {
    let text = text.trim_start_matches("最新").trim_start_matches(['《', '“']);
    let mut text = text.replace("》", "");
    for word in ["（全文）", "全文", "（最新）", "（最新版）", "（全文版）", "”", "_", "-"] {
        if let Some(shorter) = text.strip_suffix(word) {
            text.truncate(shorter.len());
        }
    }
    text.trim_end_matches(['。', '：']).to_owned()
}

/// Whether a title that fills its line up to here ends here: `2网络安全规章制度|第一章`.
pub(super) fn ends_title_at(flow: &Flow, at: usize) -> bool {
    let behind_title = |c: char| ends_an_ending(c) || matches!(c, '》' | '）' | '。' | '”' | '文' | '案' | '稿' | '正' | '订' | '版');
    if !at.checked_sub(1).and_then(|before| char_at(flow, before)).is_some_and(behind_title) {
        return false;
    }
    let floor = at.saturating_sub(LONGEST_TITLE);
    let Some(line) = (floor..at).rev().find(|i| flow.glyphs.get(*i).is_some_and(|g| g.starts_line() || (g.after_gap() && g.c == '篇')))
    else {
        return false;
    };
    let start = skip_prefix(flow, line..at);
    let speaks = SPEAKING.iter().any(|word| super::headings::starts_with(flow, start, word));
    let open = (start..at).any(|i| char_at(flow, i).is_some_and(|c| is_stop(c) || matches!(c, '，' | '《')));
    let ends = (start..at).rev().take(20).map(|i| i + 1).any(|end| is_ending(flow, start, end) && tail(flow, end, at) == at);
    !speaks && !open && ends
}

pub(super) fn glyph_text(flow: &Flow, range: std::ops::Range<usize>) -> String {
    flow.glyphs.get(range).unwrap_or_default().iter().map(|g| g.c).collect()
}

#[cfg(test)]
mod tests {
    use super::super::page::Page;
    use super::*;

    #[test]
    fn every_ending_is_asked_for() {
        assert!(ENDINGS.iter().all(|word| word.chars().last().is_some_and(ends_an_ending)));
    }

    fn titles(text: &str) -> Vec<String> {
        scan(&Flow::new(&Page::new(text))).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn titles_are_found_in_their_shapes() {
        for (text, title) in [
            ("‘拾’ 中华人民共和国网络安全法", "中华人民共和国网络安全法"),
            ("中华人民共和国网络安全法(草案)。", "中华人民共和国网络安全法（草案）"),
            ("最新中华人民共和国网络安全法(全文)。", "中华人民共和国网络安全法"),
            ("附 录 一 中 华 人 民 共 和 国 网 络 安 全 法", "中华人民共和国网络安全法"),
            ("2校园网络安全规章制度第一章总则", "校园网络安全规章制度"),
            ("4网络安全管理规章制度第一条为了", "网络安全管理规章制度"),
            ("3政府网络安全管理规章制度1、严格", "政府网络安全管理规章制度"),
            ("互联网责任书 为明确责任，一、遵守", "互联网责任书"),
            ("遵守规定。 篇三:2013年信息安全责任书 为了", "2013年信息安全责任书"),
            ("篇三 2013年信息安全责任书", "2013年信息安全责任书"),
            ("附 录 一 中 华 人 民 共 和 国 网 络 安 全 法 ( 一 ) 设 置 机 构", "中华人民共和国网络安全法"),
            ("中华人民共和国个人信息保护法", "中华人民共和国个人信息保护法"),
            ("中华人民共和国公司法", "中华人民共和国公司法"),
        ] {
            assert_eq!(titles(text), [title], "{text}");
        }
    }

    #[test]
    fn lines_that_speak_of_a_text_are_no_titles() {
        for text in [
            "一、建立安全管理制度;",
            "根据《网络安全法》",
            "这是一种做法",
            "网络安全宣传活动方案(模板12篇)篇八",
            "落实管理制度",
            "坚决实行“一票否决”制度。",
            "违反本法规定，给予警告。",
            "是否合法",
        ] {
            assert_eq!(titles(text), Vec::<String>::new(), "{text}");
        }
    }
}
