//! Accounts, administrators, letters, posts.
//!
//! Invariant: who is in service, and who holds what, is the directory's to say; a record alone makes nobody an administrator.

mod accounts;
mod letters;
mod posts;
mod roles;

pub(in crate::assess) use accounts::accounts_policy;
pub(in crate::assess) use letters::letters_signed;
pub(in crate::assess) use posts::posts_filled;
pub(in crate::assess) use roles::roles_separated;
