//! What stands at the foot of every printed page: the record or form, the checkpoint, the beginning of its root, and how far it is anchored.

use anlan_assure::assess::{Anchored, anchored};
use anlan_assure::docx::day_in_words;
use anlan_base::Day;
use anlan_base::text::{Lang, text};

use crate::console::Shared;
use crate::page::grouped;
use crate::records::words;

/// Characters of the root that a foot repeats: 72 bits, enough to tell two checkpoints apart by eye.
const ROOT_CHARS: usize = 12;

pub(crate) struct Foot {
    pub(crate) size: String,
    pub(crate) root: String,
    /// 仅自证, or 已外部存证 with until when and how.
    pub(crate) anchor: String,
    pub(crate) line: String,
}

/// `id` is the record or form, with its version where it has one.
pub(crate) async fn foot(house: &Shared, lang: Lang, id: &str) -> Foot {
    let site = house.console.assessor.site();
    let checkpoint = String::from_utf8_lossy(&site.journal.checkpoint()).into_owned();
    let mut lines = checkpoint.lines().skip(1);
    let size = lines.next().and_then(|size| size.parse().ok()).map_or_else(String::new, grouped);
    let root: String = lines.next().unwrap_or_default().chars().take(ROOT_CHARS).collect();
    let anchor = match anchored(&site).await {
        Ok(Anchored::Outside { until, way, .. }) => {
            let way = text(lang, &format!("anchor-way-{}", way.id()), &[]);
            text(lang, "forms-anchored", &[("until", &words::moment(until)), ("way", &way)])
        }
        Ok(Anchored::SelfOnly) => text(lang, "anchor-self", &[]),
        Err(error) => {
            tracing::error!(%error, "how far the log is anchored could not be read");
            text(lang, "anchor-self", &[])
        }
    };
    let now = site.now;
    let at = format!("{} {}", day_in_words(lang, Day::of(now)), words::moment(now).split(' ').next_back().unwrap_or_default());
    let line = text(lang, "forms-foot", &[("id", id), ("size", &size), ("root", &root), ("anchor", &anchor), ("at", &at)]);
    Foot { size, root, anchor, line }
}
