//! Finds citations in running Chinese text: the law's name where it stands before, lists and ranges of places.
//!
//! Invariants: one walk over the text; at each character a bounded number of characters is looked at; ranges lie on characters.

use std::ops::Range;

use crate::citation::{Found, Law};
use crate::cursor::Cursor;
use crate::library::{Library, Statute};
use crate::place::{PLACES_MOST, Place};
use crate::version::{Version, VersionId};

/// Characters of a title between 《 and 》.
pub const TITLE_CHARS: usize = 60;
/// Characters of a remark in brackets behind it, which may tell the whole history of the law.
pub const REMARK_CHARS: usize = 160;
/// What joins the places of a list, longest first.
pub(crate) const JOINTS: &[&str] = &["以及", "或者", "、", "，", ",", "和", "及", "与", "或", "；", ";"];
/// What joins the ends of a range.
const RANGES: &[&str] = &["至", "到", "—", "－", "-", "～", "~", "–"];
/// Words that may stand between the law's name and the place.
const FILLERS: &[&str] = &["中的", "中", "的", "之"];
/// Signs between them: ends of a quotation, Markdown, a table's cell, a colon, a dash.
const SIGNS: &[char] = &['”', '"', '’', '」', '』', '】', '*', '_', '`', '|', '：', ':', '—'];
/// How many of them, before and behind such a word each.
const SIGNS_MOST: usize = 6;
/// A number without 第 behind the law's name is an article from this one on: `《网络安全法》三条要求` is none.
const LOOSE_LEAST: u32 = 11;
/// What joins a number without 第 to the article before it: `第二十一条、二十五条`.
const LOOSE_JOINTS: &[&str] = &["、", "和", "及", "与"];
/// Words behind a day that name the version by it: `2026年1月1日起施行的《网络安全法》`.
const DAY_WORDS: &[&str] = &["起施行", "施行", "起实施", "实施", "起生效", "修正", "修订", "通过", "公布"];
const COUNTRY: &str = "中华人民共和国";

impl Library {
    /// All citations of articles in a text, in order. Which of them mean a statute of the library is told by [`Law`].
    #[must_use]
    pub fn citations_in(&self, text: &str) -> Vec<Found> {
        walk(self, text).found
    }
}

/// What stands in a text.
#[derive(Default)]
pub(crate) struct Walked {
    pub found: Vec<Found>,
    /// Every name of a law and the byte where it starts, 本法 and 该法 aside.
    pub names: Vec<(usize, Law)>,
}

/// Reads a text once from its beginning to its end.
pub(crate) fn walk(library: &Library, text: &str) -> Walked {
    let mut walked = Walked::default();
    let starts = starts(library);
    let (mut cursor, mut chain) = (Cursor::new(text), 0);
    while let Some(next) = cursor.rest().find(starts.as_slice()) {
        cursor.at += next;
        let start = cursor.at;
        let mut behind = cursor;
        let name = name(library, &mut behind);
        let has_name = name.is_some();
        if let Some(law) = name.as_ref().filter(|law| matches!(law, Law::Named { .. } | Law::Other(_))) {
            walked.names.push((start, law.clone()));
        }
        let mut ahead = behind;
        if has_name {
            fillers(&mut ahead);
        }
        let before = walked.found.len();
        if read_chain(&mut ahead, &name.unwrap_or(Law::Bare), chain, &mut walked.found) {
            if let Some(first) = walked.found.get_mut(before).filter(|_| has_name) {
                first.whole.start = start;
            }
            chain += 1;
            cursor = ahead;
        } else if has_name {
            cursor = behind;
        } else {
            cursor.step();
        }
    }
    walked
}

/// The characters with which a name or a place can begin.
fn starts(library: &Library) -> Vec<char> {
    let names = library.statutes().iter().flat_map(|statute| {
        let alone = statute.versions.iter().flat_map(|version| &version.alone);
        [&statute.title.zh, &statute.short.zh].into_iter().chain(&statute.names).chain(alone)
    });
    let mut starts: Vec<char> = names.filter_map(|name| name.chars().next()).chain(['《', '第', '本', '该', '同']).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// The law's name at the cursor, with what says its version before and behind it. The cursor moves only where there is one.
pub(crate) fn name(library: &Library, cursor: &mut Cursor<'_>) -> Option<Law> {
    let mut ahead = *cursor;
    let law = match ahead.peek()? {
        '《' => titled(library, &mut ahead)?,
        _ => plain_name(library, &mut ahead)?,
    };
    *cursor = ahead;
    Some(law)
}

/// `《网络安全法》（2016年）`, or the title of another law.
fn titled(library: &Library, cursor: &mut Cursor<'_>) -> Option<Law> {
    let before = *cursor;
    cursor.step();
    let title = until(cursor, '》', '《', TITLE_CHARS)?;
    let (bare, remark) = split_remark(title);
    let remark_behind = remark_at(cursor);
    let close: String = bare.chars().filter(|c| !c.is_whitespace()).collect();
    let close = close.strip_prefix(COUNTRY).unwrap_or(&close).to_owned();
    for statute in library.statutes() {
        if is_name(statute, &close) {
            let version = version_of(statute, &[remark, remark_behind], text_before(before));
            return Some(Law::Named { statute: statute.id.clone(), version });
        }
    }
    Some(Law::Other(title.to_owned()))
}

fn is_name(statute: &Statute, name: &str) -> bool {
    let title = statute.title.zh.strip_prefix(COUNTRY).unwrap_or(&statute.title.zh);
    name == title || name == statute.short.zh || statute.names.iter().any(|other| other == name)
}

/// `网络安全法`, `草案二次审议稿`, `本法`, `该法`.
fn plain_name(library: &Library, cursor: &mut Cursor<'_>) -> Option<Law> {
    let before = *cursor;
    for (word, law) in [("本法", Law::ThisLaw), ("该法", Law::ThatLaw), ("同法", Law::ThatLaw)] {
        if cursor.rest().starts_with(word) {
            cursor.at += word.len();
            return Some(law);
        }
    }
    for statute in library.statutes() {
        let names = std::iter::once(&statute.title.zh).chain(std::iter::once(&statute.short.zh)).chain(&statute.names);
        if let Some(name) = names.filter(|name| before.rest().starts_with(name.as_str())).max_by_key(|name| name.len()) {
            cursor.at += name.len();
            let remark = remark_at(cursor);
            let version = version_of(statute, &[remark], text_before(before));
            return Some(Law::Named { statute: statute.id.clone(), version });
        }
        for version in &statute.versions {
            if let Some(mark) = version.alone.iter().find(|mark| before.rest().starts_with(mark.as_str())) {
                cursor.at += mark.len();
                return Some(Law::Named { statute: statute.id.clone(), version: Some(version.id.clone()) });
            }
        }
    }
    None
}

/// What stands up to `end`, at most `most` characters on one line without `never`; the cursor moves behind the end.
fn until<'a>(cursor: &mut Cursor<'a>, end: char, never: char, most: usize) -> Option<&'a str> {
    let rest = cursor.rest();
    for (at, c) in rest.char_indices().take(most + 1) {
        if crate::cursor::fold(c) == end || c == end {
            cursor.at += at + c.len_utf8();
            return rest.get(..at);
        }
        if c == '\n' || c == never {
            return None;
        }
    }
    None
}

/// A title without the remark in brackets at its end, and the remark.
fn split_remark(title: &str) -> (&str, &str) {
    let title = title.trim();
    let Some(at) = title.find(['（', '(']) else { return (title, "") };
    let remark = title[at..].trim_start_matches(['（', '(']).trim_end_matches(['）', ')']);
    (title[..at].trim_end(), remark)
}

/// A remark in brackets at the cursor, empty where there is none.
fn remark_at<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    let mut ahead = *cursor;
    ahead.spaces();
    if !ahead.eat('(') {
        return "";
    }
    match until(&mut ahead, ')', '\n', REMARK_CHARS) {
        // `（以下简称《网络安全法》）` is one, `（第二十一条）` and `（参见《…》第五条）` are citations.
        Some(remark) if !has_place(remark) && (!remark.contains('《') || remark.contains('称')) => {
            *cursor = ahead;
            remark
        }
        _ => "",
    }
}

fn has_place(remark: &str) -> bool {
    remark.match_indices('第').any(|(at, _)| numbered(&mut Cursor::from(remark, at), '条').is_some())
}

/// A few characters before a cursor, `的` cut off.
fn text_before(cursor: Cursor<'_>) -> &str {
    const BEFORE: usize = 48;
    let text = cursor.before();
    let mut from = text.len().saturating_sub(BEFORE);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let near = text[from..].trim_end();
    near.strip_suffix('的').unwrap_or(near).trim_end()
}

/// The version that a remark or the words before the name say. The latest of those named: a remark often gives the history of the law.
fn version_of(statute: &Statute, remarks: &[&str], before: &str) -> Option<VersionId> {
    let says = |mark: &str| {
        let is_long = mark.chars().nth(1).is_some();
        remarks.iter().any(|remark| if is_long { remark.contains(mark) } else { *remark == mark }) || before.ends_with(mark)
    };
    let is_meant = |version: &&Version| version.marks.iter().any(|mark| says(mark)) || named_by_day(version, before);
    statute.versions.iter().rev().find(is_meant).map(|version| version.id.clone())
}

/// `2026年1月1日起施行`, `2016年11月7日通过` before the name.
fn named_by_day(version: &Version, before: &str) -> bool {
    let Some(day) = DAY_WORDS.iter().find_map(|word| before.strip_suffix(word)) else { return false };
    let written = |written: &str| {
        let mut parts = written.split('-').map(|part| part.trim_start_matches('0'));
        Some(format!("{}年{}月{}日", parts.next()?, parts.next()?, parts.next()?))
    };
    let days = [version.from, version.adopted];
    days.iter().flatten().filter_map(|day| written(&day.to_string())).any(|own| day.trim_end().ends_with(&own))
}

fn fillers(cursor: &mut Cursor<'_>) {
    signs(cursor);
    for heading in ['章', '节'] {
        let mut ahead = *cursor;
        if ahead.eat('第') && ahead.number().is_some() && ahead.eat(heading) {
            *cursor = ahead;
        }
    }
    if let Some(filler) = FILLERS.iter().find(|filler| cursor.rest().starts_with(**filler)) {
        cursor.at += filler.len();
    }
    signs(cursor);
}

fn signs(cursor: &mut Cursor<'_>) {
    cursor.spaces();
    for _ in 0..SIGNS_MOST {
        let Some(sign) = cursor.rest().chars().next().filter(|sign| SIGNS.contains(sign)) else { break };
        cursor.at += sign.len_utf8();
        cursor.spaces();
    }
}

/// A number or a range of numbers before 条, 款 or 项.
struct Numbered {
    range: Range<usize>,
    first: u32,
    last: u32,
}

/// A place of a list, or the places of a range, and the bytes that name them.
struct Piece {
    range: Range<usize>,
    places: Vec<Place>,
}

/// The places at the cursor, joined by `、`, 和, 至. False where there is none.
fn read_chain(cursor: &mut Cursor<'_>, law: &Law, chain: usize, found: &mut Vec<Found>) -> bool {
    let first =
        articles(cursor, Lead::Ordinal).or_else(|| if *law == Law::Bare { None } else { articles(cursor, Lead::Loose(LOOSE_LEAST)) });
    let Some(mut pieces) = first else { return false };
    while pieces.iter().map(|piece| piece.places.len()).sum::<usize>() < PLACES_MOST {
        range_on(cursor, &mut pieces);
        let Some(last) = pieces.last().and_then(|piece| piece.places.last()).copied() else { break };
        let mut ahead = *cursor;
        ahead.spaces();
        let is_close = LOOSE_JOINTS.iter().any(|joint| ahead.rest().starts_with(joint)) && last == Place::article(last.article);
        if !eat_one(&mut ahead, JOINTS) {
            break;
        }
        ahead.spaces();
        let more = articles(&mut ahead, Lead::Ordinal).or_else(|| inner(&mut ahead, last));
        // A list goes up: `第二十一条和三条要求` is none.
        let loose = |ahead: &mut Cursor<'_>| if is_close { articles(ahead, Lead::Loose(last.article + 1)) } else { None };
        let Some(more) = more.or_else(|| loose(&mut ahead)) else { break };
        pieces.extend(more);
        *cursor = ahead;
    }
    found.extend(pieces.into_iter().map(|Piece { range, places }| Found { whole: range.clone(), range, law: law.clone(), places, chain }));
    true
}

/// `第二十一条第一款`, `第二十一、二十五条`, `第四十一至四十三条`.
fn articles(cursor: &mut Cursor<'_>, lead: Lead) -> Option<Vec<Piece>> {
    let mut ahead = *cursor;
    let mut numbers = match lead {
        Lead::Ordinal => numbered(&mut ahead, '条')?,
        Lead::Loose(least) => {
            ahead.spaces();
            let from = ahead.at;
            numbers_before(&mut ahead, '条', from).filter(|numbers| numbers.iter().all(|number| number.first >= least))?
        }
    };
    *cursor = ahead;
    let last = numbers.pop()?;
    let mut pieces: Vec<Piece> = numbers.into_iter().map(|one| piece(one, Place::article(0), Level::Article)).collect();
    if last.first == last.last {
        pieces.extend(paragraphs(cursor, Place::article(last.first), last.range));
    } else {
        pieces.push(piece(last, Place::article(0), Level::Article));
    }
    Some(pieces)
}

/// What stands behind an article: its paragraphs, its items, or nothing. `named` is where the place is named so far.
fn paragraphs(cursor: &mut Cursor<'_>, place: Place, named: Range<usize>) -> Vec<Piece> {
    match numbered(cursor, '款') {
        Some(numbers) => under(numbers, place, Some(named.start), Level::Paragraph, cursor),
        None => items(cursor, place, named),
    }
}

fn items(cursor: &mut Cursor<'_>, place: Place, named: Range<usize>) -> Vec<Piece> {
    match numbered(cursor, '项') {
        Some(numbers) => under(numbers, place, Some(named.start), Level::Item, cursor),
        None => vec![Piece { range: named, places: vec![place] }],
    }
}

/// `、第二款`, `、第三项` behind a place of the same article.
fn inner(cursor: &mut Cursor<'_>, last: Place) -> Option<Vec<Piece>> {
    if let Some(numbers) = numbered(cursor, '款') {
        return Some(under(numbers, Place::article(last.article), None, Level::Paragraph, cursor));
    }
    numbered(cursor, '项').map(|numbers| under(numbers, Place { item: None, ..last }, None, Level::Item, cursor))
}

/// How an article begins.
#[derive(Clone, Copy)]
enum Lead {
    /// With 第.
    Ordinal,
    /// Without; the least number that is one.
    Loose(u32),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Article,
    Paragraph,
    Item,
}

/// The numbers as places under `place`; the first is named from `start` on.
fn under(mut numbers: Vec<Numbered>, place: Place, start: Option<usize>, level: Level, cursor: &mut Cursor<'_>) -> Vec<Piece> {
    if let (Some(first), Some(start)) = (numbers.first_mut(), start) {
        first.range.start = start;
    }
    let last = numbers.pop();
    let mut pieces: Vec<Piece> = numbers.into_iter().map(|one| piece(one, place, level)).collect();
    match last {
        Some(last) if level == Level::Paragraph && last.first == last.last => {
            pieces.extend(items(cursor, place.with_paragraph(last.first), last.range));
        }
        Some(last) => pieces.push(piece(last, place, level)),
        None => {}
    }
    pieces
}

fn piece(numbered: Numbered, place: Place, level: Level) -> Piece {
    Piece { places: span(numbered.first, numbered.last).map(|number| at_level(place, level, number)).collect(), range: numbered.range }
}

fn at_level(place: Place, level: Level, number: u32) -> Place {
    match level {
        Level::Article => Place::article(number),
        Level::Paragraph => place.with_paragraph(number),
        Level::Item => place.with_item(number),
    }
}

/// From first to last; where that runs backwards or is too long, only the two ends.
fn span(first: u32, last: u32) -> Box<dyn Iterator<Item = u32>> {
    let most = u32::try_from(PLACES_MOST).unwrap_or(u32::MAX);
    if first == last {
        return Box::new(std::iter::once(first));
    }
    if first < last && last - first < most { Box::new(first..=last) } else { Box::new([first, last].into_iter()) }
}

/// `…至第四十三条`, `…至第三项` behind a place of the same kind.
fn range_on(cursor: &mut Cursor<'_>, pieces: &mut [Piece]) {
    let Some(piece) = pieces.last_mut() else { return };
    let &[first] = piece.places.as_slice() else { return };
    let (unit, level, from) = match (first.paragraph, first.item) {
        (_, Some(item)) => ('项', Level::Item, item),
        (Some(paragraph), None) => ('款', Level::Paragraph, paragraph),
        (None, None) => ('条', Level::Article, first.article),
    };
    let mut ahead = *cursor;
    ahead.spaces();
    if !eat_one(&mut ahead, RANGES) {
        return;
    }
    ahead.spaces();
    let Some(numbers) = numbered(&mut ahead, unit) else { return };
    let [only] = numbers.as_slice() else { return };
    piece.places = span(from, only.last).map(|number| at_level(first, level, number)).collect();
    piece.range.end = ahead.at;
    *cursor = ahead;
}

/// `第三项`, `第（三）项`, `（三）项`, `第二、三项`, `第二至四项`. The cursor moves only where the unit stands behind.
fn numbered(cursor: &mut Cursor<'_>, unit: char) -> Option<Vec<Numbered>> {
    let mut ahead = *cursor;
    ahead.spaces();
    let from = ahead.at;
    let is_bracket = unit == '项' && ahead.peek() == Some('(');
    if !ahead.eat('第') && !is_bracket {
        return None;
    }
    let numbers = numbers_before(&mut ahead, unit, from)?;
    *cursor = ahead;
    Some(numbers)
}

/// Numbers up to their unit; `from` is where the first is named.
fn numbers_before(cursor: &mut Cursor<'_>, unit: char, mut from: usize) -> Option<Vec<Numbered>> {
    /// Numbers before one unit.
    const NUMBERS: usize = 20;
    let mut ahead = *cursor;
    let mut numbers = Vec::new();
    for _ in 0..NUMBERS {
        let first = one_number(&mut ahead)?;
        let mut behind = ahead;
        behind.spaces();
        let mut last = first;
        if eat_one(&mut behind, RANGES) {
            behind.spaces();
            behind.eat('第');
            last = one_number(&mut behind)?;
            ahead = behind;
        }
        numbers.push(Numbered { range: from..ahead.at, first, last });
        ahead.spaces();
        if eat_unit(&mut ahead, unit) {
            if let Some(number) = numbers.last_mut() {
                number.range.end = ahead.at;
            }
            *cursor = ahead;
            return Some(numbers);
        }
        if !eat_one(&mut ahead, &["、", "，", ",", "和", "及"]) {
            return None;
        }
        ahead.spaces();
        from = ahead.at;
        ahead.eat('第');
    }
    None
}

/// 条 but not 条例, 项 but not 项目.
fn eat_unit(cursor: &mut Cursor<'_>, unit: char) -> bool {
    let mut ahead = *cursor;
    let fits = ahead.eat(unit) && !matches!((unit, ahead.peek()), ('条', Some('例')) | ('项', Some('目')));
    if fits {
        *cursor = ahead;
    }
    fits
}

fn one_number(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.spaces();
    if !cursor.eat('(') {
        return cursor.number();
    }
    let number = cursor.number()?;
    cursor.spaces();
    cursor.eat(')').then_some(number)
}

fn eat_one(cursor: &mut Cursor<'_>, words: &[&str]) -> bool {
    let word = words.iter().find(|word| cursor.rest().starts_with(**word));
    if let Some(word) = word {
        cursor.at += word.len();
    }
    word.is_some()
}
