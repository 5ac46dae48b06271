//! Personal text that cannot slip into a log line.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Personal text (what somebody said, a name, an address): `Debug` and `Display` show only its
/// length. Reading it is explicit, by [`Pii::expose`].
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pii(String);

impl Pii {
    /// Wraps personal text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for storing it, showing it to whom it may be shown, and thinking about it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Takes the text out.
    #[must_use]
    pub fn into_exposed(self) -> String {
        self.0
    }
}

impl From<&str> for Pii {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Pii {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Pii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} chars>", self.0.chars().count())
    }
}

impl fmt::Display for Pii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Pii;

    #[test]
    fn neither_debug_nor_display_shows_the_text() {
        let said = Pii::from("my manager shouts");
        assert_eq!(format!("{said:?} {said}"), "<17 chars> <17 chars>");
        assert_eq!(said.expose(), "my manager shouts");
    }
}
