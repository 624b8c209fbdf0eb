//! A clean statute, damaged at random: it comes back, or a finding says where it was lost. And whatever the bytes are, the reader ends.
#![allow(clippy::unwrap_used, reason = "what a test builds itself is there")]

use anlan_law::reading::{FindingKind, Known, Reading, read};
use anlan_law::{Article, Item, Paragraph, numeral};
use proptest::prelude::*;

mod support_reading;
use support_reading::{half_width, texts};

#[derive(Clone, Debug)]
enum Damage {
    LoseItem(usize, usize),
    LoseArticle(usize),
    GlueHeading(usize),
    HeadingAlone(usize),
    HalfWidth,
    SpaceAll,
    StrayBackquote(usize),
    FullStops,
    Advert(usize),
    CutTail(usize),
    NoBlankLines,
}

const WORDS: [&str; 12] = [
    "养护单位",
    "应当",
    "巡查河堤",
    "记录水位",
    "并向水利部门",
    "报告险情",
    "不得擅自",
    "拆除标志",
    "按照国家规定",
    "留存资料",
    "保障居民安全",
    "及时处置",
];

fn sentence() -> impl Strategy<Value = String> {
    prop::collection::vec(0..WORDS.len(), 3..9).prop_map(|words| words.into_iter().map(|w| WORDS[w]).collect())
}

fn article() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    (prop::collection::vec(sentence(), 1..4), prop_oneof![2 => Just(vec![]), 1 => prop::collection::vec(sentence(), 2..7)])
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<usize>(), any::<usize>()).prop_map(|(a, i)| Damage::LoseItem(a, i)),
        any::<usize>().prop_map(Damage::LoseArticle),
        any::<usize>().prop_map(Damage::GlueHeading),
        any::<usize>().prop_map(Damage::HeadingAlone),
        Just(Damage::HalfWidth),
        Just(Damage::SpaceAll),
        any::<usize>().prop_map(Damage::StrayBackquote),
        Just(Damage::FullStops),
        any::<usize>().prop_map(Damage::Advert),
        (4_usize..40).prop_map(Damage::CutTail),
        Just(Damage::NoBlankLines),
    ]
}

/// Statute with its articles' paragraphs; the last one says when it enters into force.
fn statute(drawn: &[(Vec<String>, Vec<String>)]) -> Vec<Article> {
    let mut articles = Vec::new();
    for ((sentences, items), number) in drawn.iter().zip(1..) {
        let mut paragraphs: Vec<Paragraph> = sentences.iter().map(|s| Paragraph { text: format!("{s}。"), items: vec![] }).collect();
        if !items.is_empty() {
            let last = items.len();
            let item = |(nth, text): (usize, &String)| Item {
                number: nth as u32 + 1,
                text: format!("{text}{}", if nth + 1 == last { "。" } else { "；" }),
            };
            paragraphs
                .push(Paragraph {
                    text: format!("第{number}类单位履行下列义务："), items: items.iter().enumerate().map(item).collect()
                });
        }
        articles.push(Article { number, part: String::new(), paragraphs });
    }
    let text = "本法自2018年7月1日起施行。".to_owned();
    articles.push(Article { number: articles.len() as u32 + 1, part: String::new(), paragraphs: vec![Paragraph { text, items: vec![] }] });
    articles
}

/// The lines of the page and what its loss must be told as.
fn render(articles: &[Article], damages: &[Damage]) -> (String, Vec<(FindingKind, u32, Option<u32>)>) {
    let mut told = Vec::new();
    let mut articles = articles.to_vec();
    let count = articles.len();
    let mut lost_item: Option<(u32, u32)> = None;
    for damage in damages {
        if let Damage::LoseItem(which, item) = damage
            && lost_item.is_none()
        {
            let listed: Vec<usize> = (0..count).filter(|i| articles[*i].items().count() > 2).collect();
            let Some(at) = listed.get(which % listed.len().max(1)) else { continue };
            let items = &mut articles[*at].paragraphs.last_mut().unwrap().items;
            let removed = items.remove(item % items.len());
            lost_item = Some((*at as u32 + 1, removed.number));
            told.push((FindingKind::LostItem, *at as u32 + 1, Some(removed.number)));
        }
    }
    let mut dropped: Option<u32> = None;
    for damage in damages {
        if let Damage::LoseArticle(which) = damage
            && dropped.is_none()
            && count > 4
        {
            let number = (which % (count - 1)) as u32 + 1;
            if lost_item.is_some_and(|(article, _)| article == number) {
                continue;
            }
            dropped = Some(number);
            articles.retain(|article| article.number != number);
            told.push((FindingKind::LostArticle, number, None));
        }
    }
    let mut page = String::from("中华人民共和国巡河法\n\n第一章 总则\n\n");
    for (nth, article) in articles.iter().enumerate() {
        let glued = nth > 0 && damages.iter().any(|d| matches!(d, Damage::GlueHeading(which) if which % count == nth));
        let alone = damages.iter().any(|d| matches!(d, Damage::HeadingAlone(which) if which % count == nth));
        if glued {
            page.truncate(page.trim_end().len());
            told.push((FindingKind::GluedHeading, article.number, None));
        }
        page.push_str(&format!("第{}条{}", numeral::chinese(article.number), if alone { "\n" } else { " " }));
        for paragraph in &article.paragraphs {
            page.push_str(&format!("{}\n\n", paragraph.text));
            for item in &paragraph.items {
                page.push_str(&format!("（{}）{}\n\n", numeral::chinese(item.number), item.text));
            }
        }
        if damages.iter().any(|d| matches!(d, Damage::Advert(which) if which % count == nth)) {
            page.push_str("某某公司专注于网站建设、小程序开发，多年经验，欢迎咨询。\n\n");
            if nth + 1 < articles.len() {
                told.push((FindingKind::ForeignBlock, article.number, None));
            }
        }
    }
    (page, told)
}

/// Damage of the characters of the whole page.
fn disfigure(mut page: String, damages: &[Damage], told: &mut Vec<(FindingKind, u32, Option<u32>)>) -> String {
    for damage in damages {
        match damage {
            Damage::HalfWidth => page = half_width(&page),
            Damage::FullStops if page.contains("；\n") || page.contains(";\n") => {
                page = page.replace("；\n", "；。\n").replace(";\n", ";。\n");
                told.push((FindingKind::StrayMark, 0, None));
            }
            Damage::StrayBackquote(at) => {
                let places: Vec<usize> = page.match_indices("河堤").map(|(at, _)| at).collect();
                if let Some(place) = places.get(at % places.len().max(1)) {
                    page.insert(*place, '`');
                    told.push((FindingKind::StrayMark, 0, None));
                }
            }
            Damage::NoBlankLines => page = page.replace("\n\n", "\n"),
            _ => {}
        }
    }
    if damages.iter().any(|d| matches!(d, Damage::SpaceAll)) {
        page = page.chars().flat_map(|c| if c == '\n' { vec!['\n'] } else { vec![c, ' '] }).collect();
    }
    page
}

fn is_told(reading: &Reading, (kind, article, item): (FindingKind, u32, Option<u32>)) -> bool {
    reading.findings.iter().any(|f| f.kind == kind && (article == 0 || f.article.is_none() || f.article == Some(article)) && f.item == item)
}

fn known(articles: &[Article]) -> Known {
    Known { id: "river@2018".into(), title: "中华人民共和国巡河法".into(), articles: articles.to_vec() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clean_text_comes_back_without_a_finding(drawn in prop::collection::vec(article(), 3..14)) {
        let articles = statute(&drawn);
        let (page, _) = render(&articles, &[]);
        for known in [vec![], vec![known(&articles)]] {
            let reading = read("page.txt", page.as_bytes(), &known);
            prop_assert_eq!(&reading.findings, &vec![]);
            prop_assert_eq!(reading.documents.len(), 1);
            let expected: Vec<(u32, String)> = articles.iter().map(|a| (a.number, a.text())).collect();
            prop_assert_eq!(texts(&reading.documents[0]), expected);
        }
    }

    #[test]
    fn damaged_text_comes_back_or_a_finding_says_where_it_was_lost(
        drawn in prop::collection::vec(article(), 3..14), damages in prop::collection::vec(damage(), 1..5)
    ) {
        let articles = statute(&drawn);
        let (page, mut told) = render(&articles, &damages);
        let page = disfigure(page, &damages, &mut told);
        let cut = damages.iter().find_map(|d| if let Damage::CutTail(length) = d { Some(*length) } else { None });
        let page = match cut {
            Some(length) if !damages.iter().any(|d| matches!(d, Damage::SpaceAll | Damage::Advert(_) | Damage::LoseArticle(_))) => {
                let kept: Vec<char> = page.trim_end().chars().collect();
                let text: String = kept[..kept.len() - length.min(12)].iter().collect();
                if !text.ends_with(['。', '；', ';']) {
                    told.push((FindingKind::Truncated, 0, None));
                }
                format!("{text}\n\n阅读全文\n")
            }
            _ => page,
        };
        let is_cut = page.ends_with("阅读全文\n");
        for known in [vec![], vec![known(&articles)]] {
            let reading = read("page.txt", page.as_bytes(), &known);
            for one in &told {
                prop_assert!(is_told(&reading, *one), "{:?} is not told: {:#?}\n{}", one, reading.findings, page);
            }
            prop_assert_eq!(reading.documents.len(), 1, "{}", &page);
            let lost: Vec<(u32, Option<u32>)> = told.iter().filter(|(k, _, _)| matches!(k, FindingKind::LostItem | FindingKind::LostArticle)).map(|(_, a, i)| (*a, *i)).collect();
            let count = articles.len() - usize::from(is_cut);
            for article in articles.iter().take(count).filter(|a| !lost.iter().any(|(n, _)| *n == a.number)) {
                let read = reading.documents[0].article(article.number).map(|a| a.text());
                prop_assert_eq!(read, Some(article.text()), "{}", &page);
            }
        }
    }

    #[test]
    fn whatever_the_bytes_are_the_reader_ends(pieces in prop::collection::vec(prop_oneof![
        Just("第一条"), Just("第九千条"), Just("（二）"), Just("一、"), Just("\n"), Just(" "), Just("法"), Just("规章制度"), Just("“"), Just("***"), Just("。"), Just("1."), Just("①"),
        Just("草案二次审议稿第一条"), Just("篇二"), Just("附录一"), Just("\u{fffd}"), Just("第"), Just("条"), Just("章"), Just("附则"), Just("…"), Just("二十"),
    ], 0..200), tail in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut bytes = pieces.concat().into_bytes();
        bytes.extend(tail);
        let reading = read("page.txt", &bytes, &[]);
        prop_assert!(reading.findings.iter().all(|f| f.line > 0 && f.column > 0 && (0.0..=1.0).contains(&f.confidence)));
        prop_assert!(reading.findings.iter().all(|f| f.document.is_none_or(|d| d < reading.documents.len())));
    }
}
