//! Made-up texts of the law: a damaged page, and a whole text whose changed articles hold sample words.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use std::fmt::Write;

use anlan_law::{Article, Body, Item, Library, Paragraph, numeral};

/// A page as people copy them: navigation, spaces between characters, a glued heading, a lost item, a stray mark, a misread word, an end that breaks off.
pub const DAMAGED: &str = "首页 > 政策法规 > 正文\n\
    中华人民共和国网络安全法\n\
    （2016年11月7日第十二届全国人民代表大会常务委员会第二十四次会议通过）\n\
    第三章 网络运行安全\n第一节 一般规定\n\
    第 二 十 条 国家支持企业和高等学校、职业学校等教育培训机构开展网络安全相关教育与培训，采取多种方式培养网络安全人才，促进网络安全人才交流。第二十一条 国家实行网络安全等级保护制度。网络运营者应当按照网络安全等级保护制度的要求，履行下列安全保护义务，保障网络免受干扰、破坏或者未经授权的访问，防止网络数据泄露或者被窃取、篡改：\n\
    （一）制定内部安全管理制度和操作规程，确定网络安全负责人，落实网络安全保护责任；\n\
    （二）采取防范计算机病毒和网络攻击、网络侵入等危害网络安全行为的技术措施；\n\
    （四）采取数据分类、重要数据备份和加密等措施；\n\
    （五）法律、行政法规规定的其他义务。\n\
    <script>alert(1)</script>\n\
    第二十二条 网络产品、服务应当符合相关国家标准的强制性要求。网络产品、服务的提供者不得设置恶意程序；发现其网络产品、服务存在安全缺陷、漏洞等风险时，应当立即采取补救措施，按照规定及时告知用户并向有关主管部门报告。”\n\
    网络产品、服务的提供者应当为其产品、服务持续提供安全维护；在规定或者当事人约定的期限内，不得终止提供安全维护。\n\
    第二十三条 网络关键设备和网络安全专用产品应当按照相关国家标准的强制性要求，由具备资格的机构安全认证\n";

/// The numbers and items of a version as a whole text; where the box has no words, sample ones.
pub fn whole(version: &str) -> String {
    let library = Library::shipped();
    let version = library.version(&version.parse().unwrap()).unwrap();
    let mut out = String::from("中华人民共和国网络安全法\n");
    for entry in version.entries() {
        if let Some((_, part)) = version.parts.iter().find(|(from, _)| *from == entry.number) {
            let _ = writeln!(out, "{}", part.zh.replace(" 第一节", "\n第一节").replace(" 第二节", "\n第二节"));
        }
        let _ = write!(out, "第{}条　", numeral::chinese(entry.number));
        match &entry.body {
            Body::Text(article) => write(&mut out, article),
            Body::Summary { shape, .. } => write(&mut out, &sample(entry.number, shape)),
        }
    }
    out
}

fn sample(number: u32, shape: &[u32]) -> Article {
    let paragraph = |(nth, items): (usize, &u32)| Paragraph {
        text: format!("示例文字，代替第{}条第{}款的官方文本{}", numeral::chinese(number), nth + 1, if *items > 0 { "：" } else { "。" }),
        items: (1..=*items)
            .map(|item| Item {
                number: item,
                text: format!("示例文字之第{}项内容{}", numeral::chinese(item), if item == *items { "。" } else { "；" }),
            })
            .collect(),
    };
    Article { number, part: String::new(), paragraphs: shape.iter().enumerate().map(paragraph).collect() }
}

fn write(out: &mut String, article: &Article) {
    for paragraph in &article.paragraphs {
        let _ = writeln!(out, "{}", paragraph.text);
        for item in &paragraph.items {
            let _ = writeln!(out, "（{}）{}", numeral::chinese(item.number), item.text);
        }
    }
}
