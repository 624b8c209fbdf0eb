//! Accounts, administrators, posts.
