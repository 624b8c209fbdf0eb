//! What stands between two texts of a page and is part of neither: prose, signatures, headings of the page.
//!
//! Invariant: between the first text and the last no character goes unmentioned: it is in a document, in an explanation or in a finding.

use std::ops::Range;

use super::build::Built;
use super::explain::Explanation;

/// The stretches between the texts, in their order. Behind a text whose foot was told, the foot speaks for all that follows it.
pub(super) fn unread(built: &[Built], explanations: &[Explanation]) -> Vec<Range<usize>> {
    let mut taken: Vec<Range<usize>> = built.iter().map(|built| built.range.clone()).collect();
    taken.extend(explanations.iter().map(|explanation| explanation.range.clone()));
    taken.sort_by_key(|range| range.start);
    let footed: Vec<usize> = built.iter().filter(|built| built.foot).map(|built| built.range.end).collect();
    let mut unread = Vec::new();
    let mut end = taken.first().map_or(0, |first| first.end);
    for range in taken.iter().skip(1) {
        if range.start > end && !footed.contains(&end) {
            unread.push(end..range.start);
        }
        end = end.max(range.end);
    }
    unread
}
