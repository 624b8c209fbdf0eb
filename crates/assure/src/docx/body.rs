//! The document itself: from the mark of the organ to the 版记.

use std::fmt::Write;

use anlan_base::text::text;

use super::parts::{FOOTER, LINE, MARGINS, NAMES, PAGE};
use super::{BLOCKS, Block, Letter, ROWS, Way, day_in_words};

/// Width of the 版心, twips.
const WIDTH: u32 = PAGE.0 - MARGINS.left - MARGINS.right;
/// A character of 三号, twips.
const CHARACTER: i64 = 320;

/// What XML 1.0 can hold, escaped.
fn escaped(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    for c in written.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
    out
}

fn run(look: &str, words: &str) -> String {
    let look = if look.is_empty() { String::new() } else { format!("<w:rPr>{look}</w:rPr>") };
    format!("<w:r>{look}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(words))
}

fn paragraph(style: &str, layout: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{layout}</w:pPr>{runs}</w:p>")
}

fn line(style: &str, words: &str) -> String {
    paragraph(style, "", &run("", words))
}

const TAB: &str = "<w:r><w:tab/></w:r>";

pub(super) fn document(letter: &Letter) -> String {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document {NAMES}><w:body>");
    head(&mut out, letter);
    for block in letter.body.iter().take(BLOCKS) {
        out.push_str(&drawn(block));
    }
    if letter.body.len() > BLOCKS {
        out.push_str(&line("Text", &text(letter.lang, "letter-cut", &[])));
    }
    attachments(&mut out, letter);
    signature(&mut out, letter);
    record(&mut out, letter);
    let _ = write!(
        out,
        "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId4\"/><w:footerReference w:type=\"even\" r:id=\"rId5\"/><w:pgSz w:w=\"{}\" w:h=\"{}\"/><w:pgMar w:top=\"{}\" w:right=\"{}\" w:bottom=\"{}\" w:left=\"{}\" w:header=\"851\" w:footer=\"{FOOTER}\" w:gutter=\"0\"/><w:docGrid w:type=\"lines\" w:linePitch=\"{LINE}\"/></w:sectPr></w:body></w:document>",
        PAGE.0, PAGE.1, MARGINS.top, MARGINS.right, MARGINS.bottom, MARGINS.left
    );
    out
}

/// 版头 with its red line, the title and 主送机关.
fn head(out: &mut String, letter: &Letter) {
    let say = |key: &str, name: &str, value: &str| text(letter.lang, key, &[(name, value)]);
    if !letter.urgency.is_empty() {
        out.push_str(&line("Mark", &letter.urgency));
    }
    out.push_str(&line("Organ", &say("letter-organ", "organ", &letter.organ)));
    let number = run("", &letter.number);
    out.push_str(&match letter.way {
        Way::Down => paragraph("Number", "<w:jc w:val=\"center\"/>", &number),
        Way::Up => {
            let signer = run("", &text(letter.lang, "letter-signer", &[])) + &run("<w:rFonts w:eastAsia=\"楷体\"/>", &letter.signer);
            paragraph("Number", "<w:ind w:left=\"320\"/>", &(number + TAB + &signer))
        }
    });
    out.push_str(&line("Title", &letter.title));
    if !letter.to.is_empty() {
        let to = letter.to.trim_end_matches(['：', ':', '。']);
        out.push_str(&line("To", &say("letter-to", "to", to)));
    }
}

fn drawn(block: &Block) -> String {
    match block {
        Block::Heading(words) => line("Heading1", words),
        Block::Subheading(words) => line("Heading2", words),
        Block::Text(words) => line("Text", words),
        Block::Table { heads, shares, rows } => table(heads, shares, rows),
    }
}

fn table(heads: &[String], shares: &[u32], rows: &[Vec<String>]) -> String {
    let of = |at: usize| shares.get(at).copied().unwrap_or(1).max(1);
    let all: u32 = (0..heads.len()).map(of).sum::<u32>().max(1);
    let widths: Vec<u32> = (0..heads.len()).map(|at| WIDTH * of(at) / all).collect();
    let border = |side: &str| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>");
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"].into_iter().map(border).collect();
    let mut out = format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{WIDTH}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>"
    );
    for width in &widths {
        let _ = write!(out, "<w:gridCol w:w=\"{width}\"/>");
    }
    out.push_str("</w:tblGrid>");
    let cells = |style: &str, cells: &[String]| -> String {
        let cell = |(width, words): (&u32, &String)| {
            let lines: String = words.split('\n').map(|words| line(style, words)).collect();
            format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{lines}</w:tc>")
        };
        widths.iter().zip(cells).map(cell).collect()
    };
    let _ = write!(out, "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{}</w:tr>", cells("CellHead", heads));
    for row in rows.iter().take(ROWS) {
        let _ = write!(out, "<w:tr><w:trPr><w:cantSplit/></w:trPr>{}</w:tr>", cells("Cell", row));
    }
    out + "</w:tbl>" + &paragraph("Cell", "", "")
}

/// 附件说明: a line below the text; further ones stand under the first.
fn attachments(out: &mut String, letter: &Letter) {
    if letter.attachments.is_empty() {
        return;
    }
    out.push_str(&paragraph("Text", "", ""));
    let label = text(letter.lang, "letter-attachments", &[]);
    let single = letter.attachments.len() == 1;
    for (number, name) in (1_usize..).zip(&letter.attachments) {
        let label = if number == 1 { label.as_str() } else { "" };
        let name = if single { name.clone() } else { format!("{number}. {name}") };
        let layout = if number == 1 { "<w:ind w:left=\"1600\" w:hanging=\"960\"/>" } else { "<w:ind w:left=\"1600\"/>" };
        out.push_str(&paragraph("Attachment", layout, &run("", &format!("{label}{name}"))));
    }
}

/// Twips that words take in 三号: what is narrow counts half.
fn breadth(words: &str) -> i64 {
    words.chars().map(|c| if c.is_ascii() { CHARACTER / 2 } else { CHARACTER }).sum()
}

/// 署名, the place of the seal and 成文日期: the date four characters from the edge, the name centred over it, the seal over both.
fn signature(out: &mut String, letter: &Letter) {
    let lang = letter.lang;
    let date = letter.date.map_or_else(|| text(lang, "letter-date-blank", &[]), |day| day_in_words(lang, day));
    let (own, other) = (breadth(&letter.organ), breadth(&date));
    let edge = (4 * CHARACTER).max((own - other) / 2);
    let right = |words: &str| {
        let indent = (edge + (other - breadth(words)) / 2).max(0);
        paragraph("Seal", &format!("<w:ind w:right=\"{indent}\"/>"), &run("", words))
    };
    out.push_str(&paragraph("Text", "<w:keepNext/>", ""));
    out.push_str(&right(&text(lang, "letter-seal", &[])));
    out.push_str(&right(&letter.organ));
    out.push_str(&paragraph("Seal", &format!("<w:keepNext w:val=\"0\"/><w:ind w:right=\"{edge}\"/>"), &run("", &date)));
    if !letter.remark.is_empty() {
        out.push_str(&line("Remark", &text(lang, "letter-remark", &[("remark", &letter.remark)])));
    }
}

/// 版记 at the foot of the last page: 抄送, then who printed it and when.
fn record(out: &mut String, letter: &Letter) {
    let lang = letter.lang;
    let date = letter.date.map_or_else(|| text(lang, "letter-date-blank", &[]), |day| day_in_words(lang, day));
    let rule = |side: &str, size: u32| format!("<w:{side} w:val=\"single\" w:sz=\"{size}\" w:space=\"0\" w:color=\"000000\"/>");
    let borders = rule("top", 8) + &rule("bottom", 8) + &rule("insideH", 6);
    let row = |content: String| format!("<w:tr><w:tc><w:tcPr><w:tcW w:w=\"{WIDTH}\" w:type=\"dxa\"/></w:tcPr>{content}</w:tc></w:tr>");
    let copies = letter.copies.trim_end_matches('。');
    let copies = match copies {
        "" => String::new(),
        copies => row(line("Record", &text(lang, "letter-copies", &[("copies", copies)]))),
    };
    let printed = run("", &letter.organ) + TAB + &run("", &text(lang, "letter-printed", &[("date", &date)]));
    let _ = write!(
        out,
        "<w:tbl><w:tblPr><w:tblpPr w:vertAnchor=\"margin\" w:horzAnchor=\"margin\" w:tblpXSpec=\"center\" w:tblpYSpec=\"bottom\"/><w:tblW w:w=\"{WIDTH}\" w:type=\"dxa\"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid><w:gridCol w:w=\"{WIDTH}\"/></w:tblGrid>{copies}{}</w:tbl>",
        row(paragraph("Record", "", &printed))
    );
    out.push_str("<w:p><w:pPr><w:spacing w:line=\"20\" w:lineRule=\"exact\"/></w:pPr></w:p>");
}
