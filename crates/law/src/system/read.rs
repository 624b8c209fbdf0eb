//! From the text of a file of systems to its rows: every value with the place it stands at.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::{
    Group, LONGEST_QUOTATION, LONGEST_TEXT, MOST_ARTICLES, MOST_FAULTS, MOST_QUOTATIONS, MOST_SYSTEMS, Need, Page, Quotation, Scope,
    System, SystemId, is_article,
};
use crate::{Bilingual, Fault, line_at};

pub fn scope(file: &str, text: &str) -> Result<Scope, Vec<Fault>> {
    let mut reader = Reader { file, text, faults: Vec::new() };
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(0, |span| line_at(text, span.start));
        vec![Fault::new(file, line, "", "system-toml").with("message", error.message())]
    })?;
    let scope = reader.scope(&Place { table: table.get_ref(), key: String::new(), span: table.span() });
    match scope {
        Some(scope) if reader.faults.is_empty() => Ok(scope),
        _ => Err(reader.told()),
    }
}

/// A table of the file, what it is called, and where it begins.
struct Place<'a, 't> {
    table: &'a DeTable<'t>,
    key: String,
    span: Range<usize>,
}

impl Place<'_, '_> {
    fn key(&self, name: &str) -> String {
        if self.key.is_empty() { name.to_owned() } else { format!("{}.{name}", self.key) }
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<(usize, Fault)>,
}

impl Reader<'_> {
    fn scope(&mut self, top: &Place<'_, '_>) -> Option<Scope> {
        self.only(top, &["group", "page", "system"]);
        let groups = self.groups(top)?;
        let pages = self.pages(top)?;
        let rows = self.tables(top, "system", "id", MOST_SYSTEMS)?;
        let mut seen = BTreeSet::new();
        let mut systems = Vec::new();
        for place in &rows {
            let Some(system) = self.system(place, &groups, &pages) else { continue };
            if !seen.insert(system.id) {
                self.fault(place.span.start, &place.key, "system-duplicate", &[("name", &system.id.to_string())]);
            }
            systems.push(system);
        }
        Some(Scope { pages, systems })
    }

    fn groups(&mut self, top: &Place<'_, '_>) -> Option<Vec<Group>> {
        let mut groups: Vec<Group> = Vec::new();
        for place in self.tables(top, "group", "letter", 26)? {
            self.only(&place, &["letter", "name"]);
            let (Some((letter, at)), Some(name)) = (self.string(&place, "letter", 1), self.bilingual(&place, "name")) else { continue };
            let letter = letter.chars().next().unwrap_or_default();
            if !letter.is_ascii_uppercase() || groups.iter().any(|group| group.letter == letter) {
                self.fault(at.start, &place.key("letter"), "system-duplicate", &[("name", &letter.to_string())]);
            }
            groups.push(Group { letter, name });
        }
        Some(groups)
    }

    fn pages(&mut self, top: &Place<'_, '_>) -> Option<Vec<Page>> {
        let mut pages: Vec<Page> = Vec::new();
        for place in self.tables(top, "page", "id", 99)? {
            self.only(&place, &["id", "name"]);
            let (Some((id, at)), Some(name)) = (self.string(&place, "id", 16), self.bilingual(&place, "name")) else { continue };
            if pages.iter().any(|page| page.id == id) {
                self.fault(at.start, &place.key("id"), "system-duplicate", &[("name", &id)]);
            }
            pages.push(Page { id, name });
        }
        Some(pages)
    }

    fn system(&mut self, place: &Place<'_, '_>, groups: &[Group], pages: &[Page]) -> Option<System> {
        self.only(place, &["id", "group", "name", "who", "requires", "source", "articles", "needs", "quotation"]);
        let id = self.id(place);
        let group = self.group(place, groups);
        let (name, who) = (self.bilingual(place, "name"), self.bilingual(place, "who"));
        let (requires, source) = (self.bilingual(place, "requires"), self.bilingual(place, "source"));
        let (articles, needs) = (self.articles(place), self.needs(place));
        let quotations = self.quotations(place, pages);
        Some(System {
            id: id?,
            group: group?,
            name: name?,
            who: who?,
            requires: requires?,
            source: source?,
            articles: articles?,
            needs: needs?,
            quotations: quotations?,
        })
    }

    fn id(&mut self, place: &Place<'_, '_>) -> Option<SystemId> {
        let (id, at) = self.string(place, "id", 16)?;
        let read = id.parse().ok();
        if read.is_none() {
            self.fault(at.start, &place.key("id"), "system-id", &[("found", &id)]);
        }
        read
    }

    fn group(&mut self, place: &Place<'_, '_>, groups: &[Group]) -> Option<Group> {
        let (letter, at) = self.string(place, "group", 1)?;
        let found = groups.iter().find(|group| letter.starts_with(group.letter)).cloned();
        if found.is_none() {
            self.fault(at.start, &place.key("group"), "system-group", &[("found", &letter)]);
        }
        found
    }

    fn articles(&mut self, place: &Place<'_, '_>) -> Option<BTreeMap<String, Vec<String>>> {
        let mut articles = BTreeMap::new();
        let Some(value) = place.table.get("articles") else { return Some(articles) };
        let Some(table) = value.get_ref().as_table() else { return self.wants(value.span(), &place.key("articles"), "table") };
        let inner = Place { table, key: place.key("articles"), span: value.span() };
        for version in table.keys() {
            let named = self.strings(&inner, version.get_ref(), MOST_ARTICLES)?;
            for (article, at) in named.iter().filter(|(article, _)| !is_article(article)) {
                self.fault(at.start, &inner.key(version.get_ref()), "system-article", &[("found", article)]);
            }
            articles.insert(version.get_ref().to_string(), named.into_iter().map(|(article, _)| article).collect());
        }
        Some(articles)
    }

    fn needs(&mut self, place: &Place<'_, '_>) -> Option<BTreeSet<Need>> {
        let mut needs = BTreeSet::new();
        for (word, at) in self.strings(place, "needs", Need::ALL.len())? {
            match Need::of(&word) {
                Some(need) if needs.insert(need) => {}
                Some(_) => self.fault(at.start, &place.key("needs"), "system-duplicate", &[("name", &word)]),
                None => self.fault(at.start, &place.key("needs"), "system-need", &[("found", &word)]),
            }
        }
        Some(needs)
    }

    fn quotations(&mut self, place: &Place<'_, '_>, pages: &[Page]) -> Option<Vec<Quotation>> {
        if place.table.get("quotation").is_none() {
            self.fault(place.span.start, &place.key, "system-unquoted", &[]);
            return None;
        }
        let rows = self.tables(place, "quotation", "page", MOST_QUOTATIONS)?;
        let read: Vec<Option<Quotation>> = rows.iter().map(|row| self.quotation(row, pages)).collect();
        read.into_iter().collect()
    }

    fn quotation(&mut self, place: &Place<'_, '_>, pages: &[Page]) -> Option<Quotation> {
        self.only(place, &["page", "line", "text", "note"]);
        let page = self.string(place, "page", 16);
        if let Some((found, at)) = page.as_ref().filter(|(found, _)| !pages.iter().any(|page| page.id == *found)) {
            self.fault(at.start, &place.key("page"), "system-page", &[("found", found)]);
        }
        let line = self.line(place);
        let text = self.string(place, "text", LONGEST_QUOTATION);
        let note = match place.table.get("note") {
            Some(_) => Some(self.string(place, "note", 16)?.0),
            None => None,
        };
        Some(Quotation { page: page?.0, line: line?, text: text?.0, note })
    }

    fn line(&mut self, place: &Place<'_, '_>) -> Option<u32> {
        let value = self.value(place, "line")?;
        let number = value.get_ref().as_integer().and_then(|n| n.as_str().parse().ok()).filter(|n| *n > 0);
        if number.is_none() {
            return self.wants(value.span(), &place.key("line"), "integer");
        }
        number
    }

    fn bilingual(&mut self, place: &Place<'_, '_>, name: &str) -> Option<Bilingual> {
        let value = self.value(place, name)?;
        let Some(table) = value.get_ref().as_table() else { return self.wants(value.span(), &place.key(name), "table") };
        let inner = Place { table, key: place.key(name), span: value.span() };
        self.only(&inner, &["zh", "en"]);
        let (zh, en) = (self.string(&inner, "zh", LONGEST_TEXT), self.string(&inner, "en", LONGEST_TEXT));
        Some(Bilingual { zh: zh?.0, en: en?.0 })
    }

    /// A text of 1 to `most` characters.
    fn string(&mut self, place: &Place<'_, '_>, name: &str, most: usize) -> Option<(String, Range<usize>)> {
        let value = self.value(place, name)?;
        let Some(found) = value.get_ref().as_str() else { return self.wants(value.span(), &place.key(name), "string") };
        if found.trim().is_empty() {
            self.fault(value.span().start, &place.key(name), "system-empty", &[]);
            return None;
        }
        if found.chars().count() > most {
            self.fault(value.span().start, &place.key(name), "system-long", &[("most", &most.to_string())]);
            return None;
        }
        Some((found.to_owned(), value.span()))
    }

    fn strings(&mut self, place: &Place<'_, '_>, name: &str, most: usize) -> Option<Vec<(String, Range<usize>)>> {
        let value = self.value(place, name)?;
        let Some(list) = value.get_ref().as_array() else { return self.wants(value.span(), &place.key(name), "array") };
        if list.len() > most {
            self.fault(value.span().start, &place.key(name), "system-many", &[("most", &most.to_string())]);
            return None;
        }
        let mut strings = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_str() {
                Some(found) => strings.push((found.to_owned(), item.span())),
                None => return self.wants(item.span(), &place.key(name), "string"),
            }
        }
        Some(strings)
    }

    /// The tables `[[name]]`, each called by its own `called`, at most `most`.
    fn tables<'a, 't>(&mut self, place: &Place<'a, 't>, name: &str, called: &str, most: usize) -> Option<Vec<Place<'a, 't>>> {
        let value = self.value(place, name)?;
        let Some(list) = value.get_ref().as_array() else { return self.wants(value.span(), &place.key(name), "array of tables") };
        if list.len() > most {
            let at = list.get(most).map_or(value.span(), toml::Spanned::span);
            self.fault(at.start, &place.key(name), "system-many", &[("most", &most.to_string())]);
            return None;
        }
        let mut tables = Vec::new();
        for item in list.iter() {
            let Some(table) = item.get_ref().as_table() else { return self.wants(item.span(), &place.key(name), "table") };
            let own = table.get(called).and_then(|value| value.get_ref().as_str()).unwrap_or("?");
            tables.push(Place { table, key: place.key(&format!("{name}.{own}")), span: item.span() });
        }
        Some(tables)
    }

    fn value<'a, 't>(&mut self, place: &Place<'a, 't>, name: &str) -> Option<&'a toml::Spanned<DeValue<'t>>> {
        let found = place.table.get(name);
        if found.is_none() {
            self.fault(place.span.start, &place.key(name), "system-missing", &[]);
        }
        found
    }

    /// Refuses keys that the format does not know: a misspelt key would be lost in silence.
    fn only(&mut self, place: &Place<'_, '_>, known: &[&str]) {
        let strangers = place.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())).take(MOST_FAULTS);
        let strangers: Vec<(usize, String)> = strangers.map(|key| (key.span().start, key.get_ref().to_string())).collect();
        for (at, name) in strangers {
            self.fault(at, &place.key(&name), "system-unknown", &[("known", &known.join(", "))]);
        }
    }

    fn wants<T>(&mut self, span: Range<usize>, key: &str, wanted: &str) -> Option<T> {
        self.fault(span.start, key, "system-type", &[("wanted", wanted)]);
        None
    }

    fn fault(&mut self, at: usize, key: &str, code: &'static str, args: &[(&'static str, &str)]) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        let fault = args.iter().fold(Fault::new(self.file, 0, key, code), |fault, (name, value)| fault.with(name, *value));
        self.faults.push((at, fault));
    }

    /// Faults in the order of the file, with their lines.
    fn told(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|(at, _)| *at);
        let text = self.text;
        self.faults.into_iter().map(|(at, fault)| Fault { line: line_at(text, at), ..fault }).collect()
    }
}
