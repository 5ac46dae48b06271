//! How an event becomes a message.

use colloquy_audio::AudioError;

use crate::codec::SoundEncoder;
use crate::proto::{AudioFormat, Numbered, ServerEvent};

/// The sending half: numbers events and writes sound.
#[derive(Debug)]
pub struct Encoder {
    sound: SoundEncoder,
    sent: u64,
}

impl Encoder {
    /// An encoder for sound in `format`, which counts events from 1.
    ///
    /// # Errors
    /// None for the formats that exist; [`AudioError`] is the resampler's.
    pub fn new(format: AudioFormat) -> Result<Self, AudioError> {
        Ok(Self {
            sound: SoundEncoder::new(format)?,
            sent: 0,
        })
    }

    /// Changes the format of the sound that follows.
    ///
    /// # Errors
    /// None for the formats that exist; [`AudioError`] is the resampler's.
    pub fn set_format(&mut self, format: AudioFormat) -> Result<(), AudioError> {
        self.sound = SoundEncoder::new(format)?;
        Ok(())
    }

    /// The messages for an event: one, and before the end of a response's sound what the resampler held back.
    pub fn event(&mut self, event: ServerEvent) -> Vec<String> {
        let rest = match &event {
            ServerEvent::OutputAudioDone {
                response_id, item_id, ..
            } => {
                let delta = self.sound.finish();
                (!delta.is_empty()).then(|| sound(response_id.clone(), item_id.clone(), delta))
            }
            ServerEvent::ResponseCreated { .. } => {
                // What was cut short must not be heard at the beginning of the next response.
                self.sound.finish();
                None
            }
            _ => None,
        };
        rest.into_iter()
            .chain([event])
            .map(|event| self.number(event))
            .collect()
    }

    /// The message for a piece of sound; none where the resampler wants more first.
    pub fn audio(&mut self, response_id: String, item_id: String, samples: &[f32]) -> Option<String> {
        let delta = self.sound.encode(samples);
        (!delta.is_empty()).then(|| self.number(sound(response_id, item_id, delta)))
    }

    fn number(&mut self, event: ServerEvent) -> String {
        self.sent += 1;
        let numbered = Numbered {
            event_id: format!("event_{:06}", self.sent),
            event,
        };
        // Our own types are maps with string keys and finite numbers, and those always serialize.
        serde_json::to_string(&numbered).unwrap_or_default()
    }
}

fn sound(response_id: String, item_id: String, delta: String) -> ServerEvent {
    ServerEvent::OutputAudioDelta {
        response_id,
        item_id,
        output_index: 0,
        content_index: 0,
        delta,
    }
}
