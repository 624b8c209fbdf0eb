//! Receivers.
#![forbid(unsafe_code)]
