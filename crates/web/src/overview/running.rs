//! The clock strip: running clocks of records that the reader may see, soonest first.

use anlan_base::Instant;
use anlan_base::text::{Lang, text};
use anlan_law::kind::{Kind, KindTerm};
use anlan_ledger::LedgerError;
use anlan_ledger::engine::ClockState;
use anlan_ledger::records::DeadlineRow;

use crate::console::Shared;
use crate::failure::Failure;
use crate::page::grouped;
use crate::records::form::say;
use crate::records::words;
use crate::session::Signed;

/// Clocks of the strip; those that are late take at most half of it.
pub const CLOCKS: usize = 8;
/// Late clocks that are counted; more are told as "more than".
const LATE_COUNTED: usize = 100;

pub(super) struct Card {
    pub(super) href: String,
    pub(super) title: String,
    /// The kind's name, the number, and which clock it is.
    pub(super) what: String,
    pub(super) tone: &'static str,
    pub(super) left: String,
    pub(super) due: String,
    /// The law sets its length.
    pub(super) legal: bool,
}

#[derive(Default)]
pub(super) struct Strip {
    pub(super) cards: Vec<Card>,
    /// How many are late; empty where none is.
    pub(super) late: String,
    /// 最近法定时限：剩 3 小时 12 分; empty where nothing runs.
    pub(super) next: String,
}

pub(super) async fn strip(house: &Shared, who: &Signed, now: Instant) -> Result<Strip, Failure> {
    let ledger = &house.console.ledger;
    let most = u32::try_from(LATE_COUNTED + 1).unwrap_or(u32::MAX);
    let late = match ledger.deadlines(&who.rights, Instant(0), Instant(now.0.saturating_sub(1)), most).await {
        Err(LedgerError::NoBook) => return Ok(Strip::default()),
        late => late?,
    };
    let coming = u32::try_from(CLOCKS).unwrap_or(u32::MAX);
    let coming = ledger.deadlines(&who.rights, now, Instant(i64::MAX as u64 - 1), coming).await?;
    let shown_late = late.len().min((CLOCKS / 2).max(CLOCKS.saturating_sub(coming.len())));
    let mut cards = Vec::new();
    for row in late.iter().take(shown_late).chain(coming.iter().take(CLOCKS - shown_late)) {
        cards.push(card(house, who, row, now).await?);
    }
    let next = next(who.lang, &cards, now, &coming, shown_late);
    let late = match late.len() {
        0 => String::new(),
        n if n > LATE_COUNTED => format!("{}+", grouped(LATE_COUNTED as u64)),
        n => grouped(n as u64),
    };
    Ok(Strip { cards, late, next })
}

/// The soonest that the law sets; where none of those shown is, the soonest.
fn next(lang: Lang, cards: &[Card], now: Instant, coming: &[DeadlineRow], late: usize) -> String {
    let ahead = || cards.iter().skip(late).zip(coming);
    let legal = ahead().find(|(card, _)| card.legal).map(|(_, row)| ("overview-next-legal", row.due));
    let found = legal.or_else(|| ahead().next().map(|(_, row)| ("overview-next", row.due)));
    found.map_or_else(String::new, |(key, due)| text(lang, key, &[("left", &words::left(lang, now, due).1)]))
}

async fn card(house: &Shared, who: &Signed, row: &DeadlineRow, now: Instant) -> Result<Card, Failure> {
    let kinds = house.console.ledger.kinds();
    let kind = kinds.get(&row.record.kind);
    let record = house.console.ledger.glimpse(&who.rights, &row.record.number).await?;
    let clocks = record.iter().flat_map(|record| &record.clocks);
    let runs = |clock: &ClockState| matches!(clock, ClockState::Running(running) if running.due == row.due);
    let name = clocks.into_iter().find(|(_, clock)| runs(clock)).map(|(name, _)| name.clone());
    let (class, left) = words::left(who.lang, now, row.due);
    let what = kind.map_or_else(|| row.record.kind.clone(), |kind| say(&kind.title, who.lang).to_owned());
    let which = kind.zip(name.as_deref()).map_or(String::new(), |(kind, name)| format!(" · {}", words::clock(kind, name, who.lang)));
    Ok(Card {
        href: format!("/r/{}", row.record.number),
        title: if row.record.title.is_empty() { row.record.number.clone() } else { row.record.title.clone() },
        what: format!("{what} {}{which}", row.record.number),
        tone: match class {
            "late" => "bad",
            "soon" => "warn",
            _ => "",
        },
        left,
        due: words::moment(row.due),
        legal: kind.zip(name.as_deref()).is_some_and(|(kind, name)| is_legal(kind, name)),
    })
}

fn is_legal(kind: &Kind, name: &str) -> bool {
    kind.clock(name.split('.').next().unwrap_or(name)).is_some_and(|clock| matches!(clock.term, KindTerm::Law { .. }))
}
