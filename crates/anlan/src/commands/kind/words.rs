//! What stands in a kind, in words for people.

use anlan_law::Bilingual;
use anlan_law::clock::{Each, Length, MonthDay, Span};
use anlan_law::kind::{Field, Kind, Section, Shape, Who};
use serde_json::{Value, json};

use crate::say::Say;

/// Speaks the reader's language.
pub struct Words<'s>(pub &'s Say);

/// A text in both languages, for JSON.
pub fn both(words: &Bilingual) -> Value {
    json!({ "zh": words.zh, "en": words.en })
}

impl Words<'_> {
    pub fn text(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.0.text(key, args)
    }

    pub fn section(&self, place: Section) -> String {
        self.text(&format!("kind-place-{}", place.id()), &[])
    }

    /// Several with the sign between that the language has.
    pub fn list(&self, parts: impl IntoIterator<Item = String>) -> String {
        parts.into_iter().collect::<Vec<_>>().join(&self.text("kind-list-joint", &[]))
    }

    pub fn people(&self, kind: &Kind, people: &[Who]) -> String {
        self.list(people.iter().map(|who| self.who(kind, who)))
    }

    fn who(&self, kind: &Kind, who: &Who) -> String {
        match who {
            Who::Role(role) => self.text(&format!("role-{}", role.id()), &[]),
            Who::Above(role) => self.text("kind-who-above", &[("role", &self.text(&format!("role-{}", role.id()), &[]))]),
            Who::Opener => self.text("kind-who-opener", &[]),
            Who::Owner => self.field(kind, "owner"),
            Who::Holder => self.text("kind-who-holder", &[]),
            Who::Field(name) => self.field(kind, name),
        }
    }

    pub fn field(&self, kind: &Kind, name: &str) -> String {
        kind.field(name).map_or_else(|| name.to_owned(), |field| self.of(&field.title))
    }

    pub fn fields(&self, kind: &Kind, names: &[String]) -> String {
        self.list(names.iter().map(|name| self.field(kind, name)))
    }

    pub fn state(&self, kind: &Kind, name: &str) -> String {
        kind.state(name).map_or_else(|| name.to_owned(), |state| self.of(&state.title))
    }

    /// Moves by their titles; the opening by its word.
    pub fn moves(&self, kind: &Kind, names: &[String]) -> String {
        self.list(names.iter().map(|name| match kind.a_move(name) {
            Some(a_move) => self.of(&a_move.title),
            None => self.text("kind-opening", &[]),
        }))
    }

    /// What fits into a field.
    pub fn shape(&self, field: &Field) -> String {
        let name = self.text(&format!("kind-type-{}", field.shape.id()), &[]);
        match &field.shape {
            Shape::Choice { options } => {
                self.text("kind-of", &[("what", &name), ("of", &self.list(options.iter().map(|o| self.of(&o.title))))])
            }
            Shape::Table { columns, .. } => {
                self.text("kind-of", &[("what", &name), ("of", &self.list(columns.iter().map(|c| self.of(&c.title))))])
            }
            Shape::Link { to } => self.text("kind-of", &[("what", &name), ("of", to)]),
            _ => name,
        }
    }

    pub fn length(&self, length: Length) -> String {
        match length {
            Length::Span(span) => self.span(span),
            Length::AtOnce => self.text("kind-length-at-once", &[]),
            Length::AsOrdered => self.text("kind-length-as-ordered", &[]),
            Length::AsRequested => self.text("kind-length-as-requested", &[]),
            Length::Configurable => self.text("kind-length-configurable", &[]),
        }
    }

    pub fn span(&self, span: Span) -> String {
        let (key, count) = match span {
            Span::Minutes(count) if count % 60 == 0 => ("kind-span-hours", count / 60),
            Span::Minutes(count) => ("kind-span-minutes", count),
            Span::Days(count) => ("kind-span-days", count),
            Span::WorkingDays(count) => ("kind-span-working-days", count),
            Span::Months(count) if count % 12 == 0 => ("kind-span-years", count / 12),
            Span::Months(count) => ("kind-span-months", count),
        };
        self.text(key, &[("count", &count.to_string())])
    }

    /// The days that come again.
    pub fn each(&self, each: &Each) -> String {
        let day = |day: &MonthDay| match day {
            MonthDay::Number(number) => self.text("kind-day-number", &[("number", &number.to_string())]),
            MonthDay::Last => self.text("kind-day-last", &[]),
        };
        let of_month = |(month, on): &(u8, MonthDay)| self.text("kind-day-of-month", &[("month", &month.to_string()), ("day", &day(on))]);
        let (key, days) = match each {
            Each::Day => ("kind-each-day", String::new()),
            Each::WorkingDay => ("kind-each-working-day", String::new()),
            Each::Week(days) => {
                ("kind-each-week", self.list(days.iter().map(|day| self.text(&format!("kind-{}", day.code().to_lowercase()), &[]))))
            }
            Each::Month(days) => ("kind-each-month", self.list(days.iter().map(day))),
            Each::Quarter(days) => ("kind-each-quarter", self.list(days.iter().map(of_month))),
            Each::Year(days) => ("kind-each-year", self.list(days.iter().map(of_month))),
        };
        self.text(key, &[("days", &days)])
    }
}
