//! Users, how they sign in, and what they did.

pub(super) mod audit;
pub(super) mod keep;
pub(super) mod login;
pub(super) mod me;
pub(super) mod password;
pub(super) mod reset;
pub(super) mod setup;
pub(super) mod tokens;
pub(super) mod users;
pub(super) mod workspace;

use colloquy_core::pii::Pii;

use super::password::weakness;
use super::problem::Problem;

/// The longest name of a person, a workspace or a key, in characters.
const NAME_MAX: usize = 120;

/// A password that somebody chose.
fn chosen(password: Pii) -> Result<Pii, Problem> {
    match weakness(&password) {
        Some(weakness) => Err(Problem::field("password", weakness)),
        None => Ok(password),
    }
}
