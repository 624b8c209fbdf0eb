//! The trace: every system has its row, what is said to be built is there, its tests exist, and a form does not pass for machinery.

use std::collections::BTreeSet;

use anlan_law::line_at;
use anlan_law::system::{Need, SystemId};
use anyhow::Result;

use super::Tree;
use crate::trace::{BUILT, Built, DUTIES, PAGE, SYSTEMS, Status, Trace, page};

/// Systems that the founding documents describe.
const ROWS: u16 = 248;

/// The faults of the trace; where there are none, the counts by status are printed.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let trace = match Trace::of(tree) {
        Ok(trace) => trace,
        Err(error) => return Ok(vec![format!("{error:#}")]),
    };
    let mut faults = rows(&trace);
    faults.extend(duties(&trace));
    faults.extend(entries(tree, &trace));
    if faults.is_empty() && page(&trace) != tree.text(PAGE) {
        faults.push(format!("{PAGE}: not what the packs and {BUILT} say; run `cargo xtask trace`"));
    }
    println!("trace: {}", trace.counts());
    Ok(faults)
}

fn entries(tree: &Tree, trace: &Trace) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for built in &trace.built {
        let place = format!("{BUILT}:{}: {}", line_at(tree.text(BUILT), built.system.span().start), built.system.get_ref());
        let mut found = one(tree, trace, built);
        if !seen.insert(built.system.get_ref()) {
            found.push("stands twice".to_owned());
        }
        faults.extend(found.into_iter().map(|fault| format!("{place}: {fault}")));
    }
    faults
}

fn rows(trace: &Trace) -> Vec<String> {
    let there: BTreeSet<u16> = trace.systems.iter().map(|system| system.id.number()).collect();
    let missing = (1..=ROWS).filter(|number| !there.contains(number)).filter_map(SystemId::new);
    let strange = there.iter().filter(|number| **number > ROWS).filter_map(|number| SystemId::new(*number));
    let missing = missing.map(|id| format!("{SYSTEMS}: {id} is missing"));
    missing.chain(strange.map(|id| format!("{SYSTEMS}: {id} stands in none of the founding documents"))).collect()
}

fn duties(trace: &Trace) -> Vec<String> {
    let known: BTreeSet<String> = trace.systems.iter().map(|system| system.id.to_string()).collect();
    let strange = trace.answers.iter().filter(|(system, _)| !known.contains(*system));
    strange.map(|(system, by)| format!("{DUTIES}: {} names {system}, which {SYSTEMS} does not have", by[0].duty)).collect()
}

/// What is wrong with one entry.
fn one(tree: &Tree, trace: &Trace, built: &Built) -> Vec<String> {
    let Some(system) = trace.systems.iter().find(|system| system.id.to_string() == *built.system.get_ref()) else {
        return vec![format!("{SYSTEMS} has no such row")];
    };
    let mut faults = Vec::new();
    let is_carried = |need: Need| !built.carriers(need).is_empty();
    if !Need::ALL.into_iter().any(is_carried) {
        faults.push("nothing carries it: leave the entry out, a row that is not named is not built".to_owned());
    }
    match built.status {
        Status::None => faults.push("leave the entry out: a row that is not named is not built".to_owned()),
        Status::Partly if built.lacks.is_none() => faults.push("`partly` says what it lacks".to_owned()),
        Status::Works if built.lacks.is_some() => faults.push("`works` lacks nothing: take `lacks` out, or say `partly`".to_owned()),
        Status::Works if built.tests.is_empty() => faults.push("`works` names a test that shows it".to_owned()),
        Status::Works | Status::Partly => {}
    }
    let open: Vec<Need> = system.needs.iter().copied().filter(|need| !is_carried(*need)).collect();
    if built.status == Status::Works && !open.is_empty() {
        let words: Vec<&str> = open.iter().map(|need| need.word()).collect();
        let why = if open.iter().any(|need| !need.is_form()) { "a form is not a fact" } else { "not everything is there" };
        faults.push(format!("`works`, but nothing carries {}: {why}; say `partly`", words.join(", ")));
    }
    for need in Need::ALL {
        faults.extend(built.carriers(need).iter().filter_map(|carrier| wrong_carrier(tree, need, carrier)));
    }
    faults.extend(built.tests.iter().filter(|test| !is_test(tree, test)).map(|test| format!("there is no test `{test}`")));
    faults
}

/// What is wrong with a carrier: a page (`/logs`), a command (`anlan log search`), a probe (`probe log.coverage`), a kind of register (`kind hazard`), or a
/// file or folder of the tree.
fn wrong_carrier(tree: &Tree, need: Need, carrier: &str) -> Option<String> {
    if let Some(kind) = carrier.strip_prefix("kind ") {
        if !need.is_form() {
            return Some(format!("`{carrier}` is a form; it cannot be {}", need.word()));
        }
        return (tree.text(&format!("packs/cn/kinds/{kind}.toml")).is_empty()).then(|| format!("there is no packs/cn/kinds/{kind}.toml"));
    }
    let is_there = if let Some(probe) = carrier.strip_prefix("probe ") {
        let variant: String = probe.split(['.', '_']).map(capital).collect();
        said_in(tree, "crates/assure/src/", &format!("\"{probe}\"")) || said_in(tree, "crates/assure/src/", &format!("Probe::{variant}"))
    } else if carrier.starts_with('/') {
        said_in(tree, "crates/web/src/", &format!("\"{carrier}\""))
    } else if let Some(words) = carrier.strip_prefix("anlan ") {
        words.split(' ').all(|word| said_in(tree, "crates/anlan/src/", &format!("\"{word}\"")))
    } else {
        tree.files.iter().any(|(path, _)| path.starts_with(carrier))
    };
    (!is_there).then(|| format!("there is no `{carrier}`"))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn said_in(tree: &Tree, folder: &str, words: &str) -> bool {
    tree.ending(".rs").any(|(name, text)| name.starts_with(folder) && text.contains(words))
}

/// `crates/vault/tests/crash.rs::a_failed_vault_stays_failed`: a function of that file that is marked as a test.
fn is_test(tree: &Tree, test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let head = format!("fn {name}(");
    let mut is_marked = false;
    for line in tree.text(file).lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_marked = true;
        } else if line.contains("fn ") {
            if is_marked && line.contains(&head) {
                return true;
            }
            is_marked = false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const HEAD: &str =
        "[[group]]\nletter = \"A\"\nname = { zh = \"组\", en = \"G\" }\n[[page]]\nid = \"001\"\nname = { zh = \"页\", en = \"P\" }\n";

    fn system(number: u16, needs: &str) -> String {
        let both = "{ zh = \"文\", en = \"Text\" }";
        format!(
            "[[system]]\nid = \"SYS-{number:03}\"\ngroup = \"A\"\nname = {both}\nwho = {both}\nrequires = {both}\nsource = {both}\nneeds = [{needs}]\n\
             [[system.quotation]]\npage = \"001\"\nline = 1\ntext = \"文\"\n"
        )
    }

    /// A tree with a row that needs machinery and a register (1), one that needs a document (2), one that needs nothing (3).
    fn tree(built: &str) -> Tree {
        let systems = format!("{HEAD}{}{}{}", system(1, "\"machinery\", \"register\""), system(2, "\"document\""), system(3, ""));
        let test = "#[test]\nfn it_holds() {}\n\nfn no_test() {}\n\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn it_waits() {}\n";
        let files = [
            (SYSTEMS, systems.as_str()),
            (DUTIES, "[[duty]]\nid = \"D001\"\nsystems = [\"SYS-001\"]\nprobe = { name = \"log.coverage\" }\n"),
            (BUILT, built),
            ("crates/a/tests/t.rs", test),
            ("crates/web/src/routes.rs", "route(\"/logs\")"),
            ("crates/anlan/src/args.rs", "(\"log\") (\"search\")"),
            ("crates/assure/src/probes.rs", "Probe::LogCoverage"),
            ("packs/cn/kinds/hazard.toml", "name"),
        ];
        Tree { files: files.into_iter().map(|(name, text)| (PathBuf::from(name), text.to_owned())).collect() }
    }

    fn faults(built: &str) -> Vec<String> {
        let tree = tree(built);
        entries(&tree, &Trace::of(&tree).expect("the tree is sound"))
    }

    const WORKS: &str = "[[trace]]\nsystem = \"SYS-001\"\nstatus = \"works\"\nmachinery = [\"/logs\"]\nregister = [\"kind hazard\"]\ntests = [\"crates/a/tests/t.rs::it_holds\"]\n";

    #[test]
    fn what_is_built_and_tested_has_no_fault() {
        assert_eq!(faults(""), [""; 0]);
        for (found, put) in [
            ("", ""),
            ("/logs", "anlan log search"),
            ("/logs", "probe log.coverage"),
            ("/logs", "crates/web"),
            ("it_holds", "it_waits"),
            ("\"works\"", "\"partly\"\nlacks = { zh = \"缺\", en = \"Lacks\" }"),
        ] {
            assert_eq!(faults(&WORKS.replace(found, put)), [""; 0], "{put}");
        }
    }

    #[test]
    fn what_is_claimed_and_not_there_is_a_fault() {
        for (found, put, said) in [
            ("machinery = [\"/logs\"]\n", "", "nothing carries machinery: a form is not a fact"),
            ("register = [\"kind hazard\"]\n", "", "nothing carries register: not everything is there"),
            ("machinery = [\"/logs\"]", "machinery = [\"kind hazard\"]", "is a form; it cannot be machinery"),
            ("kind hazard", "kind incident", "there is no packs/cn/kinds/incident.toml"),
            ("/logs", "/incidents", "there is no `/incidents`"),
            ("/logs", "anlan law", "there is no `anlan law`"),
            ("/logs", "probe log.heard", "there is no `probe log.heard`"),
            ("/logs", "crates/watch", "there is no `crates/watch`"),
            ("it_holds", "it_does_not", "there is no test"),
            ("it_holds", "no_test", "there is no test"),
            ("tests/t.rs", "tests/u.rs", "there is no test"),
            ("tests = [\"crates/a/tests/t.rs::it_holds\"]", "", "names a test"),
            ("\"works\"", "\"partly\"", "says what it lacks"),
            ("\"works\"", "\"none\"", "leave the entry out"),
            ("\"works\"", "\"works\"\nlacks = { zh = \"缺\", en = \"Lacks\" }", "lacks nothing"),
            ("SYS-001", "SYS-009", "has no such row"),
            ("SYS-001", "SYS-003", ""),
        ] {
            let faults = faults(&WORKS.replace(found, put));
            assert_eq!(faults.is_empty(), said.is_empty(), "{put}: {faults:?}");
            assert!(faults.iter().all(|fault| fault.starts_with("docs/trace.toml:2: SYS-0")), "{faults:?}");
            assert!(said.is_empty() || faults.iter().any(|fault| fault.contains(said)), "{put}: {faults:?}");
        }
        assert_eq!(faults(&format!("{WORKS}{WORKS}")), ["docs/trace.toml:8: SYS-001: stands twice"]);
    }

    #[test]
    fn rows_are_counted_and_missing_ones_named() {
        let trace = Trace::of(&tree(WORKS)).expect("sound");
        assert_eq!(trace.counts().to_string(), "3 systems: 1 works, 0 partly, 2 none");
        let missing = rows(&trace);
        assert_eq!((missing.len(), missing[0].as_str()), (usize::from(ROWS) - 3, "packs/cn/systems.toml: SYS-004 is missing"));
    }

    #[test]
    fn the_page_shows_quotation_duty_probe_carrier_and_test() {
        let text = page(&Trace::of(&tree(WORKS)).expect("sound"));
        for shown in ["001:1 文", "D001 `log.coverage`", "`/logs`", "`crates/a/tests/t.rs::it_holds`", "**已实现** works"] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
    }
}
