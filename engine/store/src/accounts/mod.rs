//! Who works with sessions: users, what they are signed in by, and what they did.

pub(crate) mod api_tokens;
pub(crate) mod audit;
pub(crate) mod logins;
pub(crate) mod resets;
pub(crate) mod setup_codes;
pub(crate) mod users;
