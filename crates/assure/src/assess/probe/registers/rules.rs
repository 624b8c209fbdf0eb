//! `rules.reviewed`: rules and plans in force, their reviews, and what they cite.
//!
//! Invariant: a rule counts only while its record is in force and says from when; a text that cannot be read leaves its citations unknown.

use std::collections::BTreeMap;

use anlan_base::Day;
use anlan_law::letter::LetterKind;
use anlan_law::{Asked as LetterAsked, LetterReport};
use anlan_ledger::engine::Record;
use anlan_ledger::records::Attachment;

use super::question::{Question, Valued, has_option, kind_of, option_name, tell, title_of};
use crate::assess::{AssessError, Measured, Site};

const RULE: &str = "rule";
const IN_FORCE: &str = "in_force";
/// What `of = ["rule"]` means: rules of management and of procedure, which the law names together (2025 Art 23(1)).
const BASIC: [&str; 2] = ["general", "procedure"];
/// It says from when, and that day has come.
const VALID: [&str; 2] = ["has:from", "!future:from"];

pub(in crate::assess) async fn rules_reviewed(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    let wanted: Vec<&str> = of.iter().flat_map(|name| if name == RULE { BASIC.to_vec() } else { vec![name.as_str()] }).collect();
    if kind_of(site, RULE).is_none() || !wanted.iter().all(|category| has_option(site, RULE, "category", category)) {
        return Ok(None);
    }
    let mut measured = Measured::default();
    let in_force = Question::is(RULE, IN_FORCE);
    in_force.asked(site, &mut measured).await?;
    let read = in_force.records(site, None).await?;
    if !read.whole {
        measured.reason("reg-cut", &[]);
        return Ok(Some(measured));
    }
    let today = Day::of(site.now);
    let in_force_now = in_force.only(VALID)?;
    let valid = in_force_now.picked(site, &read.rows);
    if wanted.is_empty() {
        in_force_now.told(&mut measured, &["required", "in_force"], valid.len());
        return cited(site, measured, &valid, today).await.map(Some);
    }
    let mut by_category: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &valid {
        *by_category.entry(rule.value("category")).or_default() += 1;
    }
    for category in &wanted {
        let of_category = Question::is(RULE, IN_FORCE).by("category", category).only(VALID)?;
        of_category.told(&mut measured, &[], by_category.get(category).copied().unwrap_or_default());
        if !by_category.contains_key(category) {
            measured.reason("reg-rule-missing", &[("category", &option_name(site, RULE, "category", category))]);
        }
    }
    // Whoever asks for the basic rules asks whether all rules are reviewed.
    let reviews_all = of.iter().any(|name| name == RULE);
    let concerned = if reviews_all { Vec::new() } else { vec![format!("is:category={}", wanted.join(","))] };
    let late = Question::is(RULE, IN_FORCE).only(VALID)?.only(concerned)?.only(["late:review"])?;
    let overdue = late.picked(site, &read.rows);
    late.told(&mut measured, &["review_overdue"], overdue.len());
    for rule in &overdue {
        tell(&mut measured, "reg-rule-overdue", &rule.number, &title_of(site, rule));
    }
    valid.iter().for_each(|rule| measured.saw(rule.number.as_str(), format!("/r/{}", rule.number)));
    let there = wanted.iter().filter(|category| by_category.contains_key(*category)).count();
    Ok(Some(measured.count("required", wanted.len()).count("in_force", there).count("review_overdue", overdue.len())))
}

/// All rules in force, and what their texts cite.
async fn cited(site: &Site, mut measured: Measured, rules: &[&Record], today: Day) -> Result<Measured, AssessError> {
    let (mut outdated, mut unread) = (0, Vec::new());
    for rule in rules {
        match check(site, rule, today).await? {
            Some(reports) => outdated += told(&mut measured, rule, &reports),
            None => unread.push(*rule),
        }
    }
    if rules.is_empty() {
        measured.reason("reg-rule-none", &[]);
    }
    for rule in &unread {
        tell(&mut measured, "reg-rule-unread", &rule.number, &title_of(site, rule));
    }
    if unread.is_empty() || outdated > 0 {
        measured = measured.count("outdated_citations", outdated);
    }
    Ok(measured.count("required", rules.len()).count("in_force", rules.len()))
}

/// The reports on the files of a rule; none where one of them cannot be read, or there is none.
async fn check(site: &Site, rule: &Record, today: Day) -> Result<Option<Vec<LetterReport>>, AssessError> {
    let files = Attachment::in_value(rule.value("text"));
    if files.is_empty() {
        return Ok(None);
    }
    let mut reports = Vec::with_capacity(files.len());
    for file in files {
        let asked = LetterAsked { today, written: rule.day("from") };
        let bytes = site.ledger.survey_file(&file.digest).await?;
        let report = bytes.filter(|_| is_text(&file)).and_then(|bytes| site.book.library.check_letter(&bytes, &file.name, asked).ok());
        match report.filter(|report| report.lines.iter().any(|line| !line.trim().is_empty())) {
            Some(report) => reports.push(report),
            None => return Ok(None),
        }
    }
    Ok(Some(reports))
}

/// What a checker of letters can read: a scan, a picture or a PDF is not.
fn is_text(file: &Attachment) -> bool {
    file.media.starts_with("text/") || file.media.contains("wordprocessingml")
}

fn told(measured: &mut Measured, rule: &Record, reports: &[LetterReport]) -> usize {
    let found = reports.iter().flat_map(|report| &report.findings).filter(|finding| finding.kind == LetterKind::Outdated);
    let mut count = 0;
    for finding in found {
        count += 1;
        let today = finding.today.clone().unwrap_or_default();
        measured.reason("reg-rule-citation", &[("record", &rule.number), ("found", &finding.found), ("today", &today)]);
        measured.saw(rule.number.as_str(), format!("/r/{}", rule.number));
    }
    count
}
