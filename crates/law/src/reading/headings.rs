//! Finds what may be a heading: `第N编`, `第N章`, `第N节`, `第N条`. Told from references by what stands before and behind.
//!
//! Invariant: one pass over the page; a heading is a candidate here, and becomes one when the sequence of numbers wants it (`chain`).

use crate::numeral;

use super::normal::{Flow, is_han, is_stop};
use super::titles;

/// Most candidates of a page that are looked at.
pub const MOST_HEADINGS: usize = 10_000;
/// Most characters of a chapter's or section's name.
pub(super) const LONGEST_NAME: usize = 30;
/// Most characters of a number between `第` and `条`.
const LONGEST_NUMBER: usize = 7;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Part,
    Chapter,
    Section,
    Article,
}

/// How the candidate stands in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// First in its line.
    Line,
    /// Behind a sentence's end, a space, a chapter's name or a title.
    Glued,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Heading {
    pub level: Level,
    pub number: u32,
    /// First glyph, `第`.
    pub start: usize,
    /// First glyph behind it: of the name or of the text.
    pub end: usize,
    pub standing: Standing,
    /// A stray `“` stands behind the number.
    pub stray: Option<usize>,
    /// What follows reads like a reference: a heading only where the sequence has no other for this number.
    pub doubtful: bool,
}

/// Words that bind a number to a law that is spoken of.
const BEFORE: [&str; 34] = [
    "本法",
    "本条例",
    "本办法",
    "本规定",
    "本制度",
    "本细则",
    "、",
    "和",
    "至",
    "》",
    "或",
    "或者",
    "及",
    "以及",
    "与",
    "到",
    "违反",
    "依照",
    "按照",
    "根据",
    "依据",
    "符合",
    "适用",
    "参照",
    "草案",
    "二次审议稿",
    "修改为",
    "同",
    "该法",
    "前款",
    "所列",
    "属于",
    "，",
    "（",
];
/// The same for a candidate that is first in its line: there only what leaves a sentence open binds.
const BEFORE_LINE: [&str; 20] = [
    "本法",
    "本条例",
    "本办法",
    "本规定",
    "本制度",
    "、",
    "和",
    "至",
    "或者",
    "以及",
    "违反",
    "依照",
    "按照",
    "根据",
    "依据",
    "符合",
    "草案",
    "二次审议稿",
    "修改为",
    "规定，",
];
const BEHIND: [&str; 29] = [
    "、第",
    "和第",
    "至第",
    "或第",
    "及第",
    "或者第",
    "以及第",
    "与第",
    "到第",
    "第",
    "规定",
    "的规定",
    "的",
    "之一",
    "之二",
    "之三",
    "所称",
    "所列",
    "所规定",
    "中的",
    "中增加",
    "中规定",
    "修改",
    "增加",
    "删去",
    "删除",
    "改为",
    "作为",
    "）",
];

pub(super) struct Candidates {
    pub headings: Vec<Heading>,
    /// Candidates beyond [`MOST_HEADINGS`].
    pub more: usize,
}

/// All candidates of a page in their order.
pub(super) fn scan(flow: &Flow) -> Candidates {
    let mut found = Candidates { headings: Vec::new(), more: 0 };
    // Up to where a heading may follow the name of a chapter without a sign.
    let mut name_until = 0;
    for start in 0..flow.glyphs.len() {
        if char_at(flow, start) != Some('第') {
            continue;
        }
        let Some((level, number, end)) = numbered(flow, start) else { continue };
        if found.headings.len() >= MOST_HEADINGS {
            found.more += 1;
            continue;
        }
        let Some(standing) = standing(flow, start, level, number, name_until) else { continue };
        let (end, stray) = behind_number(flow, end);
        let doubtful = is_reference(flow, end, level);
        if doubtful && !(level == Level::Article && standing == Standing::Line && follows_sentence(flow, start)) {
            continue;
        }
        if level != Level::Article {
            name_until = end + LONGEST_NAME + 1;
        } else {
            name_until = 0;
        }
        let spaced = flow.glyphs.get(end).is_some_and(|g| g.after_gap() || g.starts_line());
        found.headings.push(Heading { level, number, start, end, standing, stray, doubtful: doubtful && !spaced });
    }
    found
}

/// The character as the signs of this reader are written: traditional characters that headings and titles have count as the simplified ones.
pub(super) fn char_at(flow: &Flow, at: usize) -> Option<char> {
    flow.glyphs.get(at).map(|g| simplified(g.c))
}

/// Only characters of headings, titles and references; the text itself is never changed.
fn simplified(c: char) -> char {
    match c {
        '條' => '条',
        '節' => '节',
        '編' => '编',
        '總' => '总',
        '則' => '则',
        '規' => '规',
        '責' => '责',
        '書' => '书',
        '辦' => '办',
        '護' => '护',
        '標' => '标',
        '準' => '准',
        '協' => '协',
        '議' => '议',
        '須' => '须',
        '違' => '违',
        '據' => '据',
        '屬' => '属',
        '稱' => '称',
        '項' => '项',
        '關' => '关',
        '與' => '与',
        '約' => '约',
        '細' => '细',
        '範' => '范',
        '證' => '证',
        '諾' => '诺',
        '狀' => '状',
        '適' => '适',
        '參' => '参',
        '於' => '于',
        '為' => '为',
        _ => c,
    }
}

fn numbered(flow: &Flow, start: usize) -> Option<(Level, u32, usize)> {
    let is_number = |c: char| numeral::is_numeral(c) || c.is_ascii_digit();
    let number: String = flow.glyphs.get(start + 1..)?.iter().take(LONGEST_NUMBER + 1).map(|g| g.c).take_while(|c| is_number(*c)).collect();
    let length = number.chars().count();
    let level = match char_at(flow, start + 1 + length)? {
        '编' => Level::Part,
        '章' => Level::Chapter,
        '节' => Level::Section,
        '条' => Level::Article,
        _ => return None,
    };
    let number = numeral::parse(&number).filter(|number| *number > 0)?;
    Some((level, number, start + length + 2))
}

fn standing(flow: &Flow, start: usize, level: Level, number: u32, name_until: usize) -> Option<Standing> {
    let glyph = flow.glyphs.get(start)?;
    if glyph.starts_line() {
        let open = BEFORE_LINE.iter().any(|word| ends_with(flow, start, word));
        return (!open).then_some(Standing::Line);
    }
    if start < name_until && is_name(flow, start) {
        return Some(Standing::Glued);
    }
    let before = char_at(flow, start.checked_sub(1)?)?;
    if before == '）' && level == Level::Article && !glyph.after_gap() && number != 1 {
        return None;
    }
    if is_stop(before) || before == '）' || (before == '”' && start >= 2 && char_at(flow, start - 2).is_some_and(is_stop)) {
        return Some(Standing::Glued);
    }
    if BEFORE.iter().any(|word| ends_with(flow, start, word)) {
        return None;
    }
    let behind_title = number == 1 && titles::ends_title_at(flow, start);
    (glyph.after_gap() || behind_title).then_some(Standing::Glued)
}

/// Whether only a chapter's name stands between the last chapter heading and here: no marks but `、`.
fn is_name(flow: &Flow, start: usize) -> bool {
    let name = flow.glyphs.get(start.saturating_sub(LONGEST_NAME)..start).unwrap_or_default();
    let name: Vec<char> = name.iter().rev().map(|g| g.c).take_while(|c| !matches!(c, '章' | '节' | '编')).collect();
    name.len() < LONGEST_NAME
        && name.iter().all(|c| is_han(*c) || matches!(c, '、' | '“' | '。'))
        && !name.first().is_some_and(|c| matches!(c, '和' | '、' | '至'))
}

/// Skips a mark behind the number; a `“` that nothing closes is stray.
fn behind_number(flow: &Flow, end: usize) -> (usize, Option<usize>) {
    match char_at(flow, end) {
        Some('“' | '”' | '‘' | '’') if !is_closed(flow, end) => (end + 1, Some(end)),
        Some('：' | '.' | '，') => (end + 1, None),
        Some('、') if char_at(flow, end + 1) != Some('第') => (end + 1, None),
        _ => (end, None),
    }
}

/// Whether a `”` closes the quotation that opens here within its sentence.
fn is_closed(flow: &Flow, open: usize) -> bool {
    const LONGEST_QUOTED: usize = 60;
    if char_at(flow, open) != Some('“') {
        return false;
    }
    let behind = flow.glyphs.get(open + 1..).unwrap_or_default().iter().take(LONGEST_QUOTED).map(|g| g.c);
    behind.take_while(|c| *c != '。').find(|c| matches!(c, '“' | '”')).is_some_and(|c| c == '”')
}

fn is_reference(flow: &Flow, end: usize, level: Level) -> bool {
    if level != Level::Article {
        return ["规定", "的", "、第", "和第", "至第", "第一款", "所", "）", "，"].iter().any(|word| starts_with(flow, end, word));
    }
    BEHIND.iter().any(|word| starts_with(flow, end, word))
}

/// Whether the line above is whole: a sentence, or a heading.
fn follows_sentence(flow: &Flow, start: usize) -> bool {
    const LONGEST_HEADING: usize = 16;
    let Some(before) = start.checked_sub(1).and_then(|at| char_at(flow, at)) else { return true };
    let line = flow.lines.partition_point(|line| line.end < start);
    is_stop(before) || matches!(before, '”' | '）') || flow.lines.get(line).is_some_and(|line| line.len() <= LONGEST_HEADING)
}

/// `第三条规定：…` behind the name of a law: a quotation.
pub(super) fn quoted_at(flow: &Flow, start: usize) -> Option<Heading> {
    let (level, number, end) = numbered(flow, start).filter(|(level, _, _)| *level == Level::Article)?;
    let colon = (end..end + 4).find(|at| char_at(flow, *at) == Some('：'))?;
    Some(Heading { level, number, start, end: colon + 1, standing: Standing::Glued, stray: None, doubtful: false })
}

pub(super) fn starts_with(flow: &Flow, at: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(offset, c)| char_at(flow, at + offset) == Some(c))
}

pub(super) fn ends_with(flow: &Flow, at: usize, word: &str) -> bool {
    word.chars().rev().enumerate().all(|(back, c)| at.checked_sub(back + 1).and_then(|before| char_at(flow, before)) == Some(c))
}

/// The name of a chapter or section: its glyphs, and a full stop that was set behind it.
pub(super) struct Name {
    pub range: std::ops::Range<usize>,
    pub full_stop: Option<usize>,
}

/// Reads the name behind `第N章`: on the same line, or on the next one.
pub(super) fn name(flow: &Flow, heading: &Heading) -> Name {
    let mut at = heading.end;
    let mut started = false;
    while at < heading.end + LONGEST_NAME {
        let Some(glyph) = flow.glyphs.get(at) else { break };
        let heads = glyph.c == '第' && at > heading.end && numbered(flow, at).is_some();
        let breaks = started && (glyph.starts_line() || (glyph.after_gap() && at > heading.end));
        if heads || breaks || (at == heading.end && glyph.starts_line() && starts_numbered(flow, at)) {
            break;
        }
        if glyph.c == '。' {
            return Name { range: heading.end..at, full_stop: Some(at) };
        }
        if is_stop(glyph.c) || glyph.c == '，' {
            break;
        }
        started = true;
        at += 1;
    }
    Name { range: heading.end..at, full_stop: None }
}

fn starts_numbered(flow: &Flow, at: usize) -> bool {
    char_at(flow, at) == Some('第') && numbered(flow, at).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::page::Page;
    use super::*;

    fn articles(text: &str) -> Vec<u32> {
        let flow = Flow::new(&Page::new(text));
        scan(&flow).headings.iter().filter(|h| h.level == Level::Article && !h.doubtful).map(|h| h.number).collect()
    }

    #[test]
    fn references_are_no_headings() {
        for text in [
            "违反本法第二十二条第一款、第二款和第四十八条第一款规定的",
            "第四十一条至第四十三条规定",
            "根据《网络安全法》第三条规定:国家",
            "(草案二次审议稿第二十条第三项)",
            "网络运营者违反本法\n第二十四条第一款规定",
            "除本法第二十一条的规定外",
            "不履行本法第三十三条、\n第三十四条、第三十六条规定的义务",
        ] {
            assert_eq!(articles(text), Vec::<u32>::new(), "{text}");
        }
    }

    #[test]
    fn headings_of_all_shapes_are_found() {
        for (text, expected) in [
            ("第一条为了", vec![1]),
            ("第一条 为了", vec![1]),
            ("第二条\n在境内", vec![2]),
            ("第 三 十 五 条 “ 关 键", vec![35]),
            ("促进交流。第三章 网络运行安全第一节 一般规定\n第二十一条 国家", vec![21]),
            ("保护权益。第二章网络安全支持与促进第十五条 国家建立", vec![15]),
            ("其他用途。第二节 关键设施的运行安全第三十一条国家对", vec![31]),
            ("2校园网安全管理制度第一条 为了", vec![1]),
            ("(2016年11月7日通过)第一章\n总则 第一条\n为了", vec![1]),
            ("第12条 中国", vec![12]),
            ("第二條 在境內", vec![2]),
            ("違反本法第二條規定", vec![]),
        ] {
            assert_eq!(articles(text), expected, "{text}");
        }
    }
}
