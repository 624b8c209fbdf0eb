//! Words that belong to the page: navigation, advertising, link lists, running heads.

use crate::numeral;

use super::headings::starts_with;
use super::normal::Flow;
use super::titles::glyph_text;

/// A line that has one of these ends the text above it.
const FOOT: [&str; 49] = [
    "阅读全文",
    "相关范文",
    "相关推荐",
    "相关文章",
    "相关阅读",
    "推荐阅读",
    "热点内容",
    "热门文章",
    "热门推荐",
    "相关的资料",
    "相关资料",
    "猜你喜欢",
    "上一篇",
    "下一篇",
    "返回顶部",
    "返回首页",
    "版权所有",
    "版权声明",
    "本文地址",
    "本文链接",
    "文章来源",
    "原文链接",
    "转载请注明",
    "免责声明",
    "更多文章",
    "更多范文",
    "点击下载",
    "下载文档",
    "扫一扫",
    "扫码关注",
    "关注微信",
    "分享到",
    "浏览：",
    "点赞",
    "收藏本",
    "网站地图",
    "友情链接",
    "Copyright",
    "copyright",
    "©",
    "备案号",
    "ICP备",
    "展开全文",
    "查看更多",
    "标签：",
    "当前题目：",
    "往期推荐",
    "往期回顾",
    "长按二维码",
];
/// A line that begins so is navigation.
const HEAD: [&str; 6] = ["导航：", "当前位置：", "您的位置：", "首页>", "你的位置：", "位置："];
/// Words of advertising. One is nothing; [`ENOUGH`] of them make a block.
const ADVERTS: [&str; 49] = [
    "专注于",
    "专业从事",
    "做网站",
    "网站建设",
    "网站制作",
    "网站设计",
    "网页设计",
    "建站",
    "小程序",
    "关键词",
    "排名",
    "网站优化",
    "搜索引擎",
    "营销型",
    "网络营销",
    "网络推广",
    "欢迎来电",
    "欢迎咨询",
    "欢迎联系",
    "一站式",
    "性价比",
    "口碑",
    "多年",
    "服务热线",
    "联系我们",
    "解决方案",
    "定制",
    "客户",
    "虚拟主机",
    "服务器租用",
    "服务器托管",
    "域名注册",
    "有限公司",
    "公司",
    "创新",
    "品牌",
    "售后",
    "优惠",
    "报价",
    "价格",
    "团队",
    "外贸",
    "www.",
    "http",
    ".com",
    "SEO",
    "seo",
    "H5",
    "您",
];
const ENOUGH: usize = 3;

pub(super) fn line_text(flow: &Flow, line: &std::ops::Range<usize>) -> String {
    const LONGEST_LOOKED_AT: usize = 400;
    glyph_text(flow, line.start..line.end.min(line.start + LONGEST_LOOKED_AT))
}

/// Whether the text above ends before this line. Longer lines are text, whatever words they have.
pub(super) fn is_foot(text: &str) -> bool {
    const LONGEST_FOOT: usize = 60;
    is_nav(text) || (text.chars().count() <= LONGEST_FOOT && FOOT.iter().any(|word| text.contains(word)))
}

pub(super) fn is_nav(text: &str) -> bool {
    HEAD.iter().any(|word| text.starts_with(word))
}

/// Whether the line is advertising that was set into a text.
pub(super) fn is_advert(text: &str) -> bool {
    const SHORTEST: usize = 12;
    if text.chars().count() < SHORTEST || text.starts_with('第') {
        return false;
    }
    let lists = super::marker::read(|i| text.chars().nth(i), 0).is_some();
    let hits = ADVERTS.iter().filter(|word| text.contains(*word)).count();
    hits >= ENOUGH + usize::from(lists) * 2
}

/// Advertising in a part of a line: all of it, or, where an article or unit starts it, the sentences at its end.
pub(super) fn advert_in(flow: &Flow, part: std::ops::Range<usize>, is_head: bool) -> Option<std::ops::Range<usize>> {
    let text = line_text(flow, &part);
    if !is_head {
        return is_advert(&text).then_some(part);
    }
    let hits = |range: std::ops::Range<usize>| {
        let text = glyph_text(flow, range);
        ADVERTS.iter().filter(|word| text.contains(*word)).count()
    };
    const LONGEST_SEARCHED: usize = 2_000;
    if part.len() > LONGEST_SEARCHED || hits(part.clone()) <= ENOUGH {
        return None;
    }
    let stops = part.clone().filter(|at| super::headings::char_at(flow, *at) == Some('。')).map(|at| at + 1).filter(|at| *at < part.end);
    let ends: Vec<usize> = stops.chain([part.end]).collect();
    let sentences: Vec<std::ops::Range<usize>> = ends.windows(2).filter_map(|pair| Some(*pair.first()?..*pair.get(1)?)).collect();
    let first = sentences.iter().position(|sentence| hits(sentence.clone()) >= 2)?;
    let block = sentences.get(first)?.start..part.end;
    (hits(block.clone()) > ENOUGH).then_some(block)
}

/// A heading of the page between its texts: `‘拾’ …`, `篇三`, `…（模板12篇）篇八`.
pub(super) fn is_page_section(flow: &Flow, line: &std::ops::Range<usize>) -> bool {
    const LONGEST_SECTION: usize = 60;
    if line.len() > LONGEST_SECTION {
        return starts_part(flow, line.start);
    }
    let text = glyph_text(flow, line.clone());
    let numeral_quote = text.starts_with('‘') && text.chars().position(|c| c == '’').is_some_and(|at| at <= 4);
    let ends_part = text.char_indices().rev().take(5).find(|(_, c)| *c == '篇').is_some_and(|(at, c)| {
        let behind = text.get(at + c.len_utf8()..).unwrap_or_default();
        !behind.is_empty() && behind.chars().all(|c| numeral::is_numeral(c) || c.is_ascii_digit())
    });
    numeral_quote || ends_part || starts_part(flow, line.start)
}

fn starts_part(flow: &Flow, at: usize) -> bool {
    let numbered = super::headings::char_at(flow, at + 1).is_some_and(|c| numeral::is_numeral(c) || c.is_ascii_digit());
    (starts_with(flow, at, "篇") && numbered)
        || (starts_with(flow, at, "第") && numbered && super::headings::char_at(flow, at + 2) == Some('篇'))
}

/// Lines inside `range` that repeat the title as a running head does: `附录一 中华人民共和国…法`, with or without a page number.
pub(super) fn running_heads(flow: &Flow, range: std::ops::Range<usize>, title: &str) -> Vec<std::ops::Range<usize>> {
    const SHORTEST_TITLE: usize = 4;
    const LONGEST_EXTRA: usize = 8;
    let title: Vec<char> = title.chars().take_while(|c| *c != '（').collect();
    if title.len() < SHORTEST_TITLE {
        return Vec::new();
    }
    let core: String = title.iter().collect();
    let inside =
        |line: &&std::ops::Range<usize>| line.start >= range.start && line.end <= range.end && line.len() <= title.len() + LONGEST_EXTRA;
    let is_head = |line: &std::ops::Range<usize>| {
        let text = glyph_text(flow, line.clone());
        text.find(&core).is_some_and(|at| {
            let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + core.len()..).unwrap_or_default());
            let page_number = |s: &str| s.chars().all(|c| c.is_ascii_digit() || matches!(c, '·' | '-' | '—' | '.' | ' '));
            let appendix =
                |s: &str| page_number(s.trim_start_matches("附录").trim_start_matches("附件").trim_start_matches(numeral::is_numeral));
            appendix(before) && page_number(behind)
        })
    };
    let first = flow.lines.partition_point(|line| line.start < range.start);
    let mut heads: Vec<std::ops::Range<usize>> = flow
        .lines
        .iter()
        .skip(first)
        .take_while(|line| line.start < range.end)
        .filter(inside)
        .filter(|line| is_head(line))
        .cloned()
        .collect();
    heads.extend(inline_appendix(flow, range, &title));
    heads
}

/// A line with nothing but a page number: `312`, `- 12 -`, `·12·`, `第3页 共9页`, `3/9`.
pub(super) fn is_page_number(flow: &Flow, line: &std::ops::Range<usize>) -> bool {
    const LONGEST: usize = 14;
    const MOST_DIGITS: usize = 4;
    if line.len() > LONGEST {
        return false;
    }
    let text = glyph_text(flow, line.clone()).replace(' ', "");
    let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let around = |c: char| c.is_ascii_digit() || "-—–·•.~～/|".contains(c);
    let is_page = text.starts_with('第') && text.contains('页') && text.chars().all(|c| c.is_ascii_digit() || "第页共，/".contains(c));
    let marked = super::marker::read(|i| super::headings::char_at(flow, line.start + i), 0).is_some();
    !marked && matches!(digits.len(), 1 | 2) && digits.iter().all(|d| d.len() <= MOST_DIGITS) && (is_page || text.chars().all(around))
}

/// The page numbers among the lines of a text, each on a line of its own.
pub(super) fn page_numbers(flow: &Flow, range: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let first = flow.lines.partition_point(|line| line.start < range.start);
    let inside = flow.lines.iter().skip(first).take_while(|line| line.end <= range.end);
    inside.filter(|line| is_page_number(flow, line)).cloned().collect()
}

/// The statute that a running head inside a text without a title names.
pub(super) fn appendix_title(flow: &Flow, range: std::ops::Range<usize>) -> Option<String> {
    const LONGEST_NAME: usize = 40;
    let at = range.clone().find(|at| {
        flow.glyphs.get(*at).is_some_and(|g| g.c == '附')
            && starts_with(flow, *at, "附录")
            && find_word(flow, at + 2..at + 6, "中华人民共和国").is_some()
    })?;
    let start = find_word(flow, at + 2..at + 6, "中华人民共和国")?;
    let end = (start + 7..range.end.min(start + LONGEST_NAME)).find(|i| super::headings::char_at(flow, *i) == Some('法'))?;
    Some(glyph_text(flow, start..end + 1))
}

fn find_word(flow: &Flow, mut range: std::ops::Range<usize>, word: &str) -> Option<usize> {
    range.find(|at| starts_with(flow, *at, word))
}

/// `附录一中华人民共和国…法` inside a line.
fn inline_appendix(flow: &Flow, range: std::ops::Range<usize>, title: &[char]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for at in range.clone() {
        let is_appendix = flow.glyphs.get(at).is_some_and(|g| g.c == '附' && !g.starts_line()) && starts_with(flow, at, "附录");
        if !is_appendix {
            continue;
        }
        let numbers =
            (at + 2..range.end).take_while(|i| super::headings::char_at(flow, *i).is_some_and(numeral::is_numeral)).take(3).count();
        let start = at + 2 + numbers;
        let matches = title.iter().enumerate().all(|(offset, c)| super::headings::char_at(flow, start + offset) == Some(*c));
        if matches && start + title.len() <= range.end {
            found.push(at..start + title.len());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advertising_is_told_from_law() {
        assert!(is_advert("某某公司专注于网站建设、小程序开发，多年经验，欢迎咨询"));
        assert!(!is_advert("网络运营者为用户办理网络接入、域名注册服务，应当要求用户提供真实身份信息。"));
        assert!(!is_advert("第二条公司为客户提供网站建设服务，应当遵守本制度。"));
        assert!(is_foot("阅读全文") && is_foot("与依法推进信息化相关的资料") && !is_foot("国家网信部门负责统筹协调网络安全工作。"));
    }
}
