//! A condition of a pack in words: its parts, one line each, where it is a plain list of comparisons. What is not is shown as written alone.

use anlan_base::text::{Lang, text};

use super::words::{named, part, value};
use crate::page::grouped;

/// The lines of a condition that is one comparison or several joined by `&&`; None for anything else. `family` names whose facts they are,
/// such as `letters.signed`.
pub(super) fn in_words(lang: Lang, family: &str, condition: &str) -> Option<Vec<String>> {
    if condition.contains("||") || condition.contains('?') || condition.contains('(') {
        return None;
    }
    condition.split("&&").map(|clause| line(lang, family, clause.trim())).collect()
}

const SIGNS: [&str; 6] = [">=", "<=", "==", "!=", ">", "<"];

fn line(lang: Lang, family: &str, clause: &str) -> Option<String> {
    let Some((left, sign, right)) = SIGNS.iter().find_map(|sign| clause.split_once(sign).map(|(a, b)| (a.trim(), *sign, b.trim()))) else {
        let (key, written) = clause.strip_prefix('!').map_or(("cond-true", clause), |rest| ("cond-false", rest.trim()));
        return Some(text(lang, key, &[("a", &fact(lang, family, written)?)]));
    };
    let key = match (sign, right) {
        (">", "0") => "cond-some",
        ("==", "0") => "cond-none",
        ("==", _) => "cond-is",
        (">=", _) => "cond-at-least",
        ("<=", _) => "cond-at-most",
        (">", _) => "cond-more",
        ("<", _) => "cond-less",
        _ => return None,
    };
    Some(text(lang, key, &[("a", &fact(lang, family, left)?), ("b", &operand(lang, family, right)?)]))
}

fn fact(lang: Lang, family: &str, written: &str) -> Option<String> {
    let fact = written.strip_prefix("facts.").filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))?;
    Some(named(lang, &format!("duty-fact-{}-{}", part(family), part(fact)), fact))
}

fn operand(lang: Lang, family: &str, written: &str) -> Option<String> {
    if let Ok(number) = written.parse::<u64>() {
        return Some(grouped(number));
    }
    if let Some(quoted) = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return Some(value(lang, quoted));
    }
    fact(lang, family, written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_comparisons_are_told_and_others_are_not() {
        let zh = |condition| in_words(Lang::Zh, "letters.signed", condition).map(|lines| lines.join("；"));
        for (condition, words) in [
            ("facts.required > 0 && facts.signed >= facts.required", Some("有应签的责任书；已签的责任书不少于应签的责任书")),
            ("facts.held_by_leavers == 0", Some("没有离岗人员仍持有的责任书、岗位和账号")),
            ("facts.required > 0 || facts.signed > 0", None),
            ("(facts.required + 1) > 0", None),
            ("facts.signed > 0 ? true : false", None),
            ("size(facts) == 0", None),
        ] {
            assert_eq!(zh(condition).as_deref(), words, "{condition}");
        }
        assert_eq!(
            in_words(Lang::En, "clock", "facts.operator == \"cii\" && facts.grade <= 3 && !facts.harm_avoided"),
            Some(vec![
                "kind of operator: critical infrastructure".to_owned(),
                "grade of the incident (1 is highest): at most 3".to_owned(),
                "not: harm is effectively avoided".to_owned()
            ])
        );
    }
}
