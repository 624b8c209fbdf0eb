//! The day a letter or rule was written, as far as it says so itself.
//!
//! Looked for, in this order: the last line that is a date and little else (`2023年3月1日`, `日期：二〇二三年三月一日`); the day from which the text itself
//! holds (`本制度自2023年3月1日起施行`); a year in its title (`2023年网络安全责任书`); a document number (`某教〔2019〕12号`).
//!
//! Invariants: a date that a sentence merely mentions is none of these; where the day or the month was left blank (`2023年9月  日`), the last one is meant,
//! so that what was adopted in that time counts as known.

use anlan_base::Day;

use crate::cursor::Cursor;
use crate::numeral;

/// Lines from the top that may be the title, and characters of such a line.
const TITLE_LINES: usize = 5;
const TITLE_CHARS: usize = 40;
/// Characters that may stand beside the date on a line of its own.
const BESIDE_CHARS: usize = 10;
/// Dates of one line of signatures.
const SIGNATURES: usize = 8;
/// Lines from the top that may be the document's number.
const NUMBER_LINES: usize = 8;
/// Characters of a line in which a date is looked for.
const LINE_CHARS: usize = 400;

/// The day, where the text says one.
pub(crate) fn day(lines: &[String]) -> Option<Day> {
    lines
        .iter()
        .rev()
        .find_map(|line| signed(line))
        .or_else(|| lines.iter().rev().find_map(|line| in_force(line)))
        .or_else(|| in_title(lines))
        .or_else(|| lines.iter().filter(|line| !line.trim().is_empty()).take(NUMBER_LINES).find_map(|line| document_number(line)))
}

/// A line that is a date, or the same date beside each signature, words such as 日期 aside.
fn signed(line: &str) -> Option<Day> {
    let line = line.trim();
    if line.contains(['，', '。', '；', '《']) || line.contains("起") {
        return None;
    }
    let Some((day, before, mut after)) = first_date(line) else { return left_blank(line) };
    let (mut beside, mut dates) = (words(before), 1);
    while let Some((next, before, rest)) = first_date(after).filter(|_| dates < SIGNATURES) {
        if next != day {
            return None;
        }
        (beside, dates, after) = (beside + words(before), dates + 1, rest);
    }
    (beside + words(after) <= BESIDE_CHARS * dates).then_some(day)
}

/// Characters that are no blanks or brackets.
fn words(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '（' | '）' | '(' | ')' | '_' | '＿')).count()
}

/// `2023年9月  日`, `2023年　月　日`, `二〇二三年九月`: the last day that it can be.
fn left_blank(line: &str) -> Option<Day> {
    line.char_indices().take(LINE_CHARS).find_map(|(at, _)| {
        let mut cursor = Cursor::from(line, at);
        let year = year(&mut cursor)?;
        cursor.spaces();
        if !cursor.eat('年') {
            return None;
        }
        let month = cursor.number().filter(|month| (1..=12).contains(month));
        let rest: String = cursor.rest().chars().filter(|c| words(c.encode_utf8(&mut [0; 4])) > 0).collect();
        let is_blank = matches!((month, rest.as_str()), (Some(_), "月" | "月日") | (None, "月日"));
        let last = || (28..=31).rev().find_map(|day| format!("{year:04}-{:02}-{day}", month.unwrap_or(12)).parse().ok());
        if is_blank && words(line.get(..at)?) <= BESIDE_CHARS { last() } else { None }
    })
}

/// `某教〔2019〕12号` alone on its line: the year.
fn document_number(line: &str) -> Option<Day> {
    let line = line.trim();
    if line.chars().count() > TITLE_CHARS || !line.ends_with('号') || line.contains(['，', '。', '；', '《', '：']) {
        return None;
    }
    let (at, bracket) = line.char_indices().find(|(_, c)| matches!(c, '〔' | '[' | '［' | '【'))?;
    let year = year(&mut Cursor::from(line, at + bracket.len_utf8()))?;
    format!("{year:04}-12-31").parse().ok()
}

/// `本制度自…起施行`, but not the day of a law.
fn in_force(line: &str) -> Option<Day> {
    let (day, before, after) = first_date(line)?;
    let is_own = before.trim_end().ends_with('自') && before.contains('本') && !before.contains("本法") && !before.contains('《');
    let runs = before.contains("有效期") && ["至", "到", "起至"].iter().any(|word| after.starts_with(word));
    let begins = runs || ["起施行", "起执行", "起实施", "起生效"].iter().any(|word| after.starts_with(word));
    (is_own && begins).then_some(day)
}

fn in_title(lines: &[String]) -> Option<Day> {
    lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).take(TITLE_LINES).find_map(|line| {
        if line.chars().count() > TITLE_CHARS || line.contains(['《', '，', '。', '；']) {
            return None;
        }
        let at = line.find('年')?;
        let from = line[..at].char_indices().rev().nth(3)?.0;
        format!("{:04}-01-01", year(&mut Cursor::new(&line[from..at]))?).parse().ok()
    })
}

/// The first date of a line, and what stands before and behind it.
fn first_date(line: &str) -> Option<(Day, &str, &str)> {
    line.char_indices().take(LINE_CHARS).find_map(|(at, _)| {
        let mut cursor = Cursor::from(line, at);
        let day = date(&mut cursor)?;
        Some((day, cursor.before().get(..at)?, cursor.rest()))
    })
}

/// `2023年3月1日`, `二〇二三年三月一日`, `2023-03-01`, `2023.3.1`, `2023/3/1`.
fn date(cursor: &mut Cursor<'_>) -> Option<Day> {
    let year = year(cursor)?;
    cursor.spaces();
    let sign = ['年', '-', '.', '/'].into_iter().find(|sign| cursor.eat(*sign))?;
    let month = cursor.number().filter(|month| (1..=12).contains(month))?;
    cursor.spaces();
    if !cursor.eat(if sign == '年' { '月' } else { sign }) {
        return None;
    }
    let day = cursor.number()?;
    cursor.spaces();
    if sign == '年' && !cursor.eat('日') {
        return None;
    }
    format!("{year:04}-{month:02}-{day:02}").parse().ok()
}

/// Four digits of either kind, one after the other.
fn year(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut year = 0;
    for _ in 0..4 {
        cursor.spaces();
        let c = if cursor.eat('○') || cursor.eat('O') { '0' } else { cursor.step()? };
        year = year * 10 + numeral::parse(c.encode_utf8(&mut [0; 4])).filter(|digit| *digit < 10)?;
    }
    (1_970..2_200).contains(&year).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        day(&text.lines().map(str::to_owned).collect::<Vec<_>>()).map(|day| day.to_string())
    }

    #[test]
    fn the_day_is_where_letters_have_it() {
        for (text, expected) in [
            ("责任书\n正文\n2023年3月1日", Some("2023-03-01")),
            ("责任书\n签订日期：二〇二三年十二月五日", Some("2023-12-05")),
            ("责任书\n2023-03-01\n2024.4.2\n", Some("2024-04-02")),
            ("某单位（章） 2022 年 9 月 1 日", Some("2022-09-01")),
            ("第九条 本制度自2021年5月4日起施行。", Some("2021-05-04")),
            ("本法自2017年6月1日起施行。", None),
            ("《某法》自2017年6月1日起施行，本单位遵照执行。", None),
            ("2019年3月1日发生断网，已处理。", None),
            ("2025年度网络安全责任书\n正文", Some("2025-01-01")),
            ("2025年度网络安全责任书\n正文\n2026年2月1日", Some("2026-02-01")),
            ("责任书\n年月日", None),
            ("责任书\n正文\n正文\n正文\n正文\n2023 年 9 月  日", Some("2023-09-30")),
            ("责任书\n正文\n正文\n正文\n正文\n签订日期：2024年　月　日", Some("2024-12-31")),
            ("责任书\n正文\n正文\n正文\n正文\n二〇二四年二月", Some("2024-02-29")),
            ("责任书\n正文\n正文\n正文\n正文\n2024年工作", None),
            ("责任书\n正文\n正文\n正文\n正文\n2024年2月检查情况", None),
            ("责任书\n甲方签字：张三    2019年3月1日      乙方签字：李四   2019年3月1日", Some("2019-03-01")),
            ("责任书\n正文\n正文\n正文\n正文\n2019年3月1日至2020年3月1日", None),
            ("责任书\n本责任书有效期一年，自2023年2月1日至2024年1月31日。", Some("2023-02-01")),
            ("某县教育局文件\n某教〔2019〕12号\n关于网络安全的通知\n正文", Some("2019-12-31")),
            ("通知\n根据某教〔2019〕12号文件，开展检查。", None),
            ("责任书\n2023年13月1日", Some("2023-01-01")),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
