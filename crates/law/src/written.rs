//! The day a letter or rule was written, as far as it says so itself.
//!
//! Looked for, in this order: the last line that is a date and little else (`2023年3月1日`, `日期：二〇二三年三月一日`); the day from which the text itself
//! holds (`本制度自2023年3月1日起施行`); a year in its title (`2023年网络安全责任书`).
//!
//! Invariant: a date that a sentence merely mentions is none of these.

use anlan_base::Day;

use crate::cursor::Cursor;
use crate::numeral;

/// Lines from the top that may be the title, and characters of such a line.
const TITLE_LINES: usize = 5;
const TITLE_CHARS: usize = 40;
/// Characters that may stand beside the date on a line of its own.
const BESIDE_CHARS: usize = 10;
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
}

/// A line that is a date, a word such as 日期 aside.
fn signed(line: &str) -> Option<Day> {
    let line = line.trim();
    let (day, before, after) = first_date(line)?;
    let beside = before.chars().chain(after.chars()).filter(|c| !c.is_whitespace() && !matches!(c, '（' | '）' | '(' | ')')).count();
    let is_sentence = line.contains(['，', '。', '；', '《']) || line.contains("起");
    (beside <= BESIDE_CHARS && !is_sentence).then_some(day)
}

/// `本制度自…起施行`, but not the day of a law.
fn in_force(line: &str) -> Option<Day> {
    let (day, before, after) = first_date(line)?;
    let is_own = before.trim_end().ends_with('自') && before.contains('本') && !before.contains("本法") && !before.contains('《');
    let begins = ["起施行", "起执行", "起实施", "起生效"].iter().any(|word| after.starts_with(word));
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
            ("责任书\n2023年13月1日", Some("2023-01-01")),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
