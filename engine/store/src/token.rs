//! Secrets that are handed out once and kept only as a hash.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Random bytes in a secret: 256 bits cannot be guessed, so that a fast hash is enough.
const SECRET_BYTES: usize = 32;
/// Their length in base64url.
const SECRET_CHARS: usize = 43;

/// A secret in the clear, between its minting and the person it is for. Shown by neither `Debug` nor any log.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Draws a new one: `prefix` and 43 characters of base64url.
    pub(crate) fn draw(prefix: &str) -> Self {
        let bytes: [u8; SECRET_BYTES] = rand::random();
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text, to be put in a link or an answer.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// Takes what somebody presented, if it has the form of a secret at all.
    pub(crate) fn presented(prefix: &str, text: &str) -> Option<Self> {
        let secret = text.strip_prefix(prefix)?;
        let well_formed = secret.len() == SECRET_CHARS
            && secret
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        well_formed.then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_token_is_url_safe_long_and_new_each_time() {
        let token = Token::draw("ek_");
        assert_eq!(token.expose().len(), 46);
        assert_eq!(Token::presented("ek_", token.expose()), Some(token.clone()));
        assert_ne!(token, Token::draw("ek_"));
    }

    #[test]
    fn what_has_not_the_form_of_a_token_is_none() {
        for wrong in [
            "",
            "ek_",
            "short",
            "ek_☂",
            &"a".repeat(44),
            &format!("{}'", "a".repeat(42)),
        ] {
            assert_eq!(Token::presented("", wrong), None, "{wrong}");
        }
        assert_eq!(Token::presented("ek_", &"a".repeat(43)), None);
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", Token::draw("")), "Token(…)");
    }
}
