//! Files of kinds with each possible mistake: code, line and key of every fault, and words for it in both languages.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use anlan_base::text::Lang;
use anlan_law::clock::{Clocks, parse_clocks};
use anlan_law::kind::{Kinds, World, parse};
use anlan_law::{Fault, shipped};

const LOAN: &str = include_str!("fixtures/kinds/key-loan.toml");
const LOSS: &str = include_str!("fixtures/kinds/key-loss.toml");

static CLOCKS: LazyLock<Clocks> = LazyLock::new(|| {
    let files: Vec<_> = shipped::FILES.iter().copied().filter(|(path, _)| *path == "cn/clocks.toml").collect();
    parse_clocks(&files).unwrap()
});

fn read(loan: &str) -> Result<Kinds, Vec<Fault>> {
    let (systems, others) = (BTreeSet::from(["SYS-069".to_owned()]), Kinds::default());
    let world = World { clocks: &CLOCKS, systems: Some(&systems), others: &others };
    parse(&[("key-loan.toml", loan), ("key-loss.toml", LOSS)], &world)
}

/// The line, from 1, of a text that stands there once; of the part behind `¦` where there is one.
fn line_of(text: &str, needle: &str) -> usize {
    let (before, after) = needle.split_once('¦').unwrap_or(("", needle));
    let whole = format!("{before}{after}");
    assert_eq!(text.matches(&whole).count(), 1, "{needle} stands once");
    text[..text.find(&whole).unwrap() + before.len()].matches('\n').count() + 1
}

fn spoken(fault: &Fault) {
    for lang in [Lang::Zh, Lang::En] {
        for words in [fault.what(lang), fault.remedy(lang)] {
            assert!(!words.contains('‹') && !words.contains("{ $") && !words.contains("{$"), "{}: {words}", fault.code);
        }
    }
}

struct Bad {
    /// What stands once in the sound file.
    from: &'static str,
    to: &'static str,
    /// What stands once in the bad file, on the line of the fault.
    at: &'static str,
    key: &'static str,
    code: &'static str,
}

const fn bad(from: &'static str, to: &'static str, at: &'static str, key: &'static str, code: &'static str) -> Bad {
    Bad { from, to, at, key, code }
}

// KIND-1 KIND-2 KIND-3 KIND-4 KIND-5 KIND-6 KIND-7
#[rustfmt::skip]
const BAD: &[Bad] = &[
    // The head.
    bad("schema = \"anlan-kind/1\"", "schema = \"anlan-kind/2\"", "schema =", "schema", "schema"),
    bad("schema = \"anlan-kind/1\"\n", "", "# Made up", "schema", "missing-key"),
    bad("id = \"key-loan\"", "id = \"Key loan\"", "id = \"Key", "id", "kind-id"),
    bad("id = \"key-loan\"", "id = 7", "id = 7", "id", "kind-type"),
    bad("title = { zh = \"钥匙借用\", en = \"Loan of a key\" }", "title = { zh = \"钥匙借用\" }", "钥匙借用\" }", "title.en", "missing-key"),
    bad("zh = \"钥匙借用\", en = \"Loan of a key\"", "zh = \"钥匙借用\", en = \" \"", "钥匙借用\", en", "title.en", "text-empty"),
    bad("{ zh = \"钥匙借用\", en = \"Loan of a key\" }", "{ zh = \"钥匙借用\", en = \"Loan\", fr = \"Prêt\" }", "Prêt", "title.fr", "unknown-key"),
    bad("title = { zh = \"钥匙借用\", en = \"Loan of a key\" }", "title = \"钥匙借用\"", "title = \"钥匙借用\"", "title", "kind-type"),
    bad("number = \"YS\"", "number = \"Y\"", "number =", "number", "kind-number"),
    bad("number = \"YS\"", "number = \"ys\"", "number = \"ys", "number", "kind-number"),
    bad("place = \"work\"", "place = \"office\"", "place =", "place", "kind-word"),
    bad("place = \"work\"", "place = \"work\"\ncolour = \"red\"", "colour", "colour", "unknown-key"),
    bad("place = \"work\"", "place = \"work\"\nasset = \"yes\"", "asset = ", "asset", "kind-type"),
    bad("\"opener\", \"field:guards\", \"inspector\"]", "\"opener\", \"field:nobody\", \"inspector\"]", "field:nobody", "sees", "kind-no-field"),
    bad("\"opener\", \"field:guards\", \"inspector\"]", "\"opener\", \"chief\", \"inspector\"]", "chief", "sees.4", "kind-who"),
    bad("\"opener\", \"field:guards\", \"inspector\"]", "\"opener\", \"above:chief\", \"inspector\"]", "chief", "sees.4", "kind-who"),
    bad("\"opener\", \"field:guards\", \"inspector\"]", "\"opener\", \"field:what\", \"inspector\"]", "field:what", "sees", "kind-unfit"),
    bad("opens = [\"staff\", \"handler\"]", "opens = [\"staff\", \"staff\"]", "opens = [\"staff", "opens.2", "kind-twice"),
    bad("opens = [\"staff\", \"handler\"]", "opens = []", "opens = []", "opens", "kind-opens-empty"),
    bad("opens = [\"staff\", \"handler\"]", "opens = [\"owner\"]", "opens = [\"owner", "opens", "kind-opens-relation"),
    bad("opens = [\"staff\", \"handler\"]", "opens = [\"inspector\"]", "opens = [\"insp", "opens", "kind-role-reads"),
    bad("opens = [\"staff\", \"handler\"]\n", "", "# Made up", "opens", "missing-key"),
    bad("title_field = \"what\"", "title_field = \"what\"\nasks = [\"who\"]", "asks = [\"who", "asks.1", "kind-no-field"),
    bad("title_field = \"what\"", "title_field = \"what\"\nasks = [\"guards\", \"rooms\", \"tried\", \"loss\"]", "name = \"phone\"", "field.phone.name", "kind-field-never"),
    bad("title_field = \"what\"", "title_field = \"wat\"", "title_field", "title_field", "kind-no-field"),
    bad("title_field = \"what\"", "title_field = \"level\"", "title_field", "title_field", "kind-unfit"),
    bad("title_field = \"what\"", "title_field = \"phone\"", "title_field", "title_field", "kind-sealed"),
    bad("\"until\", \"level\"]", "\"until\", \"tried\"]", "list = ", "list.4", "kind-unfit"),
    bad("\"until\", \"level\"]", "\"until\", \"phone\"]", "list = ", "list.4", "kind-sealed"),
    bad("\"until\", \"level\"]", "\"until\", \"until\"]", "list = ", "list.4", "kind-twice"),
    bad("\"until\", \"level\"]", "\"until\", 4]", "list = ", "list.4", "kind-type"),
    bad("\"until\", \"level\"]", "\"until\", \"due\"]", "list = ", "list.4", "kind-no-field"),
    bad("[\"SYS-069\"]", "[\"SYS-999\"]", "SYS-999", "systems.1", "kind-system"),
    bad("sureness = \"unsure\"", "sureness = \"perhaps\"", "sureness", "sureness", "kind-word"),
    bad("sureness = \"unsure\"", "sureness = \"certain\"", "unsure = {", "unsure", "clock-sure-note"),
    bad("unsure = { zh = \"期限为本单位惯例\", en = \"The term is the unit’s own practice\" }\n", "", "sureness", "sureness", "unsure-why"),
    // Fields.
    bad("name = \"count\"", "name = \"Count\"", "\"Count\"", "field.Count.name", "kind-name"),
    bad("name = \"alone\"", "name = \"count\"", "name = \"count\"\ntitle = { zh = \"单独进入\"", "field.count.name", "kind-twice"),
    bad("type = \"yes\"\n\n[[field]]\nname = \"back\"", "type = \"bool\"\n\n[[field]]\nname = \"back\"", "bool", "field.alone.type", "kind-field-type"),
    bad("most = 80", "lenght = 80", "lenght", "field.what.lenght", "unknown-key"),
    bad("most = 80", "options = []", "options = []", "field.what.options", "kind-key-unfit"),
    bad("most = 80", "most = 20001", "20001", "field.what.most", "kind-range"),
    bad("most = 80", "most = 0", "most = 0", "field.what.most", "kind-range"),
    bad("most = 80", "most = \"80\"", "most = \"80", "field.what.most", "kind-type"),
    bad("least = 1\n", "least = 21\n", "most = 20", "field.count.most", "kind-least-most"),
    bad("lines = 4", "lines = 400", "lines", "field.notes.lines", "kind-range"),
    bad("id = \"planned\"", "id = \"at_once\"", "zh = \"约定\"", "field.level.options.at_once.id", "kind-twice"),
    bad("title = { zh = \"约定\", en = \"As agreed\" }", "title = { zh = \"当日\", en = \"As agreed\" }", "As agreed", "field.level.options.planned.title", "kind-twice"),
    bad("id = \"planned\"", "id = \"Planned\"", "Planned", "field.level.options.Planned.id", "kind-id"),
    bad("{ name = \"fits\", title = { zh = \"能开\", en = \"Fits\" }, type = \"yes\" }", "{ name = \"fits\", title = { zh = \"能开\", en = \"Fits\" }, type = \"person\" }", "能开", "field.tried.columns.fits.type", "kind-field-type"),
    bad("{ name = \"fits\",", "{ name = \"key\",", "能开", "field.tried.columns.key.name", "kind-twice"),
    bad("to = \"key-loss\"\n", "to = \"key-los\"\n", "key-los\"", "field.loss.to", "kind-no-kind"),
    bad("to = \"key-loss\"\n", "", "[[field]]\nname = \"loss\"", "field.loss.to", "missing-key"),
    bad("sealed = [\"head\"]", "sealed = []", "sealed", "field.phone.sealed", "kind-sealed-empty"),
    bad("sealed = [\"head\"]", "sealed = [\"owner\"]", "sealed", "field.phone.sealed.1", "kind-role"),
    bad("sealed = [\"head\"]", "filter = true", "personal = true\n¦filter", "field.phone.filter", "kind-unfit"),
    bad("type = \"person\"\nfilter = true", "type = \"person\"\nfilter = true\nsealed = [\"head\"]", "sealed = [\"head\"]\n\n[[field]]\nname = \"guards\"", "list.2", "kind-sealed"),
    bad("name = \"owner\"\ntitle = { zh = \"借用人\", en = \"Borrower\" }\ntype = \"person\"\nfilter = true", "name = \"owner\"\ntitle = { zh = \"借用人\", en = \"Borrower\" }\ntype = \"unit\"", "type = \"unit\"", "field.owner.type", "kind-owner-type"),
    bad("required_when = \"facts.level == 'planned'\"", "required_when = \"facts.level = 'planned'\"", "required_when", "field.until.required_when", "condition-syntax"),
    bad("required_when = \"facts.level == 'planned'\"", "required_when = \"facts.levle == 'planned'\"", "required_when", "field.until.required_when", "kind-condition-field"),
    bad("required_when = \"facts.level == 'planned'\"", "required_when = \"facts.level == 'Planned'\"", "required_when", "field.until.required_when", "kind-condition-option"),
    bad("required_when = \"facts.level == 'planned'\"", "required_when = \"facts.level > 1\"", "required_when", "field.until.required_when", "kind-condition-type"),
    bad("required_when = \"facts.level == 'planned'\"", "required_when = \"facts.level\"", "required_when", "field.until.required_when", "condition-not-bool"),
    bad("required_when = \"facts.level == 'planned'\"", "required_when = \"size(facts.level) > 1\"", "required_when", "field.until.required_when", "condition-form"),
    bad("required_when = \"facts.level == 'planned'\"", "required = true\nrequired_when = \"facts.alone\"", "required_when", "field.until.required_when", "kind-required-twice"),
    // States.
    bad("name = \"asked\"\n", "name = \"lent\"\n", "name = \"lent\"\ntitle = { zh = \"已借出\"", "state.lent.name", "kind-twice"),
    bad("ends = true", "ends = false", "name = \"closed\"", "state.closed.name", "kind-state-stuck"),
    bad("holder = [\"handler\", \"above:head\"]", "holder = [\"holder\"]", "holder = [\"holder", "state.asked.holder", "kind-holder-holds"),
    bad("holder = [\"handler\", \"above:head\"]", "holder = [\"field:guards\"]", "holder = [\"field", "state.asked.holder", "kind-unfit"),
    bad("[[move]]\nname = \"lend\"", "[[state]]\nname = \"lost\"\ntitle = { zh = \"遗失\", en = \"Lost\" }\nends = true\n\n[[move]]\nname = \"lend\"", "name = \"lost\"", "state.lost.name", "kind-state-unreached"),
    bad("to = \"closed\"\nwho = [\"handler\"]\nother_than", "to = \"lent\"\nwho = [\"handler\"]\nother_than", "name = \"lent\"", "state.lent.name", "kind-state-stuck"),
    // Moves.
    bad("from = \"asked\"", "from = \"askd\"", "askd", "move.lend.from.1", "kind-no-state"),
    bad("from = \"asked\"", "from = []", "from = []", "move.lend.from", "kind-list-empty"),
    bad("to = \"lent\"", "to = \"lend\"", "to = \"lend\"", "move.lend.to", "kind-no-state"),
    bad("who = [\"handler\", \"duty\"]", "who = []", "who = []", "move.lend.who", "kind-move-nobody"),
    bad("who = [\"handler\", \"duty\"]", "who = [\"handler\", \"inspector\"]", "\"handler\", \"inspector\"]\nneeds", "move.lend.who", "kind-role-reads"),
    bad("who = [\"handler\", \"duty\"]\n", "", "[[move]]\nname = \"lend\"", "move.lend.who", "missing-key"),
    bad("past = { zh = \"已借出\", en = \"lent it\" }\n", "", "[[move]]\nname = \"lend\"", "move.lend.past", "missing-key"),
    bad("name = \"lend\"", "name = \"open\"", "name = \"open\"", "move.open.name", "kind-reserved"),
    bad("name = \"refuse\"\n", "name = \"hold\"\n", "name = \"hold\"\ntitle = { zh = \"留用\"", "move.hold.name", "kind-twice"),
    bad("needs = [\"owner\", \"count\"]", "needs = [\"owner\", \"sum\"]", "needs", "move.lend.needs.2", "kind-no-field"),
    bad("asks = [\"notes\"]", "asks = [\"count\"]", "asks = [", "move.lend.asks.1", "kind-twice"),
    bad("by = [\"head\", \"leader\"]", "by = [\"boss\"]", "boss", "move.lend.by.1", "kind-who"),
    bad("second = true\n", "", "by = [", "move.lend.by", "kind-by-needless"),
    bad("who = [\"owner\"]\n", "who = [\"owner\"]\nsecond = true\n", "who = [\"owner\"]\n¦second", "move.hold.second", "kind-move-second"),
    bad("who = [\"owner\"]\n", "who = [\"opener\"]\nother_than = [\"opener\"]\n", "other_than = [\"opener\"]\n\n", "move.hold.other_than", "kind-move-other"),
    bad("other_than = [\"lend\"]", "other_than = [\"lent\"]", "other_than = [\"lent", "move.close.other_than.1", "kind-no-move"),
    bad("when = \"facts.count > 0 && !facts.alone\"", "when = \"facts.alone > 0\"", "when = \"facts.alone", "move.lend.when", "kind-condition-type"),
    bad("sets = { notes = \"不同意\", alone = \"no\" }", "sets = { notes = \"不同意\", alone = \"perhaps\" }", "perhaps", "move.refuse.sets.alone", "kind-setting-value"),
    bad("sets = { notes = \"不同意\", alone = \"no\" }", "sets = { notes = \"@then\" }", "@then", "move.refuse.sets.notes", "kind-setting"),
    bad("sets = { back = \"@now\", owner", "sets = { until = \"@now\", owner", "until = \"@now", "move.close.sets.until", "kind-unfit"),
    bad("notes = \"@checkpoint\"", "what = \"@checkpoint\"", "what = \"@check", "move.close.sets.what", "kind-unfit"),
    bad("kind = \"key-loss\", copies", "kind = \"key-lost\", copies", "key-lost", "move.lose.opens.1.kind", "kind-no-kind"),
    bad("level = \"level\" }, link", "loan = \"level\" }, link", "loan = \"level\"", "move.lose.opens.1.copies.loan", "kind-copy"),
    bad("level = \"level\" }, link", "sort = \"level\" }, link", "sort = \"level\"", "move.lose.opens.1.copies.sort", "kind-copy-field"),
    bad("copies = { what = \"what\", level", "copies = { what = \"phone\", level", "what = \"phone\"", "move.lose.opens.1.copies.what", "kind-sealed"),
    bad("link = \"loan\"", "link = \"what\"", "link = \"what", "move.lose.opens.1.link", "kind-link-back"),
    bad("what = \"read\"", "what = \"sing\"", "sing", "move.lose.asks_people.what", "kind-word"),
    bad("field = \"guards\"", "field = \"owner\"", "field = \"owner", "move.lose.asks_people.field", "kind-unfit"),
    // Clocks.
    bad("start = [\"open\"]", "start = [\"opens\"]", "start = [\"opens", "clock.answer.start.1", "kind-no-move"),
    bad("start = [\"open\"]", "start = []", "start = []", "clock.answer.start", "kind-list-empty"),
    bad("start = [\"open\"]", "start = [\"refuse\"]", "start = [\"refuse", "clock.answer.start.1", "kind-clock-never-runs"),
    bad("stop = [\"lend\", \"refuse\"]", "stop = [\"land\"]", "stop = [\"land", "clock.answer.stop.1", "kind-no-move"),
    bad("length = \"P2D\"\nunit = \"working_day\"\n", "", "[[clock]]\nname = \"answer\"", "clock.answer", "kind-clock-term"),
    bad("length = \"P2D\"", "length = \"2 days\"", "2 days", "clock.answer.length", "clock-length-form"),
    bad("length = \"P2D\"", "length = \"PT2H\"", "PT2H", "clock.answer.length", "clock-length-working"),
    bad("length = \"P2D\"", "length = \"configurable\"", "length = \"conf", "clock.answer.length", "kind-clock-no-number"),
    bad("length = \"P2D\"", "length = \"P2D\"\nroll = \"next_working_day\"", "roll = \"next", "clock.answer.roll", "kind-clock-misplaced"),
    bad("unit = \"working_day\"", "unit = \"workday\"", "workday", "clock.answer.unit", "kind-word"),
    bad("remind = [\"PT4H\"]", "remind = [\"PT4H\", \"PT240M\"]", "PT240M", "clock.answer.remind.2", "kind-twice"),
    bad("remind = [\"PT4H\"]", "remind = [\"PT0M\"]", "remind = [\"PT0M", "clock.answer.remind.1", "clock-length-zero"),
    bad("to = [\"above:head\", \"holder\"]", "to = []", "to = []", "clock.answer.escalate.2.to", "kind-list-empty"),
    bad("to = [\"above:head\", \"holder\"]", "to = [\"field:level\"]", "field:level", "clock.answer.escalate.2.to", "kind-unfit"),
    bad("law = \"hazard\"", "law = \"hazards\"", "law = \"hazards", "clock.by_law.law", "kind-clock-law"),
    bad("law = \"hazard\"", "law = \"grid-handling\"", "row = \"level\"", "clock.by_law.row", "kind-clock-row"),
    bad("row = \"level\"\n", "", "law = \"hazard\"", "clock.by_law.law", "kind-clock-row-missing"),
    bad("law = \"hazard\"", "law = \"drill\"", "row = \"level\"", "clock.by_law.row", "kind-clock-row-needless"),
    bad("law = \"hazard\"\nrow = \"level\"", "law = \"gathering-ahead\"", "law = \"gath", "clock.by_law.law", "kind-clock-law-unfit"),
    bad("own = \"until\"\n", "", "row = \"level\"", "clock.by_law.row", "kind-clock-no-number"),
    bad("own = \"until\"", "own = \"back\"", "own = \"back", "clock.by_law.own", "kind-unfit"),
    bad("when = \"facts.level != ''\"", "at = \"12:00\"", "at = \"12:00", "clock.by_law.at", "kind-clock-misplaced"),
    bad("{ from = \"hold\", until = \"lose\" }", "{ from = \"hold\", until = \"refuse\" }", "until = \"refuse", "clock.by_law.pauses.1", "kind-pause-endless"),
    bad("{ from = \"hold\", until = \"lose\" }", "{ from = \"halt\", until = \"lose\" }", "from = \"halt", "clock.by_law.pauses.1.from", "kind-no-move"),
    bad("field = \"until\"", "field = \"back\"", "field = \"back", "clock.back.field", "kind-unfit"),
    bad("at = \"18:00\"", "at = \"24:00\"", "24:00", "clock.back.at", "clock-at"),
    bad("name = \"by_law\"", "name = \"series\"", "name = \"series", "clock.series.name", "kind-reserved"),
    bad("name = \"by_law\"", "name = \"answer\"", "name = \"answer\"\ntitle = { zh = \"依等级\"", "clock.answer.name", "kind-twice"),
    // Series.
    bad("each = \"month\"\n", "", "[[series]]", "series.count_all", "kind-series-term"),
    bad("on = [\"28\"]", "on = [\"32\"]", "each = ", "series.count_all.each", "clock-each"),
    bad("each = \"month\"\non = [\"28\"]\nat = \"17:00\"\nroll = \"previous_working_day\"", "law = \"handover\"", "law = \"handover", "series.count_all.law", "kind-series-law"),
    bad("each = \"month\"\non = [\"28\"]\nat = \"17:00\"\n", "law = \"drill\"\n", "roll = ", "series.count_all.roll", "kind-clock-misplaced"),
    bad("stop = [\"lend\"]\nahead", "stop = [\"land\"]\nahead", "land", "series.count_all.stop.1", "kind-no-move"),
    bad("ahead = \"P5D\"", "ahead = \"5D\"", "ahead", "series.count_all.ahead", "clock-length-form"),
    // Fan-out and forms.
    bad("move = \"hold\"", "move = \"send\"", "move = \"send", "fanout.move", "kind-no-move"),
    bad("units = \"rooms\"", "units = \"guards\"", "units = \"guards", "fanout.units", "kind-unfit"),
    bad("child = \"key-loss\"", "child = \"key-lost\"", "child =", "fanout.child", "kind-no-kind"),
    bad("copies = { what = \"what\", until = \"until\" }", "copies = { what = \"notes\" }", "what = \"notes", "fanout.copies.what", "kind-copy"),
    bad("of = \"record\"", "of = \"page\"", "of = \"page", "print.slip.of", "kind-word"),
    bad("of = \"record\"", "of = \"list\"", "[[print]]\nname = \"slip\"", "print.slip.columns", "missing-key"),
    bad("[\"what\", \"count\"]", "[\"what\", \"sum\"]", "sum", "print.slip.rows.2.2", "kind-no-field"),
    bad("[\"@history\"]", "[\"@past\"]", "@past", "print.slip.rows.3.1", "kind-word"),
    bad("columns = [\"@number\", \"what\", \"owner\", \"@state\"]", "columns = [\"phone\"]", "columns = [\"phone", "print.all.columns.1", "kind-sealed"),
    bad("columns = [\"@number\", \"what\", \"owner\", \"@state\"]", "columns = [\"@history\"]", "columns = [\"@his", "print.all.columns.1", "kind-word"),
    bad("copies = 2\n", "copies = 21\n", "copies = 21", "print.slip.copies", "kind-range"),
    bad("name = \"all\"", "name = \"slip\"", "name = \"slip\"\ntitle = { zh = \"借用登记簿\"", "print.slip.name", "kind-twice"),
    // The text itself.
    bad("seal = true", "seal = ", "seal =", "", "not-toml"),
    bad("seal = true", "seal = true\nseal = false", "seal = false", "", "not-toml"),
];

#[test]
fn the_sound_files_are_sound() {
    let kinds = read(LOAN).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let loan = kinds.get("key-loan").unwrap();
    assert_eq!((loan.fields.len(), loan.states.len(), loan.moves.len(), loan.clocks.len()), (13, 3, 5, 3));
    assert_eq!(loan.pack, None);
    assert_eq!(kinds.numbered("YS-2026-0001").unwrap().id, "key-loan");
    // Where nothing is said the owner holds it, then the handler, then the head; a kind without an owner has none.
    let who = |kind: &str, state: &str| format!("{:?}", kinds.get(kind).unwrap().state(state).unwrap().holder);
    assert_eq!(who("key-loan", "closed"), "[Owner, Role(Handler), Role(Head)]");
    assert_eq!(who("key-loss", "kept"), "[Role(Handler), Role(Head)]");
}

// KIND-1 KIND-2 KIND-3 KIND-4 KIND-5 KIND-6 KIND-7
#[test]
fn each_mistake_names_its_line_and_key() {
    assert!(BAD.len() >= 60);
    let mut others = Vec::new();
    for Bad { from, to, at, key, code } in BAD {
        assert_eq!(LOAN.matches(from).count(), 1, "{from} stands once");
        let text = LOAN.replace(from, to);
        let faults = read(&text).err().unwrap_or_default();
        let found: Vec<_> = faults.iter().map(|fault| (fault.line, fault.key.as_str(), fault.code)).collect();
        let line = if *key == "list.2" { line_of(&text, "list = ") } else { line_of(&text, at) };
        if !found.contains(&(line, key, code)) {
            others.push(format!("{from} → {to}: wanted {:?}, found {found:?}", (line, key, code)));
        }
        for fault in &faults {
            spoken(fault);
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

/// One mistake is told once, but where it takes something away that other parts need: those are named here by what was written.
#[test]
fn one_mistake_is_one_fault() {
    const TAKES_AWAY: &[&str] = &[
        "id = \"Key loan\"",
        "id = 7",
        "title_field = \"what\"\nasks = [\"who\"]",
        "name = \"Count\"",
        "name = \"count\"",
        "id = \"at_once\"",
        "id = \"Planned\"",
        "type = \"person\"\nfilter = true\nsealed = [\"head\"]",
        "name = \"owner\"\ntitle = { zh = \"借用人\", en = \"Borrower\" }\ntype = \"unit\"",
        "name = \"lent\"\n",
        "ends = false",
        "to = \"lent\"\nwho = [\"handler\"]\nother_than",
        "name = \"open\"",
        "name = \"hold\"\n",
        "law = \"grid-handling\"",
        "of = \"list\"",
        "kind = \"key-lost\", copies",
        "sort = \"level\" }, link",
        "loan = \"level\" }, link",
        "link = \"what\"",
        "child = \"key-lost\"",
        "copies = { what = \"notes\" }",
    ];
    for Bad { from, to, .. } in BAD.iter().filter(|bad| !TAKES_AWAY.contains(&bad.to)) {
        let faults = read(&LOAN.replace(from, to)).err().unwrap_or_default();
        assert_eq!(faults.len(), 1, "{from} → {to}: {faults:#?}");
    }
}
