//! Grades of incidents: scales, grades and their criteria as conditions, and the classes of incidents.
//!
//! Invariants: the gravest grade with a criterion that holds applies; a criterion from a draft says so; two scales are never mixed.

use serde::{Deserialize, Serialize};

use crate::condition::{Condition, Facts, Undecided};
use crate::words::{Bilingual, Sureness};

/// A scale, such as the annex of the reporting measures or GB/T 20986.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    pub id: String,
    pub title: Bilingual,
    /// Id in `instruments.toml`.
    pub instrument: String,
    /// What a reader must know before relying on it.
    pub note: Bilingual,
}

/// A grade of a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    pub id: String,
    pub scale: String,
    /// From 1, the gravest, as Chinese grades count.
    pub rank: u8,
    pub title: Bilingual,
    pub criteria: Vec<Criterion>,
}

/// One line of a grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    pub id: String,
    pub what: Bilingual,
    pub condition: Condition,
    pub sureness: Sureness,
}

/// A class of incidents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    pub id: String,
    pub scale: String,
    pub number: u8,
    /// Letter codes as a secondary source prints them.
    pub codes: Vec<String>,
    pub title: Bilingual,
    #[serde(default)]
    pub sureness: Sureness,
}

/// What a grading came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded<'a> {
    pub grade: &'a Grade,
    /// All criteria of that grade that hold; the least sure one says how sure the grade is.
    pub because: Vec<&'a Criterion>,
    /// The criteria of higher grades that are not certain: the official text may grade higher.
    pub check: Vec<(&'a Grade, &'a Criterion)>,
}

impl Graded<'_> {
    /// As sure as its surest criterion.
    #[must_use]
    pub fn sureness(&self) -> Sureness {
        self.because.iter().map(|criterion| criterion.sureness).min().unwrap_or(Sureness::Unsure)
    }
}

/// Grades an incident on one scale; `grades` are those of the scale, in any order. None where no criterion holds.
///
/// # Errors
/// A condition that cannot be decided on these facts.
pub fn grade<'a>(grades: &[&'a Grade], facts: &Facts) -> Result<Option<Graded<'a>>, Undecided> {
    let mut ordered = grades.to_vec();
    ordered.sort_by_key(|grade| grade.rank);
    let mut check = Vec::new();
    for grade in ordered {
        let mut because = Vec::new();
        for criterion in &grade.criteria {
            if criterion.condition.holds(facts)? {
                because.push(criterion);
            } else if criterion.sureness != Sureness::Certain {
                check.push((grade, criterion));
            }
        }
        if !because.is_empty() {
            check.retain(|(higher, _)| higher.rank < grade.rank);
            return Ok(Some(Graded { grade, because, check }));
        }
    }
    Ok(None)
}
