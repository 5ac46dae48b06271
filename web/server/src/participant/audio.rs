//! `GET /api/participant/{token}/turns/{turn}/audio`: what was said in a turn of a finished conversation, to listen to.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use colloquy_audio::frame::f32_to_pcm16;
use colloquy_core::conversation::transcript::Log;
use colloquy_core::id::TurnId;
use colloquy_runtime::recording::TurnSound;

use super::copy::finished;
use super::follow;
use crate::app::AppState;
use crate::error::ApiError;

/// A WAV file's header: format and length.
const WAV_HEADER_BYTES: u32 = 44;

/// The handler. Answers a WAV file, mono PCM16 at 16 kHz (the person) or 24 kHz (us).
///
/// # Errors
/// 404 `unknown_turn` for a turn that is not in the copy, 404 `no_audio` where its sound is not kept, else as
/// [`copy`](super::copy::copy).
pub(crate) async fn audio(
    State(state): State<AppState>,
    Path((token, turn)): Path<(String, String)>,
) -> Result<([(HeaderName, HeaderValue); 2], Vec<u8>), ApiError> {
    let invited = follow(&state, &token).await?;
    let conversation = finished(&invited)?;
    let unknown = || {
        let message = "There is no such turn in this conversation.";
        ApiError::new(StatusCode::NOT_FOUND, "unknown_turn", message)
    };
    let turn = TurnId(turn.parse().map_err(|_| unknown())?);
    let events = state.store().events().read(conversation.id, 0).await?;
    let mut log = Log::default();
    for recorded in &events {
        log.apply(recorded.at, &recorded.event);
    }
    // Turns that were undone, and those in which nothing was understood, are not in the copy.
    log.turn(turn)
        .filter(|turn| !turn.text.expose().is_empty())
        .ok_or_else(unknown)?;
    let kept = match &state.registry.services().recordings {
        Some(recordings) => recordings.turn(state.store(), conversation.id, &events, turn).await?,
        None => None,
    };
    let kept = kept.ok_or_else(|| {
        let message = "The sound of this turn is not kept.";
        ApiError::new(StatusCode::NOT_FOUND, "no_audio", message)
    })?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("audio/wav")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, wav(&kept)))
}

/// A WAV file (RIFF, PCM16, one channel).
pub(crate) fn wav(sound: &TurnSound) -> Vec<u8> {
    // A turn has ten minutes at most: 29 MB.
    let length = sound.samples.len() as u32 * 2;
    let mut file = Vec::with_capacity(WAV_HEADER_BYTES as usize + length as usize);
    file.extend(b"RIFF");
    file.extend((WAV_HEADER_BYTES - 8 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(sound.rate_hz.to_le_bytes());
    file.extend((sound.rate_hz * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    f32_to_pcm16(&sound.samples, &mut file);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_reads_what_was_said() {
        let sound = TurnSound {
            rate_hz: 16_000,
            samples: vec![0.0, 0.5, -0.5],
        };
        let mut reader = hound::WavReader::new(std::io::Cursor::new(wav(&sound))).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 16_000, 16));
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert!(
            samples[0] == 0 && samples[1] > 16_000 && samples[2] < -16_000,
            "{samples:?}"
        );
    }
}
