//! One side of a comparison: the pieces of a row as lines, paragraphs and items starting where they start in the article.
//!
//! The pieces hold the words of both sides in one run, punctuation aside; so lines are found by counting letters and characters, not bytes.

use anlan_law::{Article, Piece, numeral};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Same,
    Removed,
    Added,
    /// The other side's source lost these words.
    OnlyHere,
    /// This side's source lost what stands on the other.
    Gap,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) kind: Kind,
    pub(super) text: String,
}

impl Run {
    pub(super) fn is(&self, kind: Kind) -> bool {
        self.kind == kind
    }
}

/// A paragraph, or an item of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) is_item: bool,
    pub(super) runs: Vec<Run>,
}

impl Line {
    pub(super) fn same(text: &str) -> Self {
        Self { is_item: false, runs: vec![Run { kind: Kind::Same, text: text.to_owned() }] }
    }

    fn push(&mut self, kind: Kind, c: char) {
        match self.runs.last_mut() {
            Some(last) if last.kind == kind => last.text.push(c),
            _ => self.runs.push(Run { kind, text: c.to_string() }),
        }
    }
}

/// An article without any comparison.
pub(super) fn plain(article: &Article) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in &article.paragraphs {
        lines.push(Line::same(&paragraph.text));
        for item in &paragraph.items {
            let text = format!("（{}）{}", numeral::chinese(item.number), item.text);
            lines.push(Line { is_item: true, ..Line::same(&text) });
        }
    }
    lines
}

fn weight(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// After how many letters a line starts, and whether it is an item's.
fn starts(articles: &[&Article]) -> Vec<(usize, bool)> {
    let mut starts = Vec::new();
    let mut at = 0;
    for paragraph in articles.iter().flat_map(|article| &article.paragraphs) {
        starts.push((at, false));
        at += weight(&paragraph.text);
        for item in &paragraph.items {
            starts.push((at, true));
            at += weight(&numeral::chinese(item.number)) + weight(&item.text);
        }
    }
    starts
}

/// What one side shows of a piece.
fn shown(piece: &Piece, side: Side) -> Option<(Kind, &str)> {
    match (piece, side) {
        (Piece::Same(text), _) => Some((Kind::Same, text)),
        (Piece::Removed(text), Side::Before) => Some((Kind::Removed, text)),
        (Piece::Added(text), Side::After) => Some((Kind::Added, text)),
        (Piece::LostBefore(text), Side::After) | (Piece::LostAfter(text), Side::Before) => Some((Kind::OnlyHere, text)),
        (Piece::LostBefore(_), Side::Before) | (Piece::LostAfter(_), Side::After) => Some((Kind::Gap, "")),
        (Piece::Removed(_), Side::After) | (Piece::Added(_), Side::Before) => None,
    }
}

/// Whether a sign opens what follows it; a line may start with it.
fn opens(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '（' | '《' | '“' | '(')
}

/// The words of one side in lines.
pub(super) fn lines(pieces: &[Piece], side: Side, articles: &[&Article]) -> Vec<Line> {
    let starts = starts(articles);
    let mut starts = starts.iter().peekable();
    let mut lines: Vec<Line> = Vec::new();
    let mut seen = 0;
    for (kind, text) in pieces.iter().filter_map(|piece| shown(piece, side)) {
        if kind == Kind::Gap {
            lines.push(Line { is_item: true, runs: vec![Run { kind, text: String::new() }] });
            continue;
        }
        for c in text.chars() {
            if opens(c)
                && let Some((_, is_item)) = starts.next_if(|(at, _)| *at <= seen)
            {
                lines.push(Line { is_item: *is_item, runs: Vec::new() });
            }
            if lines.last().is_none_or(|line| line.runs.first().is_some_and(|run| run.is(Kind::Gap))) {
                lines.push(Line::default());
            }
            if let Some(line) = lines.last_mut() {
                line.push(kind, c);
            }
            seen += usize::from(c.is_alphanumeric());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use anlan_law::{Item, Paragraph};

    fn article(paragraphs: &[(&str, &[(u32, &str)])]) -> Article {
        let item = |(number, text): &(u32, &str)| Item { number: *number, text: (*text).to_owned() };
        let paragraph =
            |(text, items): &(&str, &[(u32, &str)])| Paragraph { text: (*text).to_owned(), items: items.iter().map(item).collect() };
        Article { number: 1, part: String::new(), paragraphs: paragraphs.iter().map(paragraph).collect() }
    }

    fn drawn(lines: &[Line]) -> Vec<String> {
        let run = |run: &Run| match run.kind {
            Kind::Same => run.text.clone(),
            Kind::Removed => format!("-{}-", run.text),
            Kind::Added => format!("+{}+", run.text),
            Kind::OnlyHere => format!("={}=", run.text),
            Kind::Gap => "?".to_owned(),
        };
        lines.iter().map(|line| line.runs.iter().map(run).collect()).collect()
    }

    #[test]
    fn lines_start_where_paragraphs_and_items_start() {
        let old = article(&[("应当：", &[(1, "甲；"), (3, "丙。")]), ("另款。", &[])]);
        let new = article(&[("应当：", &[(1, "甲；"), (2, "乙；"), (3, "丙丁。")]), ("另款。", &[])]);
        let pieces = [
            Piece::Same("应当：（一）甲；".into()),
            Piece::LostBefore("（二）乙；".into()),
            Piece::Same("（三）丙".into()),
            Piece::Added("丁".into()),
            Piece::Same("。另款。".into()),
        ];
        assert_eq!(drawn(&lines(&pieces, Side::Before, &[&old])), ["应当：", "（一）甲；", "?", "（三）丙。", "另款。"]);
        assert_eq!(drawn(&lines(&pieces, Side::After, &[&new])), ["应当：", "（一）甲；", "=（二）乙；=", "（三）丙+丁+。", "另款。"]);
    }

    #[test]
    fn no_word_is_lost_where_the_articles_do_not_fit() {
        let pieces = [Piece::Same("一二三".into()), Piece::Removed("四".into())];
        assert_eq!(drawn(&lines(&pieces, Side::Before, &[])).concat(), "一二三-四-");
        assert_eq!(drawn(&plain(&article(&[("甲：", &[(2, "乙")])]))), ["甲：", "（二）乙"]);
    }
}
