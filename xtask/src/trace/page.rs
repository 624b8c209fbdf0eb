//! `docs/traceability.md`: a table for each group of systems, and below it what is built of it.

use std::fmt::Write;

use anlan_law::system::{Group, Need, System};

use super::{BUILT, Built, DUTIES, SYSTEMS, Status, Trace};

/// The whole page.
pub fn page(trace: &Trace) -> String {
    let mut page = head(trace);
    for group in groups(trace) {
        page.push_str(&section(trace, &group));
    }
    page
}

fn groups(trace: &Trace) -> Vec<Group> {
    let mut groups: Vec<Group> = trace.systems.iter().map(|system| system.group.clone()).collect();
    groups.sort_by_key(|group| group.letter);
    groups.dedup();
    groups
}

fn head(trace: &Trace) -> String {
    let mut text = format!(
        "<!-- Written by `cargo xtask trace` from {SYSTEMS}, {DUTIES} and {BUILT}. Change those. -->\n\n\
         # 依据对照 · Traceability\n\n\
         五份来源文本记载了 {all} 项制度与规则。本页逐项列出：出处（页:行与原文数字）、对应义务与核查项、做到哪一步、由什么证明。\
         只有登记表而没有机制或测量的，不算实现；未列明者即未实现。\n\n\
         The five founding documents describe {all} systems and rules. Row by row this page shows where each stands (page:line and a few words of it), which duties and\n\
         probes answer it, how far it is built, and which tests show that. A form alone is not a fact and does not count where machinery or a measure is needed; what is\n\
         not named as built is not built.\n\n",
        all = trace.systems.len()
    );
    text.push_str(&counts(trace));
    text.push_str("\n需要 Needs：机 machinery 执行或保障 · 测 measure 测量为证 · 册 register 台账、流程、时限 · 文 document 出具文书\n\n出处 Quotation：页:行 page:line；“法 CSL 21(1) → 23(1)”即2016年第二十一条（一）、现第二十三条（一） an article of 2016 and its number since 2026\n\n来源 Pages:\n\n");
    for page in &trace.pages {
        let _ = writeln!(text, "- `{}` {} · {}", page.id, page.name.zh, page.name.en);
    }
    text
}

fn counts(trace: &Trace) -> String {
    let mut text = String::from("| 组 Group | 已实现 works | 部分 partly | 未实现 none | 合计 all |\n|---|--:|--:|--:|--:|\n");
    for group in groups(trace) {
        let systems: Vec<&System> = of(trace, &group).collect();
        let each = Status::ALL.map(|status| systems.iter().filter(|system| trace.status(system) == status).count());
        let letter = group.letter;
        let _ = writeln!(
            text,
            "| [{letter}](#{}) {} {} | {} | {} | {} | {} |",
            letter.to_ascii_lowercase(),
            cell(&group.name.zh),
            cell(&group.name.en),
            each[0],
            each[1],
            each[2],
            systems.len()
        );
    }
    let counts = trace.counts();
    let [works, partly, none] = counts.of.map(|(_, n)| n);
    let _ = writeln!(text, "| **合计 All** | **{works}** | **{partly}** | **{none}** | **{}** |", counts.all);
    text
}

fn of<'a>(trace: &'a Trace, group: &Group) -> impl Iterator<Item = &'a System> {
    let letter = group.letter;
    trace.systems.iter().filter(move |system| system.group.letter == letter)
}

fn section(trace: &Trace, group: &Group) -> String {
    let letter = group.letter;
    let mut text = format!(
        "\n<a id=\"{}\"></a>\n\n## {letter}. {} · {}\n\n\
         | 编号 No. | 制度 System | 出处 Quotation | 需要 Needs | 义务 Duties | 状态 Status |\n|---|---|---|---|---|---|\n",
        letter.to_ascii_lowercase(),
        group.name.zh,
        group.name.en
    );
    for system in of(trace, group) {
        text.push_str(&row(trace, system));
    }
    let built: Vec<String> = of(trace, group).filter_map(|system| Some(details(system, trace.built(system.id)?))).collect();
    if !built.is_empty() {
        let _ = write!(text, "\n{}", built.concat());
    }
    text
}

fn row(trace: &Trace, system: &System) -> String {
    let (zh, en) = trace.status(system).words();
    let status = match trace.status(system) {
        Status::None => "–".to_owned(),
        Status::Works | Status::Partly => format!("**{zh}** {en}"),
    };
    format!(
        "| {:03} | {}<br>{} | {} | {} | {} | {status} |\n",
        system.id.number(),
        cell(&system.name.zh),
        cell(&system.name.en),
        quotations(system),
        needs(system),
        duties(trace, system),
    )
}

/// The law's article then and now, and each quotation with its page and line.
fn quotations(system: &System) -> String {
    let articles = |version: &str| system.articles.get(version).map(|articles| articles.join(", ").replace(" para ", "¶"));
    let law = articles("csl@2016").zip(articles("csl@2025")).map(|(then, now)| format!("法 CSL {then} → {now}"));
    let quoted = system.quotations.iter().map(|quotation| format!("{}:{} {}", quotation.page, quotation.line, cell(&quotation.text)));
    law.into_iter().chain(quoted).collect::<Vec<_>>().join("<br>")
}

fn needs(system: &System) -> String {
    if system.needs.is_empty() {
        return "–".to_owned();
    }
    system.needs.iter().map(|need| zh_need(*need)).collect()
}

fn zh_need(need: Need) -> &'static str {
    match need {
        Need::Machinery => "机",
        Need::Measure => "测",
        Need::Register => "册",
        Need::Document => "文",
    }
}

fn duties(trace: &Trace, system: &System) -> String {
    let answers = trace.answers.get(&system.id.to_string());
    let each = answers.into_iter().flatten().map(|answer| match &answer.probe {
        Some(probe) => format!("{} `{probe}`", answer.duty),
        None => answer.duty.clone(),
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { "–".to_owned() } else { each.join("<br>") }
}

/// What is built of one row: what carries each need, what is lacking, which tests show it.
fn details(system: &System, built: &Built) -> String {
    let (zh, en) = built.status.words();
    let mut text = format!("- **{}** {} · {} — **{zh}** {en}\n", system.id, system.name.zh, system.name.en);
    for need in Need::ALL {
        let carriers: Vec<String> = built.carriers(need).iter().map(|carrier| format!("`{carrier}`")).collect();
        if !carriers.is_empty() {
            let _ = writeln!(text, "    - {} {}: {}", zh_need(need), need.word(), carriers.join(" · "));
        }
    }
    if let Some(lacks) = &built.lacks {
        let _ = writeln!(text, "    - 尚缺：{}  \n      Lacks: {}", lacks.zh, lacks.en);
    }
    for test in &built.tests {
        let _ = writeln!(text, "    - 测试 test: `{test}`");
    }
    text
}

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
