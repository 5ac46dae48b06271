//! Conversations as they are held.

mod course;
pub(super) mod end;
pub(super) mod watch;
