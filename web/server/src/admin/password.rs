//! Passwords: argon2id, off the threads that talk to people.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use colloquy_core::pii::Pii;
use colloquy_store::PasswordHash;
use tokio::sync::Semaphore;

use super::problem::Problem;

/// The fewest characters of a password: what NIST SP 800-63B asks of one that stands alone is 15, and 8 beside another factor.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// The most bytes: a sentence, and no burden to hash.
pub const PASSWORD_MAX_BYTES: usize = 512;
/// Passwords that are hashed at once: each takes a core for some 30 ms and has 19 MB, which conversations need more.
const AT_ONCE: usize = 1;

/// Hashes and verifies, a few at once.
#[derive(Debug)]
pub(super) struct Hasher(Semaphore);

impl Default for Hasher {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Hasher {
    pub(super) async fn hash(&self, password: Pii) -> Result<PasswordHash, Problem> {
        let hashed = self.aside(move || hash(&password)).await?;
        hashed.map_err(|_| Problem::internal())
    }

    /// Whether it is the password; as slow where there is no hash to compare it with, so that nobody learns who has an
    /// account.
    pub(super) async fn verify(&self, password: Pii, hash: Option<PasswordHash>) -> Result<bool, Problem> {
        self.aside(move || verify(&password, hash.as_ref())).await
    }

    async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let _turn = self.0.acquire().await.map_err(|_| Problem::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
    }
}

/// Hashes a password with a new salt.
///
/// # Errors
/// The machine has no randomness, or no memory.
pub fn hash(password: &Pii) -> Result<PasswordHash, argon2::password_hash::Error> {
    let hash = Argon2::default().hash_password(password.expose().as_bytes())?;
    Ok(PasswordHash::new(hash.to_string()))
}

fn verify(password: &Pii, hash: Option<&PasswordHash>) -> bool {
    static NOBODYS: LazyLock<Option<PasswordHash>> = LazyLock::new(|| self::hash(&"nobody's".into()).ok());
    let known = hash.is_some();
    let right = hash.or(NOBODYS.as_ref()).is_some_and(|hash| {
        let password = password.expose().as_bytes();
        Argon2::default().verify_password(password, hash.expose()).is_ok()
    });
    right && known
}

/// A password that nobody chose: 20 characters, about 119 bits.
#[must_use]
pub fn generate() -> Pii {
    use rand::distr::{Alphanumeric, SampleString};
    Pii::new(Alphanumeric.sample_string(&mut rand::rng(), 20))
}

/// What is wrong with a password that somebody chose, if anything is.
#[must_use]
pub fn weakness(password: &Pii) -> Option<String> {
    let password = password.expose();
    if password.chars().count() < PASSWORD_MIN_CHARS {
        return Some(format!(
            "A password has at least {PASSWORD_MIN_CHARS} characters; a sentence is good."
        ));
    }
    (password.len() > PASSWORD_MAX_BYTES).then(|| format!("A password has at most {PASSWORD_MAX_BYTES} bytes."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hashed_by_argon2id_with_its_own_salt() {
        let password = generate();
        let (one, two) = (hash(&password).unwrap(), hash(&password).unwrap());
        assert!(
            one.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            one.expose()
        );
        assert_ne!(one, two);
        assert!(verify(&password, Some(&one)));
        assert!(!verify(&generate(), Some(&one)));
        assert!(!verify(&"nobody's".into(), None), "who is not there cannot sign in");
    }

    #[test]
    fn a_short_password_is_refused() {
        assert!(weakness(&"eleven char".into()).is_some());
        assert_eq!(weakness(&"twelve chars".into()), None);
        assert!(weakness(&"x".repeat(513).into()).is_some());
        assert_eq!(weakness(&generate()), None);
    }
}
