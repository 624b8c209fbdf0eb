//! Posts: a title in a unit, key or not, held by a person or vacant, with all who held it. Posts carry no rights: grants do.

use anlan_law::kind::Role;

use crate::Ledger;
use crate::directory::facts::Fact;
use crate::directory::reach::{name, room};
use crate::directory::{Directory, PostId};
use crate::engine::{PersonId, Refusal, Rights, UnitId};
use crate::error::LedgerError;

/// Posts of one operator, closed ones too.
pub const POSTS: usize = 20_000;

fn plan_add(directory: &Directory, who: &Rights, unit: UnitId, title: &str, key_post: bool) -> Result<(Vec<Fact>, PostId), Refusal> {
    directory.reached(who, Role::System, unit)?;
    room(directory.organization.posts.len(), POSTS)?;
    let post = directory.organization.next_post();
    Ok((vec![Fact::PostAdd { post, unit, title: name("title", title)?, key_post }], post))
}

fn plan_fill(directory: &Directory, who: &Rights, post: PostId, person: Option<PersonId>) -> Result<Vec<Fact>, Refusal> {
    let row = directory.post_in_reach(who, Role::System, post)?;
    if let Some(person) = person {
        directory.somebody(person)?;
    }
    Ok(if row.person() == person { Vec::new() } else { vec![Fact::PostFill { post, person }] })
}

fn plan_close(directory: &Directory, who: &Rights, post: PostId) -> Result<Vec<Fact>, Refusal> {
    let row = directory.post_in_reach(who, Role::System, post)?;
    let vacate = row.person().map(|_| Fact::PostFill { post, person: None });
    Ok(vacate.into_iter().chain([Fact::PostClose { post }]).collect())
}

impl Ledger {
    pub async fn add_post(&self, who: &Rights, unit: UnitId, title: &str, key_post: bool) -> Result<PostId, LedgerError> {
        self.changed_by(who, |directory, who, _| plan_add(directory, who, unit, title, key_post)).await
    }

    /// Puts a person on a post; none: it is vacant.
    pub async fn fill_post(&self, who: &Rights, post: PostId, person: Option<PersonId>) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| Ok((plan_fill(directory, who, post, person)?, ()))).await
    }

    /// The post is no more; it stays in the history.
    pub async fn close_post(&self, who: &Rights, post: PostId) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| Ok((plan_close(directory, who, post)?, ()))).await
    }
}
