//! Lawful erasure of personal fields (I6: two people agreed): values and salts go from every entry of the record, what was done stays.
//!
//! Invariant: the erasing entry, the entries without the values and the rows are one transaction; the use of the approval is in it too.

use super::commands::{Done, actor_of, kind_of, not_there, refusal};
use super::store;
use super::write::Writer;
use crate::Ledger;
use crate::database::to_sql;
use crate::directory::ProposalId;
use crate::engine::{self, Command, Rights};
use crate::entry::erase_fields;
use crate::error::LedgerError;
use crate::proposals::{GraveAct, take_approval};

impl Ledger {
    /// Does what a proposal `record.erase` was approved for. Files that no other record names are removed.
    pub async fn erase_record(&self, who: &Rights, proposal: ProposalId, reason: &str) -> Result<Done, LedgerError> {
        let laws = self.laws()?;
        let mut change = self.change().await?;
        let approved = take_approval(&mut change, who, proposal, "").await?;
        let GraveAct::EraseRecord { record: number, fields } = approved.act() else { return Err(not_there("")) };
        let people = change.directory();
        let who = people.rights_now(who);
        let held = store::load(&mut change.tx, number).await?.ok_or_else(|| not_there(number))?;
        let (id, before) = (to_sql(held.id)?, held.files.clone());
        let context = laws.context(change.now, &who, &*people, "");
        let command = Command::Erase { fields: fields.clone(), reason: reason.to_owned() };
        let kind = kind_of(&held, &laws)?;
        let drafts = engine::decide(kind, Some(&held.record), &command, &context).map_err(|why| refusal(why, number))?;
        let writer = Writer { now: change.now, actor: &actor_of(&who), laws: &laws, people: &*people };
        let written = writer.write(&mut change.tx, Some(held), &drafts).await?;
        let names: Vec<String> = fields.iter().map(|field| format!("f.{field}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for entry in store::entries_of(&mut change.tx, id).await? {
            erase_fields(&mut change.tx, entry.number, &names).await?;
        }
        let left = store::fold(&store::entries_of(&mut change.tx, id).await?)?.ok_or_else(|| not_there(number))?;
        if written.this.as_ref().map(|held| &held.record) != Some(&left.record) {
            return Err(LedgerError::damaged(format!("{number} is another record without what was erased")));
        }
        let gone: Vec<String> = before.difference(&left.files).cloned().collect();
        store::drop_files(&mut change.tx, id, &gone).await?;
        let done = Done { number: number.clone(), version: left.record.version, proposed: false, opened: Vec::new() };
        self.finish(change).await?;
        self.remove_unused(&gone).await?;
        Ok(done)
    }
}
