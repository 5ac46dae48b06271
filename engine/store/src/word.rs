//! Choices as one word in a column, by the same names as in JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::StoreError;

/// The word for a unit variant; empty for anything else, which the column's check refuses.
pub(crate) fn word<T: Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The choice that a word stands for. `place` names the column.
pub(crate) fn choice<T: DeserializeOwned>(place: &'static str, word: String) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(word)).map_err(|_| StoreError::Corrupt(place.to_owned()))
}

#[cfg(test)]
mod tests {
    use colloquy_core::guide::ModeChoice;

    use super::{choice, word};
    use crate::StoreError;

    #[test]
    fn a_choice_survives_as_its_word() {
        assert_eq!(word(&ModeChoice::Participant), "participant");
        assert_eq!(
            choice::<ModeChoice>("sessions.mode", "text".to_owned()),
            Ok(ModeChoice::Text)
        );
    }

    #[test]
    fn an_unknown_word_names_its_column() {
        let wrong = choice::<ModeChoice>("sessions.mode", "smoke signals".to_owned());
        assert_eq!(wrong, Err(StoreError::Corrupt("sessions.mode".to_owned())));
    }
}
