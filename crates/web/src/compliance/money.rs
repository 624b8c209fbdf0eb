//! Fines in words: ranges of yuan (万元 in Chinese), multiples and percentages, and the one line that a list has room for.

use anlan_base::text::{Lang, text};
use anlan_law::liability::{Fine, Measure, Penalty, Who};

use crate::page::grouped;

const WAN: u64 = 10_000;

/// `5 万–50 万元`, `50 000–500 000 yuan`, `违法所得 1–10 倍`.
pub(super) fn range(lang: Lang, fine: &Fine) -> String {
    let (from, to) = (grouped(fine.from), grouped(fine.to));
    match fine.of {
        Measure::Yuan => yuan_range(lang, fine.from, fine.to),
        Measure::UnlawfulGain => text(lang, "fine-gain", &[("from", &from), ("to", &to)]),
        Measure::PurchasePrice => text(lang, "fine-price", &[("from", &from), ("to", &to)]),
        Measure::TurnoverPercent if fine.from == 0 => text(lang, "fine-percent-upto", &[("to", &to)]),
        Measure::TurnoverPercent => text(lang, "fine-percent", &[("from", &from), ("to", &to)]),
    }
}

fn yuan_range(lang: Lang, from: u64, to: u64) -> String {
    if from == 0 {
        return text(lang, "fine-upto", &[("to", &amount(lang, to))]);
    }
    let both_wan = is_wan(lang, from) && is_wan(lang, to);
    let lower = match lang {
        Lang::Zh if both_wan => text(lang, "fine-wan-bare", &[("n", &grouped(from / WAN))]),
        Lang::Zh => amount(lang, from),
        Lang::En => grouped(from),
    };
    text(lang, "fine-range", &[("from", &lower), ("to", &amount(lang, to))])
}

fn is_wan(lang: Lang, yuan: u64) -> bool {
    lang == Lang::Zh && yuan >= WAN && yuan.is_multiple_of(WAN)
}

fn amount(lang: Lang, yuan: u64) -> String {
    if is_wan(lang, yuan) {
        return text(lang, "fine-wan", &[("n", &grouped(yuan / WAN))]);
    }
    text(lang, "fine-yuan", &[("n", &grouped(yuan))])
}

/// The ranges of one kind of person in a tier, joined; empty where there is none.
pub(super) fn ranges(lang: Lang, fines: &[Fine], who: Who) -> String {
    let parts: Vec<String> = fines.iter().filter(|fine| fine.who == who).map(|fine| range(lang, fine)).collect();
    parts.join(&text(lang, "fine-or", &[]))
}

/// What a breach may cost at first, and at most where that is more, over the penalties given.
pub(super) fn one_line<'a>(lang: Lang, penalties: impl IntoIterator<Item = &'a Penalty>) -> Option<(String, String)> {
    let fines: Vec<&Fine> = penalties.into_iter().flat_map(|penalty| &penalty.tiers).flat_map(|tier| &tier.fines).collect();
    let of_units = fines.iter().any(|fine| fine.who == Who::Unit);
    let counted = || fines.iter().copied().filter(|fine| !of_units || fine.who == Who::Unit);
    let first = counted().next()?;
    let most = counted().filter(|fine| fine.of == Measure::Yuan).max_by_key(|fine| fine.to);
    let most = most.filter(|most| first.of == Measure::Yuan && most.to > first.to);
    let most = most.map_or_else(String::new, |most| text(lang, "fine-most", &[("most", &amount(lang, most.to))]));
    Some((range(lang, first), most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_told_in_the_units_of_the_language() {
        let fine = |from, to, of| Fine { who: Who::Unit, from, to, of };
        for (one, zh, en) in [
            (fine(50_000, 500_000, Measure::Yuan), "5 万–50 万元", "50\u{202f}000–500\u{202f}000 yuan"),
            (fine(5_000, 50_000, Measure::Yuan), "5\u{202f}000 元–5 万元", "5\u{202f}000–50\u{202f}000 yuan"),
            (fine(0, 1_000_000, Measure::Yuan), "100 万元以下", "up to 1\u{202f}000\u{202f}000 yuan"),
            (fine(1, 10, Measure::UnlawfulGain), "违法所得 1–10 倍", "1 to 10 times the unlawful gain"),
            (fine(0, 5, Measure::TurnoverPercent), "上年度营业额 5% 以下", "up to 5 % of last year's turnover"),
        ] {
            assert_eq!((range(Lang::Zh, &one).as_str(), range(Lang::En, &one).as_str()), (zh, en));
        }
    }
}
