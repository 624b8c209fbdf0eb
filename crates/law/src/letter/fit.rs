//! Which version's article the words beside a citation are about.
//!
//! Pairs of neighbouring characters are compared, rare ones weighing more. An article whose official text is not in the box is compared
//! by its summary and by the text that it comes from.
//!
//! Invariant: work is bounded by the statute and by the words handed in.

use std::collections::{BTreeMap, BTreeSet};

use crate::library::Statute;
use crate::place::Place;
use crate::version::VersionId;

/// Characters of words that are compared.
pub(crate) const WORDS_CHARS: usize = 400;
/// Likeness below which words say nothing, and how much likelier than the next the best must be.
const LEAST: f64 = 0.08;
const AHEAD: f64 = 1.6;

type Pair = (char, char);

/// The articles of all versions of a statute, as pairs of characters.
pub(crate) struct Fit {
    versions: Vec<Words>,
}

struct Words {
    id: VersionId,
    /// By article, from 1.
    articles: Vec<BTreeSet<Pair>>,
    weights: BTreeMap<Pair, f64>,
}

impl Fit {
    pub(crate) fn new(statute: &Statute) -> Self {
        Self { versions: (0..statute.versions.len()).filter_map(|at| words(statute, at)).collect() }
    }

    /// The version whose article these words are about, where one is clearly ahead of the others. `places` may lie in several articles.
    pub(crate) fn best(&self, beside: &str, candidates: &[VersionId], places: &[Place]) -> Option<VersionId> {
        let beside = pairs(&beside.chars().take(WORDS_CHARS).collect::<String>());
        let mut scores: Vec<(f64, &VersionId)> = self
            .versions
            .iter()
            .filter(|words| candidates.contains(&words.id))
            .map(|words| (words.mean(&beside, places), &words.id))
            .collect();
        scores.sort_by(|a, b| b.0.total_cmp(&a.0));
        let second = scores.get(1).map_or(0.0, |(score, _)| *score);
        let (score, id) = scores.first()?;
        (*score >= LEAST && *score >= second * AHEAD).then(|| (*id).clone())
    }
}

impl Words {
    /// The mean likeness of several places: who cites a range means all of it.
    fn mean(&self, beside: &BTreeSet<Pair>, places: &[Place]) -> f64 {
        let count = u32::try_from(places.len().max(1)).unwrap_or(u32::MAX);
        places.iter().map(|place| self.likeness(beside, place.article)).sum::<f64>() / f64::from(count)
    }

    /// From 0 to 1.
    fn likeness(&self, beside: &BTreeSet<Pair>, article: u32) -> f64 {
        let at = usize::try_from(article).ok().and_then(|article| article.checked_sub(1));
        let Some(words) = at.and_then(|at| self.articles.get(at)) else { return 0.0 };
        let weigh = |pairs: &mut dyn Iterator<Item = &Pair>| {
            pairs.filter_map(|pair| self.weights.get(pair)).map(|weight| weight * weight).sum::<f64>()
        };
        let common = weigh(&mut beside.intersection(words));
        let whole = weigh(&mut beside.iter()) * weigh(&mut words.iter());
        if whole > 0.0 { common / whole.sqrt() } else { 0.0 }
    }
}

fn words(statute: &Statute, at: usize) -> Option<Words> {
    let version = statute.versions.get(at)?;
    let articles: Vec<BTreeSet<Pair>> = version
        .entries()
        .iter()
        .map(|entry| match (entry.text(), entry.summary()) {
            (Some(text), _) => pairs(&text.text()),
            (None, Some(summary)) => pairs(&summary.zh).union(&origins(statute, at, entry.number)).copied().collect(),
            (None, None) => BTreeSet::new(),
        })
        .collect();
    let mut counts: BTreeMap<Pair, u32> = BTreeMap::new();
    for pair in articles.iter().flatten() {
        *counts.entry(*pair).or_default() += 1;
    }
    let all = f64::from(version.last_article().max(1));
    let weights = counts.into_iter().map(|(pair, count)| (pair, (all / f64::from(count)).ln())).collect();
    Some(Words { id: version.id.clone(), articles, weights })
}

/// The words of the version before that came into an article.
fn origins(statute: &Statute, at: usize, article: u32) -> BTreeSet<Pair> {
    let step = at.checked_sub(1).and_then(|before| Some((statute.steps.get(before)?, statute.versions.get(before)?)));
    let Some((step, before)) = step else { return BTreeSet::new() };
    let links = step.links.iter().filter(|link| link.to.is_some_and(|to| to.article == article));
    links.filter_map(|link| before.entry(link.from?.article)?.words(link.from?)).flat_map(|words| pairs(&words)).collect()
}

/// Neighbouring Chinese characters.
fn pairs(text: &str) -> BTreeSet<Pair> {
    let signs: Vec<char> = text.chars().collect();
    let is_word = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    signs.windows(2).filter(|pair| is_word(pair[0]) && is_word(pair[1])).map(|pair| (pair[0], pair[1])).collect()
}
