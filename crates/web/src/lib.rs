//! Console, portal, REST API.
#![forbid(unsafe_code)]
