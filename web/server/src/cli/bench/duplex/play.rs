//! A microphone's whole sound played to a conversation in which the same is always asked, with the echo of our own voice in
//! it where one is wanted.

use colloquy_core::conversation::{Session, Settings};
use colloquy_core::ports::VOICE_FRAME;

use super::listener::Listener;
use crate::cli::stage::{Course, Ensemble, Stage};

/// How our own voice comes back into the microphone.
#[derive(Clone, Debug)]
pub(super) struct Echo {
    /// The way through the room, at 16 kHz, with the loss on it.
    pub(super) response: Vec<f32>,
}

/// From our sound going out to its echo coming in, beside what the room takes: two frames.
const ECHO_DELAY: usize = 2 * VOICE_FRAME;

impl Echo {
    /// What comes in from sample `at`, of what went out before.
    fn heard(&self, out: &[f32], at: usize) -> f32 {
        let Some(newest) = at.checked_sub(ECHO_DELAY).filter(|newest| *newest < out.len()) else {
            return 0.0;
        };
        let before = out[..=newest].iter().rev();
        before.zip(&self.response).map(|(sound, gain)| sound * gain).sum()
    }
}

/// Plays `microphone` (mono at 16 kHz) to a conversation whose first words are `greeting`, to its end or until what
/// happened is `enough`.
pub(super) fn play(
    ensemble: &mut Ensemble,
    greeting: &str,
    microphone: &[f32],
    echo: Option<&Echo>,
    enough: impl Fn(&Course) -> bool,
) -> anyhow::Result<Course> {
    let session = Session::new(Listener::new(greeting), Settings::default(), &[]);
    let mut stage = Stage::begin(session, ensemble)?;
    for (index, frame) in microphone.chunks_exact(VOICE_FRAME).enumerate() {
        let mut frame = frame.to_vec();
        if let Some(echo) = echo {
            for (n, sample) in frame.iter_mut().enumerate() {
                *sample += echo.heard(stage.out(), index * VOICE_FRAME + n);
            }
        }
        stage.hear(&frame)?;
        while stage.told().is_some() {}
        if enough(stage.course()) {
            break;
        }
    }
    Ok(stage.ended())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_comes_back_later_and_softer() {
        let echo = Echo {
            response: vec![0.0, 0.5],
        };
        let mut out = vec![0.0; 4 * VOICE_FRAME];
        out[10] = 1.0;
        let heard: Vec<f32> = (0..4 * VOICE_FRAME).map(|at| echo.heard(&out, at)).collect();
        let loud: Vec<usize> = (0..heard.len()).filter(|at| heard[*at] != 0.0).collect();
        assert_eq!(loud, [10 + ECHO_DELAY + 1]);
        assert!((heard[loud[0]] - 0.5).abs() < 1e-6);
    }
}
