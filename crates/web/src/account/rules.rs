//! The rules for passwords in force, in words, beside every form that sets one.

use anlan_base::text::{Lang, text};
use anlan_law::accounts::AccountRules;

pub(crate) fn told(lang: Lang, rules: &AccountRules) -> Vec<String> {
    let number = |key: &str, n: u32| text(lang, key, &[("n", &n.to_string())]);
    let length =
        text(lang, "password-rule-length", &[("min", &rules.password_shortest.to_string()), ("max", &rules.password_longest.to_string())]);
    let mut told = vec![length];
    if rules.password_classes > 0 {
        told.push(number("password-rule-classes", rules.password_classes));
    }
    told.push(text(lang, "password-rule-common", &[]));
    if let Some(days) = rules.password_days {
        told.push(number("password-rule-days", days));
    }
    told
}
