//! The shape of a message: what rows are clustered by.
