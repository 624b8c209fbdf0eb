//! Official letters (通报, 通知, 报告) as DOCX in the layout of GB/T 9704-2012, to be edited in WPS or Word (`spec/forms.md`).
//!
//! Invariants: every word of a letter is escaped, and what XML cannot hold is left out; nothing is made up: what nobody knows is a blank to be
//! filled in by hand; the same letter gives the same bytes.

mod body;
mod parts;

use anlan_base::Day;
use anlan_base::text::{Lang, text};

use crate::zip::{ZipError, ZipWriter};

/// Paragraphs and tables of a letter; what comes after is left out, and the letter says so.
pub const BLOCKS: usize = 2_000;
/// Rows of one of its tables.
pub const ROWS: usize = 2_000;
/// Characters of a line that can be a heading.
pub const HEADING_CHARS: usize = 40;

/// A paragraph or table of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// `一、` in 黑体.
    Heading(String),
    /// `（一）` in 楷体.
    Subheading(String),
    Text(String),
    /// `shares`: how wide the columns are to each other.
    Table {
        heads: Vec<String>,
        shares: Vec<u32>,
        rows: Vec<Vec<String>>,
    },
}

/// Which way a letter goes: 上行文 names its signer beside the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
}

/// What a letter says. Empty texts are left out, or left as blanks where the layout wants them.
#[derive(Clone, Debug)]
pub struct Letter {
    pub lang: Lang,
    pub way: Way,
    /// 发文机关, in whose name it goes out.
    pub organ: String,
    /// 紧急程度, or a mark such as 演示数据.
    pub urgency: String,
    /// 发文字号.
    pub number: String,
    /// 签发人.
    pub signer: String,
    pub title: String,
    /// 主送机关.
    pub to: String,
    pub body: Vec<Block>,
    /// 附件说明: names.
    pub attachments: Vec<String>,
    /// 成文日期; none: a blank.
    pub date: Option<Day>,
    /// 附注: what stands in brackets below the date.
    pub remark: String,
    /// 抄送机关.
    pub copies: String,
}

/// The letter as a DOCX.
///
/// # Errors
/// When it cannot be packed; a letter of limited length always can.
pub fn docx(letter: &Letter) -> Result<Vec<u8>, ZipError> {
    let document = body::document(letter);
    let mut zip = ZipWriter::new(Vec::new());
    zip.whole("[Content_Types].xml", parts::CONTENT_TYPES.as_bytes())?;
    zip.whole("_rels/.rels", parts::RELATIONS.as_bytes())?;
    zip.whole("word/_rels/document.xml.rels", parts::DOCUMENT_RELATIONS.as_bytes())?;
    zip.whole("word/document.xml", document.as_bytes())?;
    zip.whole("word/fontTable.xml", parts::FONTS.as_bytes())?;
    zip.whole("word/footer1.xml", parts::footer("right").as_bytes())?;
    zip.whole("word/footer2.xml", parts::footer("left").as_bytes())?;
    zip.whole("word/settings.xml", parts::SETTINGS.as_bytes())?;
    zip.whole("word/styles.xml", parts::styles().as_bytes())?;
    zip.finish()
}

/// The lines of a record's text as a body: `一、` and `（一）` in short lines are headings; empty lines fall away.
#[must_use]
pub fn blocks(written: &str) -> Vec<Block> {
    written.lines().map(str::trim).filter(|line| !line.is_empty()).map(block).collect()
}

fn block(line: &str) -> Block {
    let is_short = line.chars().count() <= HEADING_CHARS && !line.contains('。');
    let numeral = |c: char| "一二三四五六七八九十百".contains(c);
    let rest = line.trim_start_matches(numeral);
    if is_short && rest.len() < line.len() && rest.starts_with('、') {
        return Block::Heading(line.to_owned());
    }
    let inner = line.strip_prefix('（').unwrap_or_default();
    let rest = inner.trim_start_matches(numeral);
    if is_short && rest.len() < inner.len() && rest.starts_with('）') {
        return Block::Subheading(line.to_owned());
    }
    Block::Text(line.to_owned())
}

/// 2026年11月21日; in English as ISO 8601 writes it.
#[must_use]
pub fn day_in_words(lang: Lang, day: Day) -> String {
    if lang == Lang::En {
        return day.to_string();
    }
    let date = day.civil();
    let (year, month, of_month) = (date.year().to_string(), date.month().to_string(), date.day_of_month().to_string());
    text(lang, "forms-date", &[("year", &year), ("month", &month), ("day", &of_month)])
}
