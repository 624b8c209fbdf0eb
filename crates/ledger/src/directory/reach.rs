//! What every change asks first: is it there, may the asker see it, does their role reach it; and what names, phones and reasons may be.

use anlan_law::kind::Role;

use super::rows::{PersonRow, PostRow, UnitRow};
use super::{Directory, PostId, Why};
use crate::engine::{PersonId, Refusal, Rights, UnitId};

/// Characters of a name of a unit, person or post, and of a label.
pub const NAME_CHARS: usize = 100;
/// Characters of a reason.
pub const WHY_CHARS: usize = 1_000;
/// Characters of a phone number, as people write it.
pub const PHONE_CHARS: usize = 30;
const PHONE_DIGITS: usize = 5;
/// Characters of an e-mail address (RFC 5321).
pub const EMAIL_CHARS: usize = 254;

impl Directory {
    /// An open unit that the role reaches. A unit outside all their roles is none.
    pub(crate) fn reached(&self, who: &Rights, role: Role, unit: UnitId) -> Result<&UnitRow, Refusal> {
        self.reached_by(who, &[role], unit)
    }

    pub(crate) fn reached_by(&self, who: &Rights, roles: &[Role], unit: UnitId) -> Result<&UnitRow, Refusal> {
        let row = self.unit_row(unit).filter(|row| who.touches(&row.unit.path)).ok_or(Why::NoSuchUnit)?;
        if !roles.iter().any(|role| who.reaches(*role, &row.unit.path)) {
            return Err(Why::NotYours.into());
        }
        if row.unit.closed { Err(Why::UnitClosed.into()) } else { Ok(row) }
    }

    /// A person who is here, wherever they are.
    pub(crate) fn somebody(&self, person: PersonId) -> Result<&PersonRow, Refusal> {
        let row = self.person_row(person).ok_or(Why::NoSuchPerson)?;
        if row.person.left { Err(Why::PersonLeft.into()) } else { Ok(row) }
    }

    /// A person of a unit that the role reaches, here or not. Such a unit may be closed.
    pub(crate) fn person_in_reach(&self, who: &Rights, role: Role, person: PersonId) -> Result<&PersonRow, Refusal> {
        let row = self.person_row(person).ok_or(Why::NoSuchPerson)?;
        let path = self.unit_row(row.person.unit).map(|row| row.unit.path.as_str()).unwrap_or_default();
        if who.reaches(role, path) {
            return Ok(row);
        }
        Err(if who.touches(path) { Why::NotYours.into() } else { Why::NoSuchPerson.into() })
    }

    pub(crate) fn post_in_reach(&self, who: &Rights, role: Role, post: PostId) -> Result<&PostRow, Refusal> {
        let row = self.post(post).ok_or(Why::NoSuchPost)?;
        self.reached(who, role, row.unit)?;
        if row.closed.is_some() { Err(Why::PostClosed.into()) } else { Ok(row) }
    }
}

fn most(why: Why, most: usize) -> Refusal {
    why.refusal().with("most", most.to_string())
}

pub(crate) fn too_many(limit: usize) -> Refusal {
    most(Why::TooMany, limit)
}

/// Refused where there are `count` of them already.
pub(crate) fn room(count: usize, limit: usize) -> Result<(), Refusal> {
    if count < limit { Ok(()) } else { Err(too_many(limit)) }
}

/// A name without space at its ends, on one line.
pub(crate) fn name(field: &str, text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_CHARS && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(most(Why::BadText, NAME_CHARS).at(field)) }
}

/// The same, or nothing.
pub(crate) fn label(field: &str, text: &str) -> Result<String, Refusal> {
    if text.trim().is_empty() { Ok(String::new()) } else { name(field, text) }
}

/// Asked for; may have several lines.
pub(crate) fn reason(text: &str) -> Result<String, Refusal> {
    let reason = text.trim();
    if reason.is_empty() {
        return Err(Why::ReasonMissing.refusal().at("reason"));
    }
    let is_odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    let reason = reason.replace("\r\n", "\n");
    if reason.chars().count() > WHY_CHARS || reason.chars().any(is_odd) {
        return Err(most(Why::BadText, WHY_CHARS).at("reason"));
    }
    Ok(reason)
}

/// Empty: none.
pub(crate) fn phone(text: &str) -> Result<String, Refusal> {
    let phone = text.trim();
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    let fits = phone.len() <= PHONE_CHARS && digits >= PHONE_DIGITS && phone.bytes().all(|b| b.is_ascii_digit() || b"+-() #*".contains(&b));
    if phone.is_empty() || fits { Ok(phone.to_owned()) } else { Err(Why::BadPhone.refusal().at("phone")) }
}

/// Empty: none.
pub(crate) fn email(text: &str) -> Result<String, Refusal> {
    let email = text.trim();
    let is_plain =
        |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c));
    let fits = email.chars().count() <= EMAIL_CHARS
        && email.split_once('@').is_some_and(|(box_of, domain)| is_plain(box_of) && is_plain(domain) && domain.contains('.'));
    if email.is_empty() || fits { Ok(email.to_owned()) } else { Err(Why::BadEmail.refusal().at("email")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_limits() {
        for (count, fits) in [(0, false), (1, true), (NAME_CHARS - 1, true), (NAME_CHARS, true), (NAME_CHARS + 1, false)] {
            assert_eq!(name("name", &"校".repeat(count)).is_ok(), fits, "{count}");
        }
        for (count, fits) in [(0, false), (1, true), (WHY_CHARS - 1, true), (WHY_CHARS, true), (WHY_CHARS + 1, false)] {
            assert_eq!(reason(&"因".repeat(count)).is_ok(), fits, "{count}");
        }
        assert_eq!(name("name", " 一中 ").unwrap(), "一中");
        assert!(name("name", "一\u{7}中").is_err() && reason("一\u{7}中").is_err());
        assert_eq!(reason("一\r\n二").unwrap(), "一\n二");
    }

    #[test]
    fn phones_and_addresses() {
        for good in ["", "13800138000", "+86 138-0013-8000", "(0571) 8888 8888", "12345"] {
            assert_eq!(phone(good).unwrap(), good);
        }
        for bad in ["1234", "one", "1380013800o", &"1".repeat(PHONE_CHARS + 1)] {
            assert!(phone(bad).is_err(), "{bad}");
        }
        for good in ["", "li.si@example.cn", "值班@例子.中国"] {
            assert_eq!(email(good).unwrap(), good);
        }
        let long = format!("{}@a.cn", "a".repeat(EMAIL_CHARS));
        for bad in ["li", "@a.cn", "li@", "li@cn", "a b@c.cn", "a@b@c.cn", "<a@b.cn>", long.as_str()] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }
}
