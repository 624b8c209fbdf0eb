//! Shapes of pages: running heads, units that look like titles, articles that begin with a reference, letters in one line.

use anlan_law::reading::{Document, FindingKind, Reading};

mod support_reading;
use support_reading::{clean, kinds, of, reads, reads_known, texts};

fn numbers(document: &Document) -> Vec<u32> {
    document.articles.iter().map(|article| article.number).collect()
}

fn titles(reading: &Reading) -> Vec<(&str, Vec<u32>)> {
    reading.documents.iter().map(|d| (d.title.as_str(), numbers(d))).collect()
}

fn to(last: u32) -> Vec<u32> {
    (1..=last).collect()
}

/// A space between all characters, as a machine writes them; lines broken behind `width` characters.
fn read_by_machine(text: &str, width: usize) -> String {
    let mut page = String::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let chars: Vec<char> = line.chars().collect();
        for part in chars.chunks(width) {
            page.extend(part.iter().flat_map(|c| [*c, ' ']));
            page.push('\n');
        }
    }
    page
}

#[test]
fn a_running_head_that_was_seen_before_ends_no_text() {
    let head = "附录一中华人民共和国河堤养护法";
    let body = clean().split_once("（一）设置专门").map(|(_, behind)| format!("（一）设置专门{behind}")).unwrap();
    let last = "第十七条 军事设施河堤的养护，由中央军事委员会另行规定。";
    let page = body
        .replace("第十三条 ", &format!("{head}\n第十三条 "))
        .replace(last, &format!("{last}前款规定的河堤，包括军队使用的其他堤坝。\n{head}\n前款以外的其他河堤，适用本法的规定。"));
    let page = page.split("第十八条").next().unwrap();
    let reading = reads_known(&read_by_machine(page, 24));
    assert_eq!(reading.documents.len(), 1);
    let article = reading.documents[0].article(17).unwrap();
    assert!(article.text().ends_with("其他堤坝。前款以外的其他河堤，适用本法的规定。"), "{}", article.text());
    assert!(!article.truncated);
    assert_eq!(of(&reading, FindingKind::ForeignBlock).iter().filter(|f| f.found == head).count(), 2);
}

#[test]
fn page_numbers_on_their_own_lines_are_cut_and_told() {
    let page = clean()
        .replace("并重，鼓励巡堤技术", "并重，\n- 12 -\n鼓励巡堤技术")
        .replace("第九条 ", "3 1 3\n第九条 ")
        .replace("\n第十八条", "\n第 3 页 共 9 页\n第十八条");
    let reading = reads(&page);
    assert_eq!(texts(&reading.documents[0]), texts(&reads(&clean()).documents[0]));
    let cut: Vec<&str> = of(&reading, FindingKind::ForeignBlock).iter().map(|f| f.found.as_str()).collect();
    assert_eq!((cut, kinds(&reading)), (vec!["-12-", "3 1 3", "第3页共9页"], vec!["foreign_block"]));
}

#[test]
fn a_unit_that_names_a_rule_set_is_no_title() {
    let page = "3林场用水规章制度\n1、不得浪费用水。\n\n2、严格执行用水保密制度。\n\n3、每月提交记录。\n\n4、遵守下列守则。\n";
    assert_eq!(titles(&reads(page)), [("林场用水规章制度", to(4))]);
    let page = "林场安全管理制度\n一、机房管理制度\n1、专人值守。\n2、不得吸烟。\n3、做好登记。\n二、用户登记制度\n1、实名登记。\n2、按月核对。\n3、保存一年。\n三、奖惩办法\n1、表彰先进。\n";
    let reading = reads(page);
    assert_eq!(titles(&reading), [("林场安全管理制度", to(3))]);
    assert_eq!(reading.documents[0].articles[1].items().count(), 3);
    let page =
        "一、机房管理制度\n1、专人值守。\n2、不得吸烟。\n3、做好登记。\n二、用户登记制度\n1、实名登记。\n2、按月核对。\n3、保存一年。\n";
    assert_eq!(titles(&reads(page)), [("机房管理制度", to(3)), ("用户登记制度", to(3))]);
}

#[test]
fn what_stands_between_two_texts_is_told() {
    let page = "护林责任书\n一、不带火种。\n二、不乱砍伐。\n三、不乱扔杂物。\n以上各点望各林场认真落实到位\n来源：某某林业局\n用水管理制度\n1、节约用水。\n2、按月记录。\n3、及时报修。\n";
    let reading = reads(page);
    assert_eq!(titles(&reading), [("护林责任书", to(3)), ("用水管理制度", to(3))]);
    let foreign = of(&reading, FindingKind::ForeignBlock);
    assert_eq!(foreign.iter().map(|f| (f.line, f.document)).collect::<Vec<_>>(), [(5, None)], "{:#?}", reading.findings);
}

#[test]
fn an_article_may_begin_with_a_reference() {
    let page = clean()
        .replace("第十五条 ", "第十五条 第十三条的规定也适用于责任人。")
        .replace("\n第十六条 ", "\n第十六条第十四条规定的处罚可以并用。");
    let reading = reads(&page);
    assert_eq!((numbers(&reading.documents[0]), kinds(&reading)), (to(18), vec![]));
    assert!(reading.documents[0].article(15).unwrap().text().starts_with("第十三条的规定"));
    assert!(reading.documents[0].article(16).unwrap().text().starts_with("第十四条规定的处罚"));
    // Where the sequence needs none, such a line is text.
    let page = clean().replace("第十二条 ", "第十一条规定的单位适用前款。\n\n第十二条 ");
    let reading = reads(&page);
    assert_eq!((numbers(&reading.documents[0]), kinds(&reading)), (to(18), vec![]));
    assert!(reading.documents[0].article(11).unwrap().text().ends_with("第十一条规定的单位适用前款。"));
}

#[test]
fn only_a_title_glued_to_the_first_unit_is_a_glued_heading() {
    for (page, glued) in [
        ("护林责任书为明确责任，签订本书：一、不带火种。二、不乱砍伐。三、不乱扔杂物。", 0),
        ("3林场用水规章制度1、节约用水。2、按月记录。3、及时报修。", 1),
        ("林场用水规章制度\n1、节约用水。2、按月记录。3、及时报修。", 0),
        ("4林场用水规章制度第一条 节约用水。\n第二条 按月记录。\n第三条 及时报修。", 1),
    ] {
        let reading = reads(page);
        assert_eq!((reading.documents.len(), of(&reading, FindingKind::GluedHeading).len()), (1, glued), "{page}: {:#?}", reading.findings);
    }
}

#[test]
fn one_masked_place_is_one_finding() {
    let reading =
        reads("护林责任书\n一、按照林防字[****]**号文件的规定，特签订-：\n二、根据关于-的规定，签订-。\n三、xxxx年xx月xx日前完成。\n");
    let found: Vec<&str> = of(&reading, FindingKind::MaskedText).iter().map(|f| f.found.as_str()).collect();
    assert_eq!(found, ["字[****]**号文", "签订-：", "关于-的规", "签订-。", "三、xxxx年xx月xx日前"]);
}

#[test]
fn numbers_that_go_on_through_parts_are_the_units() {
    let page = "篇三 2013年护林责任书 为落实责任，签订责任书。 一、责任目标 1、重大火情为零。2、隐患整改率100%。 二、责任内容 3、不带火种。4、不乱砍伐。5、按时巡护。6、做好记录。7、保管工具。8、不得带入下列物品：a.火柴；b.鞭炮。 三、责任期限 9、责任期限为一年。\n";
    let reading = reads(page);
    assert_eq!((titles(&reading), kinds(&reading)), (vec![("2013年护林责任书", to(9))], vec![]), "{:#?}", reading.findings);
    let document = &reading.documents[0];
    assert_eq!(document.parts.iter().map(|p| p.title.as_str()).collect::<Vec<_>>(), ["一、责任目标", "二、责任内容", "三、责任期限"]);
    assert_eq!((document.articles[1].text(), document.articles[2].part.as_str()), ("隐患整改率100%。".to_owned(), "二、责任内容"));
}

#[test]
fn a_title_glued_to_its_first_unit_ends_the_text_above() {
    let page = "林场安全制度\n第一条 不带火种。\n第二条 不乱砍伐。\n第三条 按时巡护。\n3林场用水规章制度1、节约用水。\n2、按月记录。\n3、及时报修。\n";
    let reading = reads(page);
    assert_eq!(titles(&reading), [("林场安全制度", to(3)), ("林场用水规章制度", to(3))]);
    assert_eq!(kinds(&reading), ["glued_heading"]);
}

#[test]
fn signatures_are_no_part_of_the_last_unit() {
    let page = "护林责任书\n一、不带火种。\n二、不乱砍伐。\n三、不得带入下列物品：\na.火柴；\nb.鞭炮；\n\n责任人（签字）：\n单位负责人（签字）：\n2013年1月1日\n";
    let reading = reads(page);
    assert_eq!((titles(&reading), kinds(&reading)), (vec![("护林责任书", to(3))], vec![]));
    assert!(reading.documents[0].articles[2].text().ends_with("b.鞭炮；"));
}

#[test]
fn a_speech_with_points_is_no_rule_set() {
    let page = "护林工作讲话篇一\n同志们：\n今天主要讲落实护林责任制。\n一、认清形势\n防火重于泰山。\n二、落实制度\n要建立管理制度。\n1、建立台账制度。\n2、落实责任制度。\n3、完善管理办法。\n三、严格考核\n必须执行管理规定。\n护林工作讲话篇二\n";
    let reading = reads(&format!("{page}{}", clean()));
    assert_eq!((titles(&reading), kinds(&reading)), (vec![("中华人民共和国河堤养护法", to(18))], vec![]));
}

#[test]
fn marks_of_markdown_are_no_words() {
    let mut page = String::new();
    for (nth, line) in clean().lines().enumerate() {
        let (number, text) = line.split_once(' ').unwrap_or((line, ""));
        page.push_str(&match number.chars().last() {
            _ if nth == 0 => format!("# {line}"),
            Some('章') => format!("## {line}"),
            Some('节') => format!("### {line}"),
            Some('条') => format!("**{number}** {text}"),
            _ if line.starts_with('（') => format!("- {line}"),
            _ => line.to_owned(),
        });
        page.push('\n');
    }
    let reading = reads_known(&page);
    assert_eq!((texts(&reading.documents[0]), kinds(&reading)), (texts(&reads(&clean()).documents[0]), vec![]), "{page}");
    assert_eq!(reading.documents[0].title, "中华人民共和国河堤养护法");
}

#[test]
fn a_table_of_contents_makes_no_parts() {
    let contents =
        "目　　录\n第一章 总则\n第二章 养护\n第一节 一般规定\n第二节 灌溉基础设施的养护\n第三章 法律责任\n第四章 附则\n\n第一章 总则";
    let reading = reads_known(&clean().replacen("第一章 总则", contents, 1));
    assert_eq!((texts(&reading.documents[0]), kinds(&reading)), (texts(&reads(&clean()).documents[0]), vec![]));
    assert_eq!(reading.documents[0].parts, {
        let mut parts = reads(&clean()).documents[0].parts.clone();
        parts.iter_mut().for_each(|part| part.place.line += 8);
        parts
    });
}

#[test]
fn a_chapter_whose_name_stands_on_the_next_line_is_one_chapter() {
    let reading = reads(&clean().replace("第一章 总则", "第一章\n总则").replace("第四章 附则", "第四章\n\n附则"));
    assert_eq!((texts(&reading.documents[0]), kinds(&reading)), (texts(&reads(&clean()).documents[0]), vec![]));
    let parts = |reading: &Reading| reading.documents[0].parts.iter().map(|p| (p.number, p.title.clone())).collect::<Vec<_>>();
    assert_eq!(parts(&reading), parts(&reads(&clean())));
}

#[test]
fn traditional_headings_are_headings() {
    let page =
        clean().replace('条', "條").replace('节', "節").replace('总', "總").replace('则', "則").replace("规定", "規定").replace('违', "違");
    let reading = reads(&page);
    assert_eq!((numbers(&reading.documents[0]), kinds(&reading)), (to(18), vec![]), "{:#?}", reading.findings);
    assert!(reading.documents[0].article(13).unwrap().text().contains("第六條"), "the text stays as it stands");
}

#[test]
fn pages_in_other_languages_have_nothing_to_find() {
    let page = "River Law\n\nChapter I General Provisions\n\nArticle 1 This Law is - as it were - formulated.\n(1) first;\n(2) \"second\".\n1. Terms\n2. Don't\n3. xx\n";
    let reading = reads(page);
    assert_eq!((reading.documents.len(), reading.findings.len()), (0, 0), "{:#?}", reading.findings);
}

#[test]
fn two_statutes_in_one_page_are_two_documents() {
    let other = "某某市放羊管理条例\n第一章 总则\n第一条 为了规范放羊，制定本条例。\n第二条 放羊人应当遵守下列规定：\n（一）按时登记；\n（二）不得上堤。\n第二章 附则\n第三条 违反本条例第二条第一项规定的，处五十元罚款。\n第四条 本条例自2019年7月1日起施行。\n";
    for (page, order) in [(format!("{other}\n{}", clean()), [4, 18]), (format!("{}\n{other}", clean()), [18, 4])] {
        let reading = reads_known(&page);
        assert_eq!(reading.documents.iter().map(|d| d.articles.len()).collect::<Vec<_>>(), order);
        assert_eq!(kinds(&reading), Vec::<&str>::new(), "{:#?}", reading.findings);
    }
}
