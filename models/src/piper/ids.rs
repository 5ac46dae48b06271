//! What a Piper voice's JSON says, and the numbers that the model takes for phonemes.

use std::collections::HashMap;

use serde::Deserialize;

use super::clauses::Mark;

/// Symbols with a meaning of their own in the map: start, end, and what stands between any two.
const START: &str = "^";
const END: &str = "$";
const BETWEEN: &str = "_";

#[derive(Deserialize)]
pub(super) struct VoiceConfig {
    audio: Audio,
    espeak: EspeakVoice,
    inference: Scales,
    phoneme_id_map: HashMap<String, Vec<i64>>,
    #[serde(default)]
    num_speakers: u32,
}

#[derive(Deserialize)]
struct Audio {
    sample_rate: u32,
}

#[derive(Deserialize)]
struct EspeakVoice {
    voice: String,
}

#[derive(Deserialize)]
struct Scales {
    noise_scale: f32,
    length_scale: f32,
    noise_w: f32,
}

impl VoiceConfig {
    pub(super) fn parse(json: &[u8]) -> Result<Self, String> {
        let config: Self = serde_json::from_slice(json).map_err(|e| e.to_string())?;
        if let Some(missing) = [START, END, BETWEEN]
            .into_iter()
            .find(|symbol| !config.phoneme_id_map.contains_key(*symbol))
        {
            return Err(format!("its phoneme map lacks {missing}"));
        }
        if config.num_speakers > 1 {
            return Err(format!("a voice of {} speakers is not supported", config.num_speakers));
        }
        Ok(config)
    }

    /// Samples a second of the voice.
    pub(super) fn sample_rate(&self) -> u32 {
        self.audio.sample_rate
    }

    /// The voice that espeak-ng makes phonemes for.
    pub(super) fn espeak_voice(&self) -> &str {
        &self.espeak.voice
    }

    /// Noise of the sound, length (times `longer`), noise of the lengths.
    pub(super) fn scales(&self, longer: f32) -> [f32; 3] {
        [
            self.inference.noise_scale,
            self.inference.length_scale * longer,
            self.inference.noise_w,
        ]
    }

    /// The model's input for clauses of phonemes, each with the mark after it; `None` if there is nothing to say. A phoneme
    /// that the voice never heard of is left out.
    pub(super) fn ids(&self, clauses: &[(String, Mark)]) -> Option<Vec<i64>> {
        if clauses.iter().all(|(phonemes, _)| phonemes.is_empty()) {
            return None;
        }
        let mut ids = self.of(START);
        let mut text = String::new();
        for (phonemes, mark) in clauses.iter().filter(|(phonemes, _)| !phonemes.is_empty()) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(phonemes);
            text.push(mark.symbol());
        }
        for phoneme in text.chars() {
            ids.extend(self.of(BETWEEN));
            ids.extend(self.of(phoneme.encode_utf8(&mut [0; 4])));
        }
        ids.extend(self.of(BETWEEN));
        ids.extend(self.of(END));
        Some(ids)
    }

    fn of(&self, symbol: &str) -> Vec<i64> {
        self.phoneme_id_map.get(symbol).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(map: &str) -> Result<VoiceConfig, String> {
        let json = format!(
            r#"{{"audio": {{"sample_rate": 22050}}, "espeak": {{"voice": "en-us"}},
                "inference": {{"noise_scale": 0.6, "length_scale": 1, "noise_w": 0.8}}, "phoneme_id_map": {map}}}"#
        );
        VoiceConfig::parse(json.as_bytes())
    }

    const MAP: &str = r#"{"_": [0], "^": [1], "$": [2], " ": [3], ",": [8], "?": [13], "a": [14], "b": [15]}"#;

    #[test]
    fn phonemes_stand_between_pads_and_marks_are_kept() {
        let ids = config(MAP)
            .unwrap()
            .ids(&[("a".into(), Mark::Comma), ("bX".into(), Mark::Question)])
            .unwrap();
        // X is unknown: its pad stays, which is nothing to hear.
        assert_eq!(ids, [1, 0, 14, 0, 8, 0, 3, 0, 15, 0, 0, 13, 0, 2]);
    }

    #[test]
    fn nothing_to_say_gives_nothing() {
        assert_eq!(config(MAP).unwrap().ids(&[(String::new(), Mark::Stop)]), None);
    }

    #[test]
    fn a_map_without_the_needed_symbols_is_refused() {
        assert!(config(r#"{"a": [14]}"#).err().unwrap().contains('^'));
    }
}
