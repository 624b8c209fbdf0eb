//! Lists of a pack that people choose from: instruments, audit fields, confidentiality levels, prohibited-content categories, inspection points.
//!
//! Invariant: categories are legal bases that a person chooses for a case; no pack holds words to look for.

use std::collections::BTreeMap;

use anlan_base::Day;
use serde::{Deserialize, Serialize};

use crate::duty::Basis;
use crate::place::Place;
use crate::version::VersionId;
use crate::words::{Bilingual, Sureness};

/// A law, regulation, standard or rule that duties rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    pub id: String,
    pub kind: InstrumentKind,
    pub title: Bilingual,
    /// As printed, such as `公安部令第176号`.
    pub number: Option<String>,
    /// First day in force; None for drafts and rules of institutions.
    pub from: Option<Day>,
    /// Id of the instrument that it replaces.
    pub replaces: Option<String>,
    pub note: Option<Bilingual>,
    pub sureness: Sureness,
    /// What is not sure, such as its contents.
    pub unsure: Option<Bilingual>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentKind {
    Law,
    Regulation,
    /// Of a ministry or office.
    Rule,
    Standard,
    Party,
    Notice,
    /// Not in force.
    Draft,
    /// A rule of an institution, from the founding documents.
    Institution,
}

/// A field that an audit record must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditField {
    pub id: String,
    pub title: Bilingual,
    /// Columns that carry it, by the Elastic Common Schema; any of them filled will do.
    pub columns: Vec<String>,
    pub other: Vec<Basis>,
    #[serde(default)]
    pub sureness: Sureness,
}

/// A level of confidentiality. Not a state secret's level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub id: String,
    /// From 1, the most open.
    pub rank: u8,
    pub title: Bilingual,
    /// Who may see what bears it.
    pub readers: Bilingual,
    pub source: crate::term::Quoted,
    #[serde(default)]
    pub sureness: Sureness,
}

/// A category of prohibited content, as a legal basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    pub id: String,
    pub title: Bilingual,
    pub cites: BTreeMap<VersionId, Vec<Place>>,
    pub sureness: Sureness,
}

/// A point that an inspector asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectionPoint {
    pub id: String,
    /// From 1, as the instrument counts.
    pub number: u8,
    pub title: Bilingual,
    pub basis: Basis,
    /// Duties that answer it.
    pub duties: Vec<String>,
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
}
