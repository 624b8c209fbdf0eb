//! Marks of Markdown, which say how a line looks and are none of its words: `## 第一章`, `**第一条**`, `- （一）`, `1\.`, `---`.
//!
//! Invariant: they are only looked for in pages that have headings of that kind; elsewhere `**` is a mask.

use super::normal::is_han;
use super::page::Page;

/// As many lines must look so.
const FEWEST_SIGNS: usize = 2;

/// Whether a page is written so: some lines start with `# ` or `**第`.
pub(super) fn is_written(page: &Page) -> bool {
    let signs = page.lines().filter(|line| {
        let line = page.chars.get(line.clone()).unwrap_or_default();
        let hashes = heading_mark(line);
        hashes > 0 && line.get(hashes).copied().is_some_and(|c| is_han(c) || matches!(c, '*' | '《')) || line.starts_with(&['*', '*', '第'])
    });
    signs.take(FEWEST_SIGNS).count() == FEWEST_SIGNS
}

/// `## ` at the front: its length.
fn heading_mark(line: &[char]) -> usize {
    const MOST_HASHES: usize = 6;
    let hashes = line.iter().take_while(|c| **c == '#').count();
    if (1..=MOST_HASHES).contains(&hashes) && line.get(hashes) == Some(&' ') { hashes + 1 } else { 0 }
}

/// Which characters of a line are marks.
pub(super) fn marks(line: &[char]) -> Vec<bool> {
    let mut marks = vec![false; line.len()];
    let is_rule = line.len() >= 3 && line.iter().all(|c| matches!(c, '-' | '*' | '_' | '=' | ' '));
    let front = if is_rule { line.len() } else { front(line) };
    marks.iter_mut().take(front).for_each(|mark| *mark = true);
    for (open, close) in bold(line) {
        marks.iter_mut().skip(open).take(2).for_each(|mark| *mark = true);
        marks.iter_mut().skip(close).take(2).for_each(|mark| *mark = true);
    }
    for at in 0..line.len() {
        let escapes = line.get(at) == Some(&'\\') && line.get(at + 1).is_some_and(char::is_ascii_punctuation);
        if let Some(mark) = marks.get_mut(at).filter(|_| escapes) {
            *mark = true;
        }
    }
    marks
}

/// Quotation marks, bullets and hashes at the front.
fn front(line: &[char]) -> usize {
    let mut at = line.iter().take_while(|c| c.is_whitespace() || **c == '>').count();
    if matches!(line.get(at), Some('-' | '*' | '+')) && line.get(at + 1) == Some(&' ') {
        at += 2;
    }
    at + heading_mark(line.get(at..).unwrap_or_default())
}

/// Pairs of `**` around words.
fn bold(line: &[char]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    while at < line.len() {
        let run = line.get(at..).unwrap_or_default().iter().take_while(|c| **c == '*').count();
        if run == 2 {
            let before = at.checked_sub(1).and_then(|before| line.get(before));
            let masks = before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '[' | ']'));
            match open.take() {
                Some(open) => pairs.push((open, at)),
                None if !masks => open = Some(at),
                None => {}
            }
        }
        at += run.max(1);
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> String {
        let line: Vec<char> = text.chars().collect();
        line.iter().zip(marks(&line)).filter(|(_, mark)| !mark).map(|(c, _)| *c).collect()
    }

    #[test]
    fn marks_are_told_from_words() {
        for (text, expected) in [
            ("## 第一章 总则", "第一章 总则"),
            ("**第一条** 为了", "第一条 为了"),
            ("#### **第一条**", "第一条"),
            ("- （一）甲；", "（一）甲；"),
            ("> 引文", "引文"),
            ("1\\. 甲", "1. 甲"),
            ("---", ""),
            ("公通字[****]**号", "公通字[****]**号"),
            ("20**年**重要**工作", "20**年重要工作"),
            ("-1-", "-1-"),
        ] {
            assert_eq!(bare(text), expected, "{text}");
        }
    }

    #[test]
    fn only_pages_with_such_headings_are_written_so() {
        assert!(is_written(&Page::new("# 某法\n\n## 第一章\n")) && is_written(&Page::new("**第一条** 甲\n\n**第二条** 乙\n")));
        assert!(!is_written(&Page::new("#1 甲\n**号\n20**年\n# include\n# x\n")));
    }
}
