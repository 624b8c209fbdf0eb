//! Why a clock ends when it ends: the rules of counting that were used, in order, with the days they gave.
//!
//! Invariant: every step that moved the end stands here; the words are in `locales/*/law.ftl` (`clock-why-…`).

use anlan_base::text::{Lang, text};
use anlan_base::{Day, Guessed};

use super::Span;

/// One step of counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Runs from the start by the minute, through nights and holidays.
    Hours {
        minutes: u32,
    },
    /// The day of the start is not counted.
    FromNextDay {
        first: Day,
    },
    Days {
        count: u32,
        last: Day,
    },
    /// The day with the same number.
    SameNumber {
        months: u32,
        last: Day,
    },
    /// The month has no day with that number: its last.
    MonthEnd {
        months: u32,
        last: Day,
    },
    /// Days off between are not counted, made-up days are.
    WorkingDays {
        count: u32,
        last: Day,
        holidays: u32,
        made_up: u32,
    },
    /// Counted back from the event, which itself is not counted.
    Ahead {
        event: Day,
        last: Day,
    },
    /// The day that the rule names.
    Named {
        day: Day,
    },
    /// The last day is a day off and the clock says that it moves.
    Moved {
        from: Day,
        to: Day,
    },
    /// The clock stood still.
    StoodStill {
        days: u32,
        minutes: u64,
    },
    AtOnce,
    /// The order or request says until when.
    Ordered,
    /// The unit set its own, stricter length.
    Own {
        span: Span,
    },
    /// Years that have no calendar were counted as Monday to Friday.
    NoCalendar(Guessed),
}

impl Why {
    /// The step in the reader's language.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let (key, args) = self.key();
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(lang, key, &args)
    }

    fn key(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::Hours { minutes } => {
                ("clock-why-hours", vec![("hours", (minutes / 60).to_string()), ("minutes", (minutes % 60).to_string())])
            }
            Self::FromNextDay { first } => ("clock-why-next-day", vec![("day", first.to_string())]),
            Self::Days { count, last } => ("clock-why-days", vec![("count", count.to_string()), ("day", last.to_string())]),
            Self::SameNumber { months, last } => ("clock-why-same-number", vec![("count", months.to_string()), ("day", last.to_string())]),
            Self::MonthEnd { months, last } => ("clock-why-month-end", vec![("count", months.to_string()), ("day", last.to_string())]),
            Self::WorkingDays { count, last, holidays, made_up } => (
                "clock-why-working-days",
                vec![
                    ("count", count.to_string()),
                    ("day", last.to_string()),
                    ("holidays", holidays.to_string()),
                    ("made", made_up.to_string()),
                ],
            ),
            Self::Ahead { event, last } => ("clock-why-ahead", vec![("event", event.to_string()), ("day", last.to_string())]),
            Self::Named { day } => ("clock-why-named", vec![("day", day.to_string())]),
            Self::Moved { from, to } => ("clock-why-moved", vec![("from", from.to_string()), ("to", to.to_string())]),
            Self::StoodStill { days, minutes } => {
                ("clock-why-stood-still", vec![("days", days.to_string()), ("minutes", minutes.to_string())])
            }
            Self::AtOnce => ("clock-why-at-once", Vec::new()),
            Self::Ordered => ("clock-why-ordered", Vec::new()),
            Self::Own { span } => ("clock-why-own", vec![("length", span.to_string())]),
            Self::NoCalendar(guessed) => {
                ("clock-why-no-calendar", vec![("first", guessed.first_year.to_string()), ("last", guessed.last_year.to_string())])
            }
        }
    }
}
