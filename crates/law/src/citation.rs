//! Citations: a place of a statute, with the version it was written for where that is said; read from a line or found in running text.
//!
//! What is read: `《网络安全法》第二十一条第（三）项`, `网络安全法第21条第3项`, `第二十二条第一款、第二款和第四十八条第一款`, `第四十一条至第四十三条`,
//! `csl 21.3`, `csl@2016 21(3)`, `csl 53¶3`, `25, 53 para 3`, `Cybersecurity Law (2016) Art. 21(3)`.
//!
//! Invariants: byte ranges lie on characters; reading is linear in the text; no text makes it panic; what [`Citation`] displays reads back.

pub(crate) mod running;

use std::ops::Range;

use anlan_base::text::Lang;
use serde::{Deserialize, Serialize};

use crate::cursor::Cursor;
use crate::library::{Library, Statute};
use crate::place::{self, CiteError, Place};
use crate::version::{Version, VersionId};

/// Bytes of a line that is to be one citation or one list.
pub const LINE_BYTES: usize = 4_096;

/// A place of a statute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Citation {
    /// Such as `csl`.
    pub statute: String,
    /// None: the version in force on the day that is asked about.
    pub version: Option<VersionId>,
    pub place: Place,
}

/// Whose article a citation in running text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Law {
    /// A statute of the library by its name, with the version where a mark says it.
    Named { statute: String, version: Option<VersionId> },
    /// 本法.
    ThisLaw,
    /// 该法, 同法: the law that was named last.
    ThatLaw,
    /// Another law, by its title.
    Other(String),
    /// No name: the text's own article, or one of a law named further away.
    Bare,
}

/// A citation found in running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Bytes of the place, such as `第二十五条`; of a range, all of it.
    pub range: Range<usize>,
    /// Bytes from the law's name on, where it stands before this place.
    pub whole: Range<usize>,
    pub law: Law,
    /// One, or all articles of a range.
    pub places: Vec<Place>,
    /// Places joined by `、` or 和 share this number.
    pub chain: usize,
}

impl Library {
    /// Reads a text that is one citation or one list and nothing else. Without a name the first statute of the library is meant;
    /// without a version `default` is.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn cite(&self, written: &str, default: Option<&VersionId>) -> Result<Vec<Citation>, CiteError> {
        let lead = written.len() - written.trim_start().len();
        let trimmed = written.trim();
        if trimmed.is_empty() || written.len() > LINE_BYTES {
            return Err(CiteError::new(written, lead));
        }
        if trimmed.contains('条') {
            return self.cite_chinese(written, lead, default);
        }
        self.cite_figures(written, lead, default)
    }

    fn cite_chinese(&self, written: &str, lead: usize, default: Option<&VersionId>) -> Result<Vec<Citation>, CiteError> {
        let mut at = lead;
        let mut citations = Vec::new();
        let end = written.trim_end().len();
        let mut last_law: Option<(String, Option<VersionId>)> = None;
        for found in self.citations_in(written) {
            if found.whole.start != at && !is_joint(written.get(at..found.whole.start).unwrap_or_default()) {
                return Err(CiteError::new(written, at));
            }
            at = found.range.end;
            let (statute, version) = match found.law {
                Law::Named { statute, version } => (statute, version),
                Law::Bare | Law::ThisLaw | Law::ThatLaw => {
                    last_law.clone().or_else(|| self.default_law(default)).ok_or_else(|| CiteError::new(written, lead))?
                }
                Law::Other(_) => return Err(CiteError::new(written, found.whole.start)),
            };
            last_law = Some((statute.clone(), version.clone()));
            let version = version.or_else(|| default.filter(|id| id.statute() == statute).cloned());
            citations.extend(found.places.into_iter().map(|place| Citation { statute: statute.clone(), version: version.clone(), place }));
        }
        if at != end || citations.is_empty() { Err(CiteError::new(written, at)) } else { Ok(citations) }
    }

    fn default_law(&self, default: Option<&VersionId>) -> Option<(String, Option<VersionId>)> {
        match default {
            Some(id) => Some((id.statute().to_owned(), Some(id.clone()))),
            None => self.statutes().first().map(|statute| (statute.id.clone(), None)),
        }
    }

    fn cite_figures(&self, written: &str, lead: usize, default: Option<&VersionId>) -> Result<Vec<Citation>, CiteError> {
        let mut cursor = Cursor::from(written, lead);
        let (statute, version) = match self.figure_law(&mut cursor)? {
            Some(law) => law,
            None => self.default_law(default).ok_or_else(|| CiteError::new(written, lead))?,
        };
        let version = version.or_else(|| default.filter(|id| id.statute() == statute).cloned());
        cursor.spaces();
        cursor.eat(',');
        let start = cursor.at;
        let places = place::figures(&mut cursor).ok_or_else(|| CiteError::new(written, cursor.at))?;
        cursor.spaces();
        if cursor.at < written.trim_end().len() || cursor.at < start {
            return Err(CiteError::new(written, cursor.at));
        }
        Ok(places.into_iter().map(|place| Citation { statute: statute.clone(), version: version.clone(), place }).collect())
    }

    /// `csl`, `csl@2016`, `Cybersecurity Law`, `Cybersecurity Law (2016)`, `《网络安全法》`, `网络安全法`.
    fn figure_law(&self, cursor: &mut Cursor<'_>) -> Result<Option<(String, Option<VersionId>)>, CiteError> {
        for statute in self.statutes() {
            let names = [statute.title.en.as_str(), statute.short.en.as_str(), statute.id.as_str()];
            if let Some(name) = names.iter().find(|name| cursor.eat_word(name)) {
                return Ok(Some((statute.id.clone(), figure_version(statute, name, cursor)?)));
            }
        }
        Ok(running::name(self, cursor).and_then(|law| match law {
            Law::Named { statute, version } => Some((statute, version)),
            _ => None,
        }))
    }
}

fn figure_version(statute: &Statute, name: &str, cursor: &mut Cursor<'_>) -> Result<Option<VersionId>, CiteError> {
    let rest = cursor.rest();
    let at = cursor.at;
    if name == statute.id && rest.starts_with('@') {
        let length = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-').map_or(rest.len(), |end| end + 1);
        let id: Result<VersionId, _> = format!("{}{}", statute.id, &rest[..length]).parse();
        let id = id.map_err(|_| CiteError { at, found: rest[..length].to_owned() })?;
        cursor.at += length;
        return Ok(Some(id));
    }
    let mut ahead = *cursor;
    ahead.spaces();
    if !ahead.eat('(') {
        return Ok(None);
    }
    for version in &statute.versions {
        let mut label = ahead;
        if label.eat_word(&version.label.en) && label.eat(')') {
            *cursor = label;
            return Ok(Some(version.id.clone()));
        }
    }
    Ok(None)
}

/// What may stand between two places of a list.
fn is_joint(between: &str) -> bool {
    running::JOINTS.contains(&between.trim())
}

impl Citation {
    /// `《网络安全法》（2016年）第二十一条第三项`, `Cybersecurity Law (2016) Art. 21(3)`. Without a version the label is left out.
    #[must_use]
    pub fn show(&self, library: &Library, lang: Lang) -> String {
        let Some(statute) = library.statute(&self.statute) else { return self.to_string() };
        let version: Option<&Version> = self.version.as_ref().and_then(|id| library.version(id));
        match (lang, version) {
            (Lang::Zh, Some(version)) => format!("《{}》（{}）{}", statute.short.zh, version.label.zh, self.place.zh()),
            (Lang::Zh, None) => format!("《{}》{}", statute.short.zh, self.place.zh()),
            (Lang::En, Some(version)) => format!("{} ({}) {}", statute.short.en, version.label.en, self.place.en()),
            (Lang::En, None) => format!("{} {}", statute.short.en, self.place.en()),
        }
    }
}

/// `csl@2016 21(3)`, `csl 21(3)`.
impl std::fmt::Display for Citation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{version} {}", self.place),
            None => write!(f, "{} {}", self.statute, self.place),
        }
    }
}
