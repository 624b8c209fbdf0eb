//! Search over sealed segments and unsealed frames, newest first.

use std::sync::Arc;

use anlan_base::Instant;

use crate::line::{Line, Scope};
use crate::query::Query;
use crate::segment::Segment;
use crate::store::VaultError;
use crate::unsealed::Frame;

/// What a search runs over: a snapshot. No line stands both in a frame and in a segment.
pub(crate) struct View {
    pub frames: Vec<Arc<Frame>>,
    pub segments: Vec<Arc<Segment>>,
}

/// A search. `limit` bounds `search` only.
#[derive(Clone, Debug)]
pub struct Search {
    pub query: Query,
    pub since: Option<Instant>,
    pub until: Option<Instant>,
    pub scope: Scope,
    pub limit: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Found {
    pub lines: Vec<Hit>,
    pub more: bool,
    pub pages_opened: u64,
    pub pages_total: u64,
}

/// A line that matched, with what it says. `fields` are flat ECS names, `@timestamp` first.
#[derive(Clone, Debug)]
pub struct Hit {
    pub line: Line,
    pub fields: Vec<(String, String)>,
    pub message: String,
    pub notes: Vec<&'static str>,
}

pub(crate) fn search(_view: &View, _s: &Search) -> Result<Found, VaultError> {
    todo!()
}

pub(crate) fn count(_view: &View, _s: &Search) -> Result<u64, VaultError> {
    todo!()
}

/// Matching lines per bucket of `bucket_nanos` from `since`.
pub(crate) fn histogram(_view: &View, _s: &Search, _bucket_nanos: u64) -> Result<Vec<(Instant, u64)>, VaultError> {
    todo!()
}
