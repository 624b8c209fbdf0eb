//! Whole pages with the traits of real ones: a collection of letters and rules, a collection of speeches with a statute in it.

use anlan_law::reading::{Document, FindingKind, Kind};

mod support_reading;
use support_reading::{clean, fixture, of, reads, texts};

fn numbers(document: &Document) -> Vec<u32> {
    document.articles.iter().map(|article| article.number).collect()
}

fn to(last: u32) -> Vec<u32> {
    (1..=last).collect()
}

#[test]
fn eleven_rule_sets_of_one_page_are_found_with_their_numbering() {
    let reading = reads(&fixture("page-rules.txt"));
    let found: Vec<(&str, Vec<u32>)> = reading.documents.iter().map(|d| (d.title.as_str(), numbers(d))).collect();
    let expected = [
        ("护林与防火责任书", to(8)),
        ("xxx林场防火责任书", to(5)),
        ("2013年林区信息责任书", to(12)),
        ("林区安全规章制度", to(14)),
        ("林区道路规章制度", to(9)),
        ("林场用水规章制度", to(5)),
        ("林区设备管理规章制度", vec![1, 2, 3, 4, 6, 7]),
        ("乡镇护林管理规章制度", to(4)),
        ("网格化护林责任书", to(5)),
        ("森林公安机关与护林网站责任书", to(4)),
        ("社区护林目标责任书", to(4)),
    ];
    assert_eq!(found, expected);
    assert!(reading.documents.iter().all(|d| d.kind == Kind::Rules && d.version.is_none()));
    let place = |kind| of(&reading, kind).iter().map(|f| (f.line, f.article, f.item, f.document)).collect::<Vec<_>>();
    assert_eq!(place(FindingKind::LostArticle), [(119, Some(5), None, Some(6))]);
    assert_eq!(place(FindingKind::LostItem), [(157, Some(3), Some(1), Some(8))]);
    assert_eq!(
        place(FindingKind::ForeignBlock),
        [(1, None, None, None), (7, None, None, Some(1)), (13, None, None, None), (133, None, None, None), (213, None, None, Some(10))]
    );
    assert_eq!(place(FindingKind::HeadlessStart), []);
    let masked: Vec<(usize, Option<u32>)> = of(&reading, FindingKind::MaskedText).iter().map(|f| (f.line, f.article)).collect();
    assert!(masked.contains(&(5, Some(2))) && masked.contains(&(5, Some(3))) && masked.contains(&(133, None)));
}

#[test]
fn chapters_and_lists_of_a_rule_set_are_kept() {
    let reading = reads(&fixture("page-rules.txt"));
    let roads = &reading.documents[4];
    assert_eq!(
        roads.article(5).unwrap().text(),
        "不得利用道路从事下列活动：（1）堆放木材；（2）晾晒粮食；（3）违反《林区条例》第二十三条的规定的活动。"
    );
    assert_eq!(roads.article(6).unwrap().items().map(|item| item.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(roads.article(7).unwrap().part, "第三章 罚则");
    let equipment = &reading.documents[6];
    assert_eq!(
        (equipment.article(6).unwrap().part.as_str(), equipment.article(4).unwrap().text()),
        ("附则", "设备由管理员统一规划。".to_owned())
    );
}

#[test]
fn a_statute_among_speeches_is_found_and_where_it_breaks_off() {
    let reading = reads(&fixture("page-speech.txt"));
    assert_eq!(reading.documents.len(), 1);
    let document = &reading.documents[0];
    assert_eq!((document.title.as_str(), document.kind, numbers(document)), ("中华人民共和国河堤养护法", Kind::Statute, to(14)));
    assert_eq!(texts(document)[..13], texts(&reads(&clean()).documents[0])[..13]);
    let last = document.articles.last().unwrap();
    assert!(last.truncated && last.text().ends_with("（二）对裂缝、松散等风险未以及"), "{}", last.text());
    assert_eq!(of(&reading, FindingKind::Truncated).len(), 1);
    assert_eq!(of(&reading, FindingKind::ForeignBlock).len(), 1);
    assert_eq!(of(&reading, FindingKind::GluedHeading).len(), 6);
}

#[test]
fn prose_with_lists_is_no_rule_set() {
    let page = "护林宣传活动方案(模板12篇)篇五\n\n一、成立领导小组。\n\n二、营造氛围。\n\n三、开展活动。\n\n1.保护森林。\n\n2.人人有责。\n\n3.严格落实管理制度。\n";
    assert_eq!(reads(page).documents.len(), 0);
}

#[test]
fn gb18030_pages_are_read_alike() {
    let text = clean();
    let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
    let reading = anlan_law::reading::read("page.txt", &bytes, &[]);
    assert_eq!((reading.documents.len(), reading.findings.len()), (1, 0));
}
