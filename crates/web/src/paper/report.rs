//! `/paper/report.docx`: the 自查报告 with findings and plan, as a letter that goes up.
//!
//! Invariants: unknown is counted and told as unknown; persons and dates that no record has are blanks; the report says that it is a self-check
//! and how far it is anchored.

use anlan_assure::assess::State as Standing;
use anlan_assure::assess::coverage::Coverage;
use anlan_assure::docx::{Block, Letter, Way, day_in_words};
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use axum::extract::State;
use axum::response::Response;

use super::check::{Duties, duties};
use super::foot::foot;
use super::going::{Going, going};
use super::letter::{attached, marked, named_day};
use super::plan::{device_words, short};
use super::register::{list_words, seen};
use super::sheet::operator;
use crate::compliance::book::law;
use crate::compliance::stand::{Stands, sees_names};
use crate::console::Shared;
use crate::failure::Failure;
use crate::session::Signed;

pub(crate) async fn report(State(house): State<Shared>, who: Signed) -> Result<Response, Failure> {
    let (law, lang, now) = (law()?, who.lang, house.console.clock.now());
    let today = Day::of(now);
    let stands = Stands::load(&house).await?;
    let duties = duties(law, &stands, lang, today, sees_names(&house, &who.rights));
    let coverage = seen(&house, &who).await?;
    let (open, _) = going(&house, &who).await?;
    let organ = operator(&house);
    let writing = Writing { lang, duties: &duties, coverage: &coverage, open: &open };
    let foot = foot(&house, lang, "").await;
    let mut body = writing.result(&stands, &law.book.duties, today);
    body.extend(writing.logs());
    body.extend(writing.found());
    body.extend(writing.plan());
    body.extend(writing.honest());
    let attachment = |id: &str| text(lang, &format!("forms-{id}"), &[]);
    let letter = Letter {
        lang,
        way: Way::Up,
        title: text(lang, "report-title", &[("unit", &organ)]),
        organ,
        urgency: marked(&house, &who),
        number: text(lang, "letter-number-blank", &[("year", &today.civil().year().to_string())]),
        signer: String::new(),
        to: text(lang, "letter-to-blank", &[]),
        body,
        attachments: ["self-check", "log-register", "rectification-plan"].map(attachment).to_vec(),
        date: Some(today),
        remark: text(lang, "report-record", &[("size", &foot.size), ("root", &foot.root), ("anchor", &foot.anchor)]),
        copies: String::new(),
    };
    attached(&format!("{}_{}.docx", text(lang, "forms-report", &[]), named_day(now)), &letter)
}

struct Writing<'a> {
    lang: Lang,
    duties: &'a Duties<'a>,
    coverage: &'a Coverage,
    open: &'a [Going],
}

impl Writing<'_> {
    fn heading(&self, key: &str) -> Block {
        Block::Heading(text(self.lang, key, &[]))
    }

    fn said(&self, key: &str, args: &[(&str, &str)]) -> Block {
        Block::Text(text(self.lang, key, args))
    }

    fn table(&self, columns: &[(&str, u32)], rows: Vec<Vec<String>>) -> Block {
        let head = |(name, _): &(&str, u32)| text(self.lang, &format!("forms-col-{name}"), &[]);
        Block::Table { heads: columns.iter().map(head).collect(), shares: columns.iter().map(|(_, share)| *share).collect(), rows }
    }

    fn result(&self, stands: &Stands, all: &[anlan_law::duty::Duty], today: Day) -> Vec<Block> {
        let count = stands.count(all);
        let day = day_in_words(self.lang, today);
        let total = count.total().to_string();
        let result = if stands.measured.is_some() {
            let (met, risk) = (count.met.to_string(), count.at_risk.to_string());
            let (failing, unknown) = (count.failing.to_string(), count.unknown.to_string());
            let args =
                [("day", day.as_str()), ("all", &total), ("met", &met), ("risk", &risk), ("failing", &failing), ("unknown", &unknown)];
            self.said("report-count", &args)
        } else {
            self.said("report-never", &[("day", &day), ("all", &total)])
        };
        vec![self.said("report-opening", &[]), self.heading("report-result"), result]
    }

    fn logs(&self) -> Vec<Block> {
        let devices = &self.coverage.devices;
        let full = devices.iter().filter(|device| device.days_required > 0 && device.days_complete >= device.days_required).count();
        let never = devices.iter().filter(|device| device.first.is_none()).count().to_string();
        let (full, all, list) = (full.to_string(), devices.len().to_string(), list_words(self.lang, self.coverage));
        let said = self.said("report-logs-said", &[("devices", &all), ("full", &full), ("never", &never), ("list", &list)]);
        vec![self.heading("report-logs"), said]
    }

    fn found(&self) -> Vec<Block> {
        let wrong = self.duties.told.iter().filter(|told| matches!(told.stand.state, Standing::Failing | Standing::AtRisk));
        let rows: Vec<Vec<String>> = (1..)
            .zip(wrong)
            .map(|(number, told)| {
                let problem = format!("{}：{}", told.duty.title.show(self.lang), told.sentence);
                vec![number.to_string(), problem, told.basis.clone(), told.state(self.lang)]
            })
            .collect();
        let found = match rows.is_empty() {
            true => self.said("report-found-none", &[]),
            false => self.table(&[("no", 8), ("problem", 44), ("basis", 28), ("situation", 20)], rows),
        };
        vec![self.heading("report-found"), found]
    }

    fn plan(&self) -> Vec<Block> {
        let mut rows: Vec<[String; 4]> = Vec::new();
        for device in short(self.coverage) {
            let (problem, measure) = device_words(self.lang, device);
            let due = device.complete_on.map_or_else(String::new, |day| day_in_words(self.lang, day));
            rows.push([problem, measure, String::new(), due]);
        }
        for told in self.duties.told.iter().filter(|told| told.stand.state != Standing::Met) {
            let problem = format!("{}（{}）", told.duty.title.show(self.lang), told.state(self.lang));
            rows.push([problem, told.duty.control.show(self.lang).to_owned(), String::new(), String::new()]);
        }
        for going in self.open {
            rows.push([format!("{} {}", going.number, going.title), going.measure.clone(), going.owner.clone(), going.due.clone()]);
        }
        if rows.is_empty() {
            return vec![self.heading("report-plan"), self.said("report-plan-none", &[])];
        }
        let rows = (1..).zip(rows).map(|(number, row): (usize, _)| std::iter::once(number.to_string()).chain(row).collect()).collect();
        let columns = [("no", 8), ("problem", 36), ("measure", 30), ("owner", 12), ("due", 14)];
        vec![self.heading("report-plan"), self.said("report-plan-said", &[]), self.table(&columns, rows)]
    }

    fn honest(&self) -> Vec<Block> {
        let unbuilt = self.duties.unbuilt.len();
        let mut out = vec![self.heading("report-honest")];
        if unbuilt > 0 {
            out.push(self.said("report-unbuilt", &[("n", &unbuilt.to_string())]));
        }
        out.push(self.said("report-self", &[]));
        out
    }
}
