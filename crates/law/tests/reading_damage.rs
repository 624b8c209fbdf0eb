//! The eighteen damages of real pages, one test each, on statutes and rules of our own.

use anlan_law::reading::{Finding, FindingKind, Kind, merge, read, report};

mod support_reading;
use support_reading::{clean, half_width, kinds, known, of, reads, reads_known, texts};

fn clean_texts() -> Vec<(u32, String)> {
    texts(&reads(&clean()).documents[0])
}

/// The text comes back as it was, and these kinds of findings are told.
fn comes_back(page: &str, expected: &[&str]) {
    let reading = reads(page);
    assert_eq!(reading.documents.len(), 1);
    assert_eq!(texts(&reading.documents[0]), clean_texts());
    assert_eq!(kinds(&reading), expected, "{:#?}", reading.findings);
}

fn place(finding: &Finding) -> (usize, usize) {
    (finding.line, finding.column)
}

#[test]
fn clean_text_has_no_finding() {
    let reading = reads_known(&clean());
    assert_eq!(reading.findings, vec![]);
    let document = &reading.documents[0];
    assert_eq!((document.title.as_str(), document.kind), ("中华人民共和国河堤养护法", Kind::Statute));
    assert_eq!(document.version.as_deref(), Some("dykes@2018"));
    assert_eq!(document.articles.len(), 18);
    assert_eq!(document.articles[8].part, "第二章 养护 第二节 灌溉基础设施的养护");
    assert_eq!(document.articles[5].items().map(|item| item.number).collect::<Vec<u32>>(), [1, 2, 3, 4, 5]);
    assert_eq!(document.articles[3].paragraphs.len(), 2);
}

#[test]
fn damage_01_lost_items_are_named_with_place_article_and_number() {
    let page = clean()
        .replace("（三）采取监测、记录水位的技术措施，并按照规定留存巡堤记录不少于九个月；\n\n", "")
        .replace("（一）设置专门养护机构，并对负责人进行背景审查；\n\n", "");
    let unknown = reads(&page);
    let lost: Vec<(Option<u32>, Option<u32>)> = of(&unknown, FindingKind::LostItem).iter().map(|f| (f.article, f.item)).collect();
    assert_eq!(lost, [(Some(6), Some(3)), (Some(10), Some(1))]);
    assert_eq!(place(of(&unknown, FindingKind::LostItem)[0]), (27, 1));
    let numbers: Vec<u32> = unknown.documents[0].articles[5].items().map(|item| item.number).collect();
    assert_eq!(numbers, [1, 2, 4, 5], "never numbered anew");
    let known = reads_known(&page);
    let lost = of(&known, FindingKind::LostItem);
    assert_eq!(lost[0].expected, "采取监测、记录水位的技术措施，并按照规定留存巡堤记录不少于九个月；");
    assert!(lost[0].confidence > 0.95 && known.findings.len() == 2, "{:#?}", known.findings);
}

#[test]
fn damage_01_a_lost_last_item_is_seen_by_what_stands_before_it() {
    let page = clean().replace("（五）法律、行政法规规定的其他义务。\n\n", "");
    for reading in [reads(&page), reads_known(&page)] {
        let lost: Vec<(Option<u32>, Option<u32>)> = of(&reading, FindingKind::LostItem).iter().map(|f| (f.article, f.item)).collect();
        assert_eq!(lost, [(Some(6), Some(5))], "{:#?}", reading.findings);
    }
}

#[test]
fn damage_01_another_copy_gives_the_lost_item_and_is_named() {
    let item = "（三）采取监测、记录水位的技术措施，并按照规定留存巡堤记录不少于九个月；";
    let first = read("first.txt", clean().replace(&format!("{item}\n\n"), "").as_bytes(), &[]);
    let second = read("second.txt", clean().replace("（二）对裂缝、松散等风险未立即采取补救措施的；\n\n", "").as_bytes(), &[]);
    let readings = [first, second];
    let merged = merge(&readings, &[]);
    assert_eq!(merged.len(), 1);
    assert_eq!(merged[0].sources, ["first.txt", "second.txt"]);
    assert_eq!(texts(&merged[0].document), clean_texts());
    let restored = merged[0].document.article(6).unwrap().items().find(|item| item.number == 3).unwrap();
    assert_eq!((restored.source.as_deref(), restored.derived), (Some("second.txt"), false));
    let whole = report(&readings, &merged);
    assert_eq!(whole.documents.len(), 3);
    assert_eq!(whole.documents[2].sources.len(), 2);
}

#[test]
fn damage_02_headings_glued_to_text() {
    let page = clean()
        .replace("。\n\n第二章 养护\n\n第一节 一般规定\n\n第六条 ", "。第二章养护第一节 一般规定第六条 ")
        .replace("。\n\n第二节 灌溉基础设施的养护\n\n第九条 ", "。第二节 灌溉基础设施的养护第九条")
        .replace("。\n\n第三章 法律责任\n\n第十三条 ", "。第三章\n\n法律责任 第十三条 ");
    comes_back(&page, &["glued_heading"]);
    let reading = reads(&page);
    let glued: Vec<Option<u32>> = of(&reading, FindingKind::GluedHeading).iter().map(|f| f.article).collect();
    assert_eq!(glued, [None, None, Some(6), None, Some(9), None, Some(13)]);
    assert_eq!(reading.documents[0].articles[12].part, "第三章 法律责任");
}

#[test]
fn damage_03_headings_alone_with_space_and_without() {
    let page = clean()
        .replace("第二条 ", "第二条\n")
        .replace("第三条 ", "第三条")
        .replace("第九条 ", "第九条\n\n")
        .replace("第十条 ", "第十条：")
        .replace("第十一条 ", "第 11 条 ");
    comes_back(&page, &[]);
}

#[test]
fn damage_04_chapter_names_with_a_full_stop() {
    let page = clean().replace("总则\n", "总则。\n").replace("一般规定\n", "一般规定。\n").replace("第四章 附则", "第四章附则。");
    comes_back(&page, &["stray_mark"]);
    assert_eq!(reads(&page).documents[0].parts[0].title, "总则");
}

#[test]
fn damage_05_full_stops_behind_semicolons_and_colons() {
    let page = half_width(&clean()).replace(";\n", ";。\n").replace("含义:\n", "含义:。\n");
    comes_back(&page, &["stray_mark"]);
    let reading = reads(&page);
    let marks = of(&reading, FindingKind::StrayMark);
    assert!(marks.iter().any(|f| f.found == "；。" && f.expected == "；" && f.article == Some(6)));
}

#[test]
fn damage_06_stray_quotes_and_points() {
    let page = clean()
        .replace("巡堤技术的研究", "巡堤技术的.研究")
        .replace("其材料存在", "其材料`存在")
        .replace("告；拒不改正的，", "告；拒不改正的'，");
    comes_back(&page, &["stray_mark"]);
    let reading = reads(&page);
    let marks: Vec<(&str, Option<u32>)> = of(&reading, FindingKind::StrayMark).iter().map(|f| (f.found.as_str(), f.article)).collect();
    assert_eq!(marks, [(".", Some(3)), ("`", Some(7)), ("'", Some(13))]);
}

#[test]
fn damage_07_a_page_that_a_machine_read() {
    let page = support_reading::fixture("page-ocr.txt");
    for known in [vec![], vec![known()]] {
        let reading = read("page-ocr.txt", page.as_bytes(), &known);
        let document = &reading.documents[0];
        assert_eq!(document.title, "中华人民共和国河堤养护法");
        assert_eq!(of(&reading, FindingKind::ForeignBlock).len(), 1, "the running head inside");
        assert_eq!(of(&reading, FindingKind::StrayMark).len(), 4);
        let head = of(&reading, FindingKind::HeadlessStart);
        assert_eq!(head.len(), 1);
        assert_eq!(head[0].article, (!known.is_empty()).then_some(10), "only a known text says which article it is");
        let unread: Vec<(u32, String)> = clean_texts().into_iter().filter(|(n, _)| *n > 12).collect();
        let read: Vec<(u32, String)> = texts(document).into_iter().filter(|(n, _)| *n > 12).collect();
        assert_eq!(read, unread);
    }
}

#[test]
fn damage_07_misread_words_are_told_and_kept() {
    let reading = reads_known(&support_reading::fixture("page-ocr.txt"));
    let suspects: Vec<(&str, &str, Option<u32>)> =
        of(&reading, FindingKind::OcrSuspect).iter().map(|f| (f.found.as_str(), f.expected.as_str(), f.article)).collect();
    assert_eq!(suspects, [("基砾", "基础", Some(10)), ("泄霁", "泄露", Some(12))]);
    assert!(reading.documents[0].article(12).unwrap().text().contains("泄霁"), "never corrected");
    let items: Vec<u32> = reading.documents[0].article(10).unwrap().items().map(|item| item.number).collect();
    assert_eq!(items, [1, 2, 3, 4]);
}

#[test]
fn damage_07_running_heads_stand_anywhere() {
    let head = "附录一中华人民共和国河堤养护法";
    let body = clean().split_once("（一）设置专门").map(|(_, behind)| format!("（一）设置专门{behind}")).unwrap();
    let open = body.replace("由中央军事委员会另行规定。\n\n第十八条 本法自2018年7月1日起施行。\n", "由中央军事");
    for (page, last) in [
        (format!("{head}\n\n{open}\n\n{head}\n\n委员会另行规定。\n"), 17),
        (format!("{head}{open}{head}委员会另行规定。\n"), 17),
        (format!("{open}{head}委员会另行规定。\n"), 17),
    ] {
        let spaced: String = page.chars().flat_map(|c| if c == '\n' { vec![c] } else { vec![c, ' '] }).collect();
        let reading = reads_known(&spaced);
        let document = &reading.documents[0];
        let clean: Vec<(u32, String)> = clean_texts().into_iter().filter(|(n, _)| (11..=last).contains(n)).collect();
        let read: Vec<(u32, String)> = texts(document).into_iter().filter(|(n, _)| *n > 10).collect();
        assert_eq!((read, document.title.as_str()), (clean, "中华人民共和国河堤养护法"), "{page}");
        assert_eq!(of(&reading, FindingKind::HeadlessStart)[0].article, Some(10));
        assert_eq!(document.article(10).unwrap().items().count(), 4);
        // An excerpt ends where it likes: nothing is cut here.
        assert_eq!(kinds(&reading), ["foreign_block", "headless_start"], "{:#?}", reading.findings);
    }
}

#[test]
fn damage_07_a_word_written_otherwise_elsewhere_in_the_page_is_suspect() {
    let page = clean().replacen("灌溉基础设施实行", "灌溉基砾设施实行", 1);
    let reading = reads(&page);
    let suspects: Vec<(&str, &str)> =
        of(&reading, FindingKind::OcrSuspect).iter().map(|f| (f.found.as_str(), f.expected.as_str())).collect();
    assert_eq!(suspects, [("基砾", "基础")]);
}

#[test]
fn damage_08_references_are_no_headings() {
    let page = clean()
        .replace("不履行本法第六条、第八条规定的", "不履行本法\n第六条、\n第八条规定的")
        .replace("违反本法第十条至第十二条规定", "违反本法第十条至\n第十二条规定");
    comes_back(&page, &[]);
}

#[test]
fn damage_09_quotations_before_the_text() {
    let lines: Vec<String> = clean().lines().map(str::to_owned).collect();
    let quote = |number: &str| lines.iter().find(|line| line.starts_with(number)).unwrap().clone();
    let quoted = ["第三条", "第五条", "第一条", "第二条"].map(quote).join("\n\n");
    let page =
        format!("‘壹’ 河堤为什么要养护\n\n{quoted}\n\n根据《河堤养护法》第三条规定:国家坚持养护与使用并重,鼓励研究。\n\n‘贰’ {}", clean());
    let reading = reads(&page);
    let numbers: Vec<Option<u32>> = of(&reading, FindingKind::Quotation).iter().map(|f| f.article).collect();
    assert_eq!(numbers, [Some(3), Some(5), Some(1), Some(2), Some(3)]);
    assert_eq!((reading.documents.len(), texts(&reading.documents[0])), (1, clean_texts()));
}

#[test]
fn damage_10_two_versions_in_one_file() {
    let draft = clean().replace("养护法\n", "养护法(草案)\n").replace("支持培养护堤人才", "支持培养人才").replace("2018年7月1日", "年月日");
    let page = format!("{draft}\n篇二\n\n最新{}", clean().replace("养护法\n", "养护法(全文)\n"));
    let reading = reads_known(&page);
    let versions: Vec<(Option<&str>, &str)> = reading.documents.iter().map(|d| (d.version.as_deref(), d.title.as_str())).collect();
    assert_eq!(versions, [(Some("dykes@draft"), "中华人民共和国河堤养护法（草案）"), (Some("dykes@2018"), "中华人民共和国河堤养护法")]);
    assert_eq!(texts(&reading.documents[1]), clean_texts());
}

#[test]
fn damage_11_truncation_before_junk() {
    let cut = |text: &str, word: &str| text.split_once(word).map(|(before, _)| format!("{before}{word}")).unwrap();
    for (word, ending, article) in [
        ("（二）对裂缝", "\n\n阅读全文\n\n热门文章", 14),
        ("通过国务院水利", "以及...\n\n相关范文推荐\n", 11),
        ("使用并重，鼓励巡堤", "", 3),
    ] {
        let reading = reads(&format!("{}{ending}", cut(&clean(), word)));
        let truncated = of(&reading, FindingKind::Truncated);
        assert_eq!(truncated.iter().map(|f| f.article).collect::<Vec<_>>(), [Some(article)], "{:#?}", reading.findings);
        let last = reading.documents[0].articles.last().unwrap();
        assert!(last.truncated && last.number == article, "what is there is kept: {}", last.text());
        assert_eq!(of(&reading, FindingKind::ForeignBlock).len(), usize::from(!ending.is_empty()));
    }
}

#[test]
fn damage_11_a_known_text_shows_that_a_paragraph_is_missing() {
    let page = clean().split_once("县级以上地方").map(|(before, _)| before.to_owned()).unwrap();
    let reading = reads_known(&page);
    let truncated = of(&reading, FindingKind::Truncated);
    assert_eq!((truncated.len(), truncated[0].article), (1, Some(4)));
    assert!(reading.documents[0].articles[3].truncated);
}

#[test]
fn damage_12_a_missing_article() {
    let line = "第十七条 军事设施河堤的养护，由中央军事委员会另行规定。\n\n";
    for (reading, expected) in [
        (reads(&clean().replace(line, "")), ""),
        (reads_known(&clean().replace(line, "")), "军事设施河堤的养护，由中央军事委员会另行规定。"),
    ] {
        let lost = of(&reading, FindingKind::LostArticle);
        assert_eq!((lost.len(), lost[0].article, lost[0].expected.as_str()), (1, Some(17), expected));
        assert_eq!(reading.findings.len(), 1);
    }
}

#[test]
fn damage_13_other_numbering_and_its_gaps() {
    let page = "护林责任书\n\n(一)排查机制\n\n1、定期排查。\n\n①火源;③病虫。\n\n(二)台账机制\n\n2、一年一清。\n\n3、专人保管。\n\n(三)考核机制\n\na.月评。\n\nb.年评。\n";
    let reading = reads(page);
    let document = &reading.documents[0];
    assert_eq!((document.kind, document.articles.len()), (Kind::Rules, 3));
    let lost: Vec<(Option<u32>, Option<u32>)> = of(&reading, FindingKind::LostItem).iter().map(|f| (f.article, f.item)).collect();
    assert_eq!(lost, [(Some(1), Some(2)), (Some(2), Some(1))], "{:#?}", reading.findings);
    assert_eq!(document.articles[2].text(), "考核机制a.月评。b.年评。");
}

#[test]
fn damage_14_masked_and_dropped_words() {
    let page = "护林责任书\n\n一、严禁违反国务院令第***号和关于-的有关规定，特签订-。\n\n二、不得散布“”言论。\n\n三、做好20年国家护林宣传周和20**年、xxxx年的工作。\n";
    let reading = reads(page);
    let masked: Vec<(usize, Option<u32>)> = of(&reading, FindingKind::MaskedText).iter().map(|f| (f.line, f.article)).collect();
    assert_eq!(masked, [(3, Some(1)), (3, Some(1)), (3, Some(1)), (5, Some(2)), (7, Some(3)), (7, Some(3)), (7, Some(3))]);
}

#[test]
fn damage_15_wrong_words_in_free_text_are_kept_and_not_guessed() {
    let page = format!("春节期间返乡人数邹增。\n\n{}", clean());
    assert_eq!(reads(&page).findings, vec![]);
    // In a text that is known they are told.
    let reading = reads_known(&clean().replace("对裂缝、松散等风险未立即", "对裂逢、松散等风险未立即"));
    let suspects = of(&reading, FindingKind::OcrSuspect);
    assert_eq!((suspects.len(), suspects[0].found.as_str(), suspects[0].expected.as_str()), (1, "裂逢", "裂缝"));
}

#[test]
fn damage_16_advertising_inside_a_list_is_cut_and_the_list_goes_on() {
    let advert = "某某公司专注于网站建设、网站设计，多年经验，欢迎咨询。\n\n";
    let page = clean().replace("（三）采取监测", &format!("{advert}（三）采取监测"));
    comes_back(&page, &["foreign_block"]);
    let rules = reads(&format!("护林责任书\n\n一、不带火种。\n\n{advert}二、不乱砍伐。\n\n三、不乱扔杂物。\n"));
    let units: Vec<(u32, String)> = texts(&rules.documents[0]);
    assert_eq!(units, [(1, "不带火种。".into()), (2, "不乱砍伐。".into()), (3, "不乱扔杂物。".into())]);
    assert_eq!(of(&rules, FindingKind::ForeignBlock)[0].line, 5);
}

#[test]
fn damage_17_blank_dates_of_a_draft() {
    let reading = reads(&clean().replace("2018年7月1日", "年月日"));
    let masked = of(&reading, FindingKind::MaskedText);
    assert_eq!((masked.len(), masked[0].article, kinds(&reading)), (1, Some(18), vec!["masked_text"]));
}

#[test]
fn damage_18_wrong_claims_of_the_page_are_text_and_no_finding() {
    let page = format!("《河堤养护法》共九章九十九条，网民6.32亿，电话区号+12300。\n\n{}", clean());
    comes_back(&page, &[]);
}
