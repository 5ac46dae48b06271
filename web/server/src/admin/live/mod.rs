//! Conversations as they are held.

pub(super) mod end;
pub(super) mod watch;
