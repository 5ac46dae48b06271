//! People who were invited before.

pub(super) mod search;
