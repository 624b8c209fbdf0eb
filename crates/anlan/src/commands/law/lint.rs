//! `anlan law lint`: proves a folder of packs, or one pack, and says what was proved.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anlan_law::pack::{self, FILES_MOST, Lawbook, MOST_FILE_BYTES};
use anlan_law::{Certainty, Fault, Place, Sureness, VersionId, shipped};
use anyhow::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

use super::{Report, print_json, why};
use crate::say::{Say, code};

/// Folders below the one that is named.
const DEPTH: usize = 8;

/// What is linted.
struct Packs {
    /// Folder that the paths of the files stand in.
    root: PathBuf,
    /// The pack, where one alone is linted.
    only: Option<String>,
    files: Vec<(String, String)>,
}

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let dir = m.get_one::<PathBuf>("dir").cloned().unwrap_or_default();
    let packs = packs(say, &dir)?;
    let faults = packs.faults();
    let proved = packs.proved();
    if m.get_flag("json") {
        let listed: Vec<Value> = faults.iter().map(|fault| packs.fault_json(say, fault)).collect();
        print_json(say, &json!({ "faults": listed, "proved": proved.as_ref().map(Proved::json) }))?;
    } else {
        report(say, &packs, &faults, proved.as_ref()).print(say)?;
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(code::FAILED) })
}

/// A folder with a `pack.toml` is one pack; any other holds packs.
fn packs(say: &Say, dir: &Path) -> Result<Packs> {
    let unreadable =
        |path: &Path, why: &str| say.told(code::UNREADABLE, "law-unreadable-file", &[("file", &path.display().to_string()), ("why", why)]);
    // `.` and `packs/..` have no name of their own.
    let dir = match dir.file_name() {
        Some(_) => dir.to_owned(),
        None => dir.canonicalize().map_err(|error| unreadable(dir, &why(say, &error)))?,
    };
    let name = dir.file_name().map(|name| name.to_string_lossy().into_owned());
    let only = name.filter(|_| dir.join("pack.toml").is_file());
    let root = if only.is_some() { dir.parent().map(Path::to_owned).unwrap_or_default() } else { dir.clone() };
    let mut files = Vec::new();
    walk(say, &dir, &root, DEPTH, &mut files).map_err(|(path, why)| unreadable(&path, &why))?;
    if files.is_empty() {
        return Err(unreadable(&dir, &say.text("law-lint-no-files", &[])));
    }
    Ok(Packs { root, only, files })
}

/// Every file below a folder, with its path below `root`. Names that begin with a dot are passed over.
fn walk(say: &Say, dir: &Path, root: &Path, depth: usize, files: &mut Vec<(String, String)>) -> Result<(), (PathBuf, String)> {
    let refused = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| (path, why(say, &error))
    };
    for entry in std::fs::read_dir(dir).map_err(refused(dir))? {
        let path = entry.map_err(refused(dir))?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_hidden || files.len() > FILES_MOST {
            continue;
        }
        if path.is_dir() {
            if depth > 0 {
                walk(say, &path, root, depth - 1, files)?;
            }
            continue;
        }
        let bytes = read(&path).map_err(refused(&path))?;
        let text = String::from_utf8(bytes).map_err(|_| (path.clone(), say.text("law-not-utf8", &[])))?;
        let inside = path.strip_prefix(root).unwrap_or(&path).components().map(|part| part.as_os_str().to_string_lossy());
        files.push((inside.collect::<Vec<_>>().join("/"), text));
    }
    Ok(())
}

/// One byte more than a file of a pack may have shows that it has too many.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MOST_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Packs {
    /// The files, and beside a pack that stands alone those of the other packs in the box.
    fn together(&self) -> Vec<(&str, &str)> {
        let own = self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let others = shipped::FILES.iter().copied().filter(|(path, _)| self.only.as_deref().is_some_and(|only| pack_of(path) != only));
        own.chain(others).collect()
    }

    fn faults(&self) -> Vec<Fault> {
        pack::lint(&self.together())
    }

    /// None where the packs do not load.
    fn proved(&self) -> Option<Proved> {
        let files = self.together();
        let enabled: BTreeSet<&str> = files.iter().map(|(path, _)| pack_of(path)).collect();
        let book = Lawbook::load(&files, &enabled.into_iter().collect::<Vec<_>>(), None).ok()?;
        Some(Proved::of(&book, &files))
    }

    /// Where a fault stands: a file of the folder, or one in the box.
    fn place(&self, say: &Say, fault: &Fault) -> String {
        let is_own = self.only.as_deref().is_none_or(|only| pack_of(&fault.file) == only);
        let file = match is_own {
            true => self.root.join(&fault.file).display().to_string(),
            false => say.text("law-lint-in-the-box", &[("file", &fault.file)]),
        };
        if fault.line == 0 { file } else { format!("{file}:{}", fault.line) }
    }

    fn fault_json(&self, say: &Say, fault: &Fault) -> Value {
        let line = Some(fault.line).filter(|line| *line > 0);
        json!({
            "file": fault.file, "line": line, "key": fault.key, "code": fault.code,
            "what": fault.what(say.lang), "remedy": fault.remedy(say.lang),
        })
    }
}

fn pack_of(path: &str) -> &str {
    path.split_once('/').map_or("", |(pack, _)| pack)
}

/// How much was proved.
struct Proved {
    packs: Vec<String>,
    /// Name in the JSON, and how many.
    counts: Vec<(&'static str, usize)>,
}

impl Proved {
    fn of(book: &Lawbook, files: &[(&str, &str)]) -> Self {
        let versions = || book.library.statutes().iter().flat_map(|statute| &statute.versions);
        let cited = |cites: &BTreeMap<VersionId, Vec<Place>>| cites.values().map(Vec::len).sum::<usize>();
        let citations = book.duties.iter().map(|duty| cited(&duty.cites)).sum::<usize>()
            + book.terms.iter().map(|term| cited(&term.cites)).sum::<usize>()
            + book.categories.iter().map(|category| cited(&category.cites)).sum::<usize>()
            + book.penalties.iter().map(|penalty| 1 + penalty.answers.len()).sum::<usize>();
        let cases = files.iter().filter(|(path, _)| path.split('/').nth(1) == Some("cases"));
        let cases = cases.flat_map(|(_, text)| text.lines()).filter(|line| line.trim() == "[[case]]").count();
        let links = book.library.statutes().iter().flat_map(|statute| &statute.steps).map(|step| step.links.len()).sum();
        let marks = marks(book);
        let marked = |sureness: Sureness| marks.iter().filter(|mark| **mark == sureness).count();
        let mut packs: Vec<String> = book.packs.iter().map(|pack| pack.id.clone()).collect();
        packs.sort_unstable();
        Self {
            packs,
            counts: vec![
                ("versions", versions().count()),
                ("articles", versions().map(|version| version.entries().len()).sum()),
                ("links", links),
                ("duties", book.duties.len()),
                ("citations", citations),
                ("unchecked", book.unchecked().len() + unchecked_elsewhere(book)),
                ("penalties", book.penalties.len()),
                ("clocks", book.clocks.len()),
                ("terms", book.terms.len()),
                ("grades", book.grades.len()),
                ("cases", cases),
                ("kinds", book.kinds().len()),
                ("likely", marked(Sureness::Likely)),
                ("unsure", marked(Sureness::Unsure)),
            ],
        }
    }

    fn json(&self) -> Value {
        let mut value = json!({ "packs": self.packs });
        if let Some(object) = value.as_object_mut() {
            object.extend(self.counts.iter().map(|(name, count)| ((*name).to_owned(), (*count).into())));
        }
        value
    }

    fn report(&self, say: &Say, report: &mut Report) {
        let counts: Vec<String> = self.counts.iter().map(|(_, count)| count.to_string()).collect();
        let mut args: Vec<(&str, &str)> = self.counts.iter().zip(&counts).map(|((name, _), count)| (*name, count.as_str())).collect();
        let packs = self.packs.join(", ");
        args.push(("packs", &packs));
        for key in [
            "law-lint-packs",
            "law-lint-statutes",
            "law-lint-citations",
            "law-lint-cases",
            "law-lint-kinds",
            "law-lint-unchecked",
            "law-lint-marked",
        ] {
            report.line(&say.text(key, &args));
        }
    }
}

/// Citations of fines, terms and categories whose paragraph was not checked; those of duties the book counts itself.
fn unchecked_elsewhere(book: &Lawbook) -> usize {
    let lists = book.terms.iter().map(|term| &term.cites).chain(book.categories.iter().map(|category| &category.cites));
    let listed = lists.flatten().flat_map(|(version, places)| places.iter().map(move |place| (version.clone(), *place)));
    let fines = book.penalties.iter().filter_map(|penalty| Some((penalty.law.parse::<VersionId>().ok()?, penalty)));
    let fined = fines.flat_map(|(version, penalty)| {
        [penalty.at].into_iter().chain(penalty.answers.iter().copied()).map(move |place| (version.clone(), place)).collect::<Vec<_>>()
    });
    let is_unchecked = |(version, place): &(VersionId, Place)| {
        book.library.resolve(version, *place).is_ok_and(|resolved| resolved.certainty == Certainty::ParagraphUnchecked)
    };
    listed.chain(fined).filter(is_unchecked).count()
}

/// How certain each thing is that a pack states.
fn marks(book: &Lawbook) -> Vec<Sureness> {
    let rules = book.duties.iter().map(|duty| duty.sureness).chain(book.penalties.iter().map(|penalty| penalty.sureness));
    let times = book.clocks.iter().map(|clock| clock.sureness).chain(book.terms.iter().map(|term| term.sureness));
    let grades = book.grades.iter().flat_map(|grade| &grade.criteria).map(|criterion| criterion.sureness);
    let heads = book.classes.iter().map(|class| class.sureness).chain(book.points.iter().map(|point| point.sureness));
    let lists = book.audit_fields.iter().map(|field| field.sureness).chain(book.levels.iter().map(|level| level.sureness));
    rules.chain(times).chain(grades).chain(heads).chain(lists).chain(book.categories.iter().map(|category| category.sureness)).collect()
}

fn report(say: &Say, packs: &Packs, faults: &[Fault], proved: Option<&Proved>) -> Report {
    let mut report = Report::default();
    for fault in faults {
        let key = if fault.key.is_empty() { String::new() } else { format!("  {}", fault.key) };
        report.hanging(0, 2, &format!("{}{key}", packs.place(say, fault)));
        report.at(2, &fault.what(say.lang));
        report.at(2, &say.text("law-lint-remedy", &[("remedy", &fault.remedy(say.lang))]));
    }
    report.gap();
    match proved.filter(|_| faults.is_empty()) {
        Some(proved) => proved.report(say, &mut report),
        None => report.line(&say.text("law-lint-faults", &[("count", &faults.len().to_string())])),
    }
    report
}
